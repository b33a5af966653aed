<nav class="tabs" aria-label="Type of movement"><ul>
<?cs each:t = tabs ?><li><a href="<?cs var:t.href ?>"<?cs if:t.current ?> aria-current="page"<?cs /if ?>><?cs var:t.label ?></a></li>
<?cs /each ?></ul></nav>
