<div class="heading"><h1>Categories</h1>
<?cs if:can.items_write ?><div class="actions"><a class="button primary" href="/categories/new">New category</a></div><?cs /if ?></div>
<?cs include!"layout/_tables.cs" ?>
<?cs if:subcount(rows) == 0 ?><p class="empty">No categories yet. Items can do without.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Categories" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Belongs to</th><th scope="col">Items</th><?cs if:can.items_write ?><th scope="col"><span class="hidden">Change</span></th><?cs /if ?></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><?cs var:r.name ?></th>
<td data-label="Belongs to"><?cs var:r.parent ?></td>
<td data-label="Items"><a href="/items?category_id=<?cs var:r.id ?>">Show<span class="hidden"> the items of <?cs var:r.name ?></span></a></td>
<?cs if:can.items_write ?><td class="end"><a href="/categories/<?cs var:r.id ?>/edit">Edit<span class="hidden"> <?cs var:r.name ?></span></a></td><?cs /if ?>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
