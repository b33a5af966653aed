<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<div class="heading"><h1>Items</h1>
<?cs if:can.items_write ?><div class="actions"><a class="button primary" href="/items/new">New item</a></div><?cs /if ?></div>
<form class="filters" action="/items" method="get">
<div class="field wide"><label for="f-q">SKU, name or barcode</label>
<input id="f-q" name="q" type="search" maxlength="120" value="<?cs var:form.q.value ?>" autocomplete="off" autofocus data-select></div>
<div class="field"><label for="f-category_id">Category</label>
<select id="f-category_id" name="category_id"><option value="">Any</option>
<?cs each:k = categories ?><?cs call:option(k.id, k.name, form.category_id.value) ?><?cs /each ?></select></div>
<div class="field"><label for="f-status">Status</label>
<select id="f-status" name="status"><option value="">Any</option>
<?cs call:option("active", "Active", form.status.value) ?><?cs call:option("archived", "Archived", form.status.value) ?></select></div>
<?cs if:string.length(form.sort.value) ?><input type="hidden" name="sort" value="<?cs var:form.sort.value ?>"><?cs /if ?>
<div class="go"><button type="submit">Show</button><?cs if:filtered ?> <a href="/items">Clear</a><?cs /if ?></div>
</form>
<div data-live="rows"><?cs if:subcount(rows) == 0 ?>
<p class="empty"><?cs if:filtered ?>No item matches.<?cs else ?>No items yet.<?cs if:can.items_write ?> <a href="/items/new">Make the first one</a>.<?cs /if ?><?cs /if ?></p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Items" tabindex="0">
<table class="list stack">
<thead><tr><?cs call:sorted(sort.sku, "SKU") ?><?cs call:sorted(sort.name, "Name") ?><th scope="col">Category</th><?cs if:can.stock_read ?><th scope="col" class="num">On hand</th><?cs /if ?><?cs call:sorted(sort.updated_at, "Changed") ?></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a class="code" href="/items/<?cs var:r.id ?>"><?cs var:r.sku ?></a><?cs if:r.archived ?> <span class="chip off">archived</span><?cs /if ?></th>
<td data-label="Name"><?cs var:r.name ?></td>
<td data-label="Category"><?cs var:r.category ?></td>
<?cs if:can.stock_read ?><td data-label="On hand" class="num"><?cs var:r.on_hand ?> <span class="unit"><?cs var:r.unit ?></span></td>
<?cs /if ?><td data-label="Changed" class="time dim"><?cs var:r.updated_at ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs /if ?>
<?cs call:pages(first, next) ?></div>
