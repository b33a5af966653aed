<?cs # A column that can be sorted by; s is a node with link and dir. ?>
<?cs def:sorted(s, label) ?><th scope="col"<?cs if:s.dir ?> aria-sort="<?cs var:s.dir ?>"<?cs /if ?>><a class="sort" href="<?cs var:s.link ?>"><?cs var:label ?><?cs if:s.dir == "ascending" ?> <span aria-hidden="true">▲</span><?cs elif:s.dir == "descending" ?> <span aria-hidden="true">▼</span><?cs /if ?></a></th><?cs /def ?>

<?cs def:pages(first, next) ?><?cs if:first || next ?>
<nav class="pages" aria-label="Pages">
<?cs if:first ?><a class="button" href="<?cs var:first ?>">First page</a><?cs /if ?>
<?cs if:next ?><a class="button" rel="next" href="<?cs var:next ?>">Next page</a><?cs /if ?>
</nav>
<?cs /if ?><?cs /def ?>

<?cs def:when(t) ?><time datetime="<?cs var:t.iso ?>"><?cs var:t ?></time><?cs /def ?>

<?cs def:kind(type) ?><span class="chip t-<?cs var:type ?>"><?cs var:type ?></span><?cs /def ?>
