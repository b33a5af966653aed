<?cs if:subcount(rows) == 0 ?>
<p class="empty">No movements<?cs if:filtered ?> match<?cs else ?> yet<?cs /if ?>.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Movements" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Movement</th><th scope="col">Type</th><th scope="col">Occurred</th><th scope="col">What</th><th scope="col">From → to</th><th scope="col" class="num">Quantity</th><th scope="col">Reference</th><th scope="col">By</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a href="/movements/<?cs var:r.id ?>">#<?cs var:r.id ?></a></th>
<td data-label="Type"><?cs call:kind(r.type) ?><?cs if:r.reversed_by ?> <span class="chip off">reversed</span><?cs /if ?></td>
<td data-label="Occurred" class="time"><?cs var:r.occurred_at ?></td>
<td data-label="What"><?cs if:r.item_id ?><a href="/items/<?cs var:r.item_id ?>"><span class="code"><?cs var:r.sku ?></span></a> <span class="dim"><?cs var:r.name ?></span><?cs /if ?><?cs if:r.more ?> <a href="/movements/<?cs var:r.id ?>">and <?cs var:r.more ?> more</a><?cs /if ?></td>
<td data-label="From → to" class="code"><?cs var:r.from ?> → <?cs var:r.to ?></td>
<td data-label="Quantity" class="num"><?cs var:r.quantity ?> <span class="unit"><?cs var:r.unit ?></span></td>
<td data-label="Reference" class="ref"><?cs var:r.reference ?></td>
<td data-label="By" class="dim"><?cs var:r.actor ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs /if ?>
