<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/movements">Movements</a></nav>
<div class="heading"><h1>Movement #<?cs var:movement.id ?> <?cs call:kind(movement.type) ?><?cs if:movement.reversed_by ?> <span class="chip off">reversed</span><?cs /if ?></h1>
<?cs if:string.length(another.href) ?><div class="actions"><a class="button primary" href="<?cs var:another.href ?>" data-focus><?cs var:another.label ?></a></div><?cs /if ?></div>
<?cs call:errors(form.errors) ?>
<?cs if:movement.reverses ?><p>Reverses <a href="/movements/<?cs var:movement.reverses ?>">movement #<?cs var:movement.reverses ?></a>.</p><?cs /if ?>
<?cs if:movement.reversed_by ?><p>Reversed by <a href="/movements/<?cs var:movement.reversed_by ?>">movement #<?cs var:movement.reversed_by ?></a>.</p><?cs /if ?>
<dl class="facts across">
<div><dt>Happened</dt><dd><?cs call:when(movement.occurred_at) ?></dd></div>
<div><dt>Recorded</dt><dd><?cs call:when(movement.recorded_at) ?></dd></div>
<div><dt>By</dt><dd><?cs var:movement.actor ?></dd></div>
<div><dt>Reference</dt><dd><?cs if:string.length(movement.reference) ?><a href="/movements?reference=<?cs var:url_escape(movement.reference) ?>"><?cs var:movement.reference ?></a><?cs else ?><span class="dim">none</span><?cs /if ?></dd></div>
<div><dt>Reason</dt><dd><?cs if:string.length(movement.reason) ?><?cs var:movement.reason ?><?cs else ?><span class="dim">none</span><?cs /if ?></dd></div>
<?cs if:string.length(movement.request_id) ?><div><dt>Request</dt><dd class="code"><?cs var:movement.request_id ?></dd></div><?cs /if ?>
</dl>
<section aria-labelledby="lines">
<h2 id="lines"><?cs var:movement.line_count ?> line<?cs if:movement.line_count != "1" ?>s<?cs /if ?></h2>
<div class="scroll" role="region" aria-label="Lines" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">SKU</th><th scope="col">Name</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Quantity</th></tr></thead>
<tbody>
<?cs each:l = lines ?><tr>
<th scope="row"><a class="code" href="/items/<?cs var:l.item_id ?>"><?cs var:l.sku ?></a></th>
<td data-label="Name"><?cs var:l.name ?></td>
<td data-label="From"><?cs if:l.from_id ?><a class="code" href="/locations/<?cs var:l.from_id ?>"><?cs var:l.from ?></a><?cs else ?><span class="code"><?cs var:l.from ?></span><?cs /if ?></td>
<td data-label="To"><?cs if:l.to_id ?><a class="code" href="/locations/<?cs var:l.to_id ?>"><?cs var:l.to ?></a><?cs else ?><span class="code"><?cs var:l.to ?></span><?cs /if ?></td>
<td data-label="Quantity" class="num"><?cs var:l.quantity ?> <span class="unit"><?cs var:l.unit ?></span></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
</section>
<?cs if:can.movements_write && can_reverse ?>
<section class="danger" aria-labelledby="reverse"><h2 id="reverse">Reverse</h2>
<p>Posts the opposite movement. Nothing is deleted: both stay in the ledger.</p>
<form class="inline" method="post" action="/movements/<?cs var:movement.id ?>/reverse" data-confirm="Reverse this movement?">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="once" value="<?cs var:form.once.value ?>">
<?cs call:text(form.reason, "reason", "", "optional") ?>
<button type="submit">Reverse movement</button></form></section>
<?cs /if ?>
