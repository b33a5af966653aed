<?cs include!"layout/_tables.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/items">Items</a></nav>
<div class="heading"><h1><span class="code"><?cs var:item.sku ?></span> <?cs var:item.name ?><?cs if:item.archived ?> <span class="chip off">archived</span><?cs /if ?></h1>
<?cs if:can.items_write ?><div class="actions">
<a class="button" href="/items/<?cs var:item.id ?>/edit">Edit</a>
<form method="post" action="/items/<?cs var:item.id ?>/<?cs if:item.archived ?>restore<?cs else ?>archive<?cs /if ?>"<?cs if:!item.archived ?> data-confirm="Archive this item? It stays in the ledger, and can be restored."<?cs /if ?>>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:item.version ?>">
<button type="submit"><?cs if:item.archived ?>Restore<?cs else ?>Archive<?cs /if ?></button></form>
</div><?cs /if ?></div>
<?cs include!"layout/_forms.cs" ?><?cs call:errors(form.errors) ?>
<div class="columns">
<section aria-labelledby="stock">
<h2 id="stock">Stock</h2>
<?cs if:!can.stock_read ?><p class="empty">You may not see quantities.</p>
<?cs else ?><div data-live="stock"><p class="total"><strong><?cs var:item.on_hand ?></strong> <?cs var:item.unit ?> on hand</p>
<?cs if:subcount(stock) > 0 ?>
<table class="list tight">
<thead><tr><th scope="col">Location</th><th scope="col" class="num">On hand</th><th scope="col"><span class="hidden">Share</span></th><?cs if:can.stock_write && !item.archived ?><th scope="col"><span class="hidden">Count</span></th><?cs /if ?></tr></thead>
<tbody>
<?cs each:s = stock ?><tr>
<th scope="row"><a href="/locations/<?cs var:s.location_id ?>"><span class="code"><?cs var:s.location ?></span></a> <span class="dim"><?cs var:s.location_name ?></span></th>
<td class="num"><span data-balance="<?cs var:item.id ?>/<?cs var:s.location_id ?>" data-version="<?cs var:s.version ?>"><?cs var:s.on_hand ?></span><?cs if:string.length(s.reserved) ?><span class="note"><?cs var:s.reserved ?> reserved</span><?cs /if ?></td>
<td class="share"><span class="bar w<?cs var:s.share ?>" aria-hidden="true"></span></td>
<?cs if:can.stock_write && !item.archived ?><td class="end"><a href="/movements/count?sku=<?cs var:url_escape(item.sku) ?>&amp;location=<?cs var:url_escape(s.location) ?>">Count<span class="hidden"> what is at <?cs var:s.location ?></span></a></td>
<?cs /if ?></tr>
<?cs /each ?></tbody>
</table>
<?cs if:stock_more ?><p class="dim">Only the first <?cs var:stock_more ?> places are shown. <a href="/v1/stock-levels?item_id=<?cs var:item.id ?>">All of them</a></p><?cs /if ?>
<?cs else ?><p class="empty">Nothing anywhere.</p><?cs /if ?></div>
<?cs /if ?><?cs if:can.movements_write && !item.archived ?><p class="actions">
<a class="button small" href="/movements/new?type=receipt&amp;item=<?cs var:item.id ?>">Receive</a>
<a class="button small" href="/movements/new?type=issue&amp;item=<?cs var:item.id ?>">Issue</a>
<a class="button small" href="/movements/new?type=transfer&amp;item=<?cs var:item.id ?>">Move</a>
<?cs if:can.stock_write && can.stock_read ?><a class="button small" href="/movements/count?sku=<?cs var:url_escape(item.sku) ?>">Count</a><?cs /if ?></p><?cs /if ?>
</section>
<section aria-labelledby="about">
<h2 id="about">About</h2>
<dl class="facts">
<div><dt>Unit</dt><dd><?cs var:item.unit ?></dd></div>
<div><dt>Category</dt><dd><?cs if:item.category_id ?><a href="/items?category_id=<?cs var:item.category_id ?>"><?cs var:item.category ?></a><?cs else ?><span class="dim">none</span><?cs /if ?></dd></div>
<div><dt>Barcodes</dt><dd><?cs if:string.length(item.barcodes) ?><span class="code lines"><?cs var:item.barcodes ?></span><?cs else ?><span class="dim">none</span><?cs /if ?></dd></div>
<div><dt>Made</dt><dd><?cs call:when(item.created_at) ?></dd></div>
<div><dt>Changed</dt><dd><?cs call:when(item.updated_at) ?></dd></div>
</dl>
<?cs if:string.length(item.description) ?><p class="lines"><?cs var:item.description ?></p><?cs /if ?>
</section>
</div>
<?cs if:can.movements_read ?>
<section aria-labelledby="card" class="card">
<div class="heading"><h2 id="card">Bin card<?cs if:string.length(card_location) ?> at <span class="code"><?cs var:card_location ?></span><?cs /if ?></h2>
<?cs if:string.length(card_location) ?><a href="/items/<?cs var:item.id ?>">All locations</a><?cs /if ?></div>
<div data-live="card"><?cs if:subcount(card) == 0 ?><p class="empty">No movement of this item <?cs if:string.length(card_location) ?>here <?cs /if ?>yet.</p>
<?cs else ?>
<?cs if:card_apart ?><p class="hint" id="order">Rows stand in the order in which they were recorded; each balance is what there was then.</p><?cs /if ?>
<div class="scroll" role="region" aria-label="Bin card" tabindex="0">
<table class="list stack"<?cs if:card_apart ?> aria-describedby="order"<?cs /if ?>>
<thead><tr><th scope="col">Occurred</th><th scope="col">Movement</th><th scope="col">From → to</th><th scope="col">Reference</th><th scope="col">By</th><th scope="col" class="num">In / out</th><th scope="col" class="num">Balance</th></tr></thead>
<tbody>
<?cs each:r = card ?><tr>
<th scope="row" class="time"><?cs call:when(r.occurred_at) ?><?cs if:string.length(r.recorded_at) ?><span class="note">recorded <?cs var:r.recorded_at ?></span><?cs /if ?></th>
<td data-label="Movement"><a href="/movements/<?cs var:r.movement_id ?>">#<?cs var:r.movement_id ?></a> <?cs call:kind(r.type) ?></td>
<td data-label="From → to" class="code"><?cs var:r.from ?> → <?cs var:r.to ?></td>
<td data-label="Reference" class="ref"><?cs var:r.reference ?><?cs if:string.length(r.reason) ?> <span class="dim"><?cs var:r.reason ?></span><?cs /if ?></td>
<td data-label="By" class="dim"><?cs var:r.actor ?></td>
<td data-label="In / out" class="num <?cs var:r.sign ?>"><?cs var:r.change ?></td>
<td data-label="Balance" class="num strong"><?cs var:r.balance ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?></div>
</section>
<?cs /if ?>
