<?cs def:branch(nodes) ?><ul class="tree">
<?cs each:n = nodes ?><li>
<div class="node"><a href="/locations/<?cs var:n.id ?>"><span class="code"><?cs var:n.code ?></span> <?cs var:n.name ?></a>
<span class="dim"><?cs var:n.kind ?><?cs if:n.role != "storage" ?> · <?cs var:n.role ?><?cs /if ?></span><?cs if:n.archived ?> <span class="chip off">archived</span><?cs /if ?><?cs if:n.lines ?> <span class="count"><?cs var:n.lines ?> item<?cs if:n.lines != "1" ?>s<?cs /if ?></span><?cs /if ?></div>
<?cs if:subcount(n.children) > 0 ?><?cs call:branch(n.children) ?><?cs /if ?></li>
<?cs /each ?></ul><?cs /def ?>
<div class="heading"><h1>Locations</h1>
<?cs if:can.locations_write ?><div class="actions"><a class="button primary" href="/locations/new">New location</a></div><?cs /if ?></div>
<form class="filters" action="/locations" method="get">
<div class="field wide"><label for="f-q">Code or name</label>
<input id="f-q" name="q" type="search" maxlength="120" value="<?cs var:form.q.value ?>" autocomplete="off"></div>
<div class="field"><label for="f-status">Status</label>
<select id="f-status" name="status"><option value="active"<?cs if:form.status.value == "active" ?> selected<?cs /if ?>>Active</option><option value="archived"<?cs if:form.status.value == "archived" ?> selected<?cs /if ?>>Archived</option><option value="any"<?cs if:form.status.value == "any" ?> selected<?cs /if ?>>Any</option></select></div>
<div class="go"><button type="submit">Show</button><?cs if:filtered ?> <a href="/locations">Clear</a><?cs /if ?></div>
</form>
<?cs if:subcount(tree) == 0 ?><p class="empty"><?cs if:filtered ?>No location matches.<?cs else ?>No locations yet.<?cs /if ?></p>
<?cs else ?><?cs call:branch(tree) ?><?cs /if ?>
<?cs include!"layout/_tables.cs" ?><?cs call:pages(first, next) ?>
<?cs if:subcount(ends) > 0 ?>
<section aria-labelledby="ends"><h2 id="ends">Beyond the walls</h2>
<p class="dim">Where stock comes from and goes to. These are built in; every movement has two ends.</p>
<?cs call:branch(ends) ?></section>
<?cs /if ?>
