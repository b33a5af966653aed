</main>
<footer class="bottom">
<ul>
<?cs if:api_link ?><li>Same data for programs: <a class="code" href="<?cs var:api_link ?>">GET <?cs var:api_link ?></a></li><?cs /if ?>
<?cs if:flag.api_docs ?><li><a href="/docs">API reference</a></li><?cs /if ?>
<li>Request <span class="code"><?cs var:request_id ?></span></li>
<li>Times are UTC</li>
</ul>
</footer>
</body>
</html>
