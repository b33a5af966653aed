<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/locations">Locations</a><?cs each:p = path_to ?> <?cs if:p.id ?><a class="code" href="/locations/<?cs var:p.id ?>"><?cs var:p.code ?></a><?cs else ?><span class="code"><?cs var:p.code ?></span><?cs /if ?><?cs /each ?></nav>
<div class="heading"><h1><span class="code"><?cs var:location.code ?></span> <?cs var:location.name ?><?cs if:location.archived ?> <span class="chip off">archived</span><?cs /if ?></h1>
<?cs if:can.locations_write && location.kind != "virtual" ?><div class="actions">
<a class="button" href="/locations/<?cs var:location.id ?>/edit">Edit or move</a>
<form method="post" action="/locations/<?cs var:location.id ?>/<?cs if:location.archived ?>restore<?cs else ?>archive<?cs /if ?>"<?cs if:!location.archived ?> data-confirm="Archive this location? It must be empty, and can be restored."<?cs /if ?>>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:location.version ?>">
<button type="submit"><?cs if:location.archived ?>Restore<?cs else ?>Archive<?cs /if ?></button></form>
</div><?cs /if ?></div>
<?cs call:errors(form.errors) ?>
<div class="columns">
<section aria-labelledby="stock" class="main">
<div class="heading"><h2 id="stock">Stock here<?cs if:below ?> and below<?cs /if ?></h2>
<?cs if:subcount(children) > 0 ?><?cs if:below ?><a href="/locations/<?cs var:location.id ?>">Only here</a><?cs else ?><a href="/locations/<?cs var:location.id ?>?below=true">With all below</a><?cs /if ?><?cs /if ?></div>
<div data-live="stock"><?cs if:location.kind == "virtual" ?><p class="empty">Stock comes from here or goes here; none is kept.</p>
<?cs elif:subcount(stock) == 0 ?><p class="empty">Empty.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Stock" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">SKU</th><th scope="col">Name</th><?cs if:below ?><th scope="col">At</th><?cs /if ?><th scope="col" class="num">On hand</th></tr></thead>
<tbody>
<?cs each:s = stock ?><tr>
<th scope="row"><a class="code" href="/items/<?cs var:s.item_id ?>?location=<?cs var:s.location_id ?>"><?cs var:s.sku ?></a></th>
<td data-label="Name"><?cs var:s.item_name ?></td>
<?cs if:below ?><td data-label="At"><a class="code" href="/locations/<?cs var:s.location_id ?>"><?cs var:s.location ?></a></td><?cs /if ?>
<td data-label="On hand" class="num"><span data-balance="<?cs var:s.item_id ?>/<?cs var:s.location_id ?>" data-version="<?cs var:s.version ?>"><?cs var:s.on_hand ?></span> <span class="unit"><?cs var:s.unit ?></span></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?></div>
</section>
<section aria-labelledby="about">
<h2 id="about">About</h2>
<dl class="facts">
<div><dt>Kind</dt><dd><?cs var:location.kind ?></dd></div>
<div><dt>Role</dt><dd><?cs var:location.role ?></dd></div>
<div><dt>Made</dt><dd><?cs call:when(location.created_at) ?></dd></div>
<div><dt>Changed</dt><dd><?cs call:when(location.updated_at) ?></dd></div>
</dl>
<?cs if:can.movements_read ?><p><a href="/movements?location=<?cs var:url_escape(location.code) ?>">Movements from and to here</a></p><?cs /if ?>
<?cs if:can.movements_write && !location.archived && location.kind != "virtual" ?><p class="actions">
<a class="button small" href="/movements/new?type=receipt&amp;location=<?cs var:location.id ?>">Receive here</a>
<a class="button small" href="/movements/new?type=transfer&amp;location=<?cs var:location.id ?>">Move from here</a>
<?cs if:can.stock_write && can.stock_read ?><a class="button small" href="/movements/count?location=<?cs var:url_escape(location.code) ?>">Count here</a><?cs /if ?></p><?cs /if ?>
<?cs if:location.kind != "virtual" ?>
<div class="heading"><h2>Inside</h2><?cs if:can.locations_write && !location.archived ?><a href="/locations/new?parent=<?cs var:url_escape(location.code) ?>">Add</a><?cs /if ?></div>
<div data-live="inside"><?cs if:subcount(children) == 0 ?><p class="empty">No locations inside.</p><?cs else ?>
<ul class="plain">
<?cs each:k = children ?><li><a href="/locations/<?cs var:k.id ?>"><span class="code"><?cs var:k.code ?></span> <?cs var:k.name ?></a><?cs if:k.archived ?> <span class="chip off">archived</span><?cs /if ?></li>
<?cs /each ?></ul>
<?cs if:children_more ?><p><a href="/locations?q=<?cs var:url_escape(location.code) ?>">More of them</a></p><?cs /if ?><?cs /if ?></div><?cs /if ?>
</section>
</div>
