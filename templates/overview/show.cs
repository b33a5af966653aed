<?cs include!"layout/_tables.cs" ?>
<div class="heading"><h1>Overview</h1>
<?cs if:can.movements_write ?><div class="actions">
<a class="button primary" href="/movements/new?type=receipt">Receive</a>
<a class="button" href="/movements/new?type=issue">Issue</a>
<a class="button" href="/movements/new?type=transfer">Move</a>
<?cs if:can.stock_write && can.stock_read ?><a class="button" href="/movements/count">Count</a>
<?cs /if ?></div><?cs /if ?></div>
<dl class="stats" data-live="stats">
<?cs each:s = stats ?><div><dt><?cs if:s.href ?><a href="<?cs var:s.href ?>"><?cs var:s.label ?></a><?cs else ?><?cs var:s.label ?><?cs /if ?></dt><dd><?cs var:s.value ?><?cs if:s.note ?><span class="note"><?cs var:s.note ?></span><?cs /if ?></dd></div>
<?cs /each ?></dl>
<div data-live="attention"><?cs if:subcount(attention) > 0 ?>
<section aria-labelledby="attention">
<h2 id="attention">Needs a look</h2>
<ul class="attention">
<?cs each:a = attention ?><li><a href="<?cs var:a.href ?>"><?cs var:a.text ?></a><?cs if:a.note ?> <span class="dim"><?cs var:a.note ?></span><?cs /if ?></li>
<?cs /each ?></ul>
</section>
<?cs /if ?></div>
<?cs if:can.movements_read ?>
<section aria-labelledby="newest">
<div class="heading"><h2 id="newest">Newest movements</h2><a href="/movements">All movements</a></div>
<div data-live="newest"><?cs include!"movement/_table.cs" ?></div>
</section>
<?cs /if ?>
