<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/movements">Movements</a></nav>
<h1><?cs var:title ?></h1>
<?cs include!"movement/_tabs.cs" ?>
<div class="narrow">
<?cs call:errors(form.errors) ?>
<?cs if:count.item_id ?>
<dl class="facts">
<div><dt>Item</dt><dd><a href="/items/<?cs var:count.item_id ?>"><span class="code"><?cs var:form.sku.value ?></span></a> <?cs var:count.name ?></dd></div>
<div><dt>Location</dt><dd><a href="/locations/<?cs var:count.location_id ?>"><span class="code"><?cs var:form.location.value ?></span></a> <?cs var:count.location_name ?></dd></div>
<div><dt>Books say</dt><dd><strong><?cs var:form.expected.value ?></strong> <?cs var:count.unit ?></dd></div>
</dl>
<p class="now" role="status" data-live-watch="<?cs var:count.item_id ?>/<?cs var:count.location_id ?>" data-version="<?cs var:count.version ?>" hidden></p>
<form class="edit" method="post" action="/movements/count" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<input type="hidden" name="once" value="<?cs var:form.once.value ?>">
<input type="hidden" name="sku" value="<?cs var:form.sku.value ?>">
<input type="hidden" name="location" value="<?cs var:form.location.value ?>">
<input type="hidden" name="expected" value="<?cs var:form.expected.value ?>">
<div class="field<?cs if:form.quantity.error ?> wrong<?cs /if ?>">
<label for="f-quantity"><?cs var:form.quantity.label ?> <span class="optional">(<?cs var:count.unit ?>)</span></label>
<input id="f-quantity" name="quantity" class="num" type="text" inputmode="decimal" value="<?cs var:form.quantity.value ?>" autocomplete="off" required autofocus<?cs call:described(form.quantity, "quantity", "All that is there now. The difference is posted.") ?>>
<?cs call:about(form.quantity, "quantity", "All that is there now. The difference is posted.") ?></div>
<?cs call:text(form.reference, "reference", "The document behind it, such as a count sheet.", "optional") ?>
<?cs call:text(form.reason, "reason", "", "optional") ?>
<div class="actions"><button class="primary" type="submit">Post count</button>
<a href="/movements/count?location=<?cs var:url_escape(form.location.value) ?>">Another item</a></div>
</form>
<?cs else ?>
<p class="hint">Say what is there, of one item at one place; the books are set right by what differs. A scanner may type into these fields.</p>
<form class="edit" method="get" action="/movements/count" novalidate>
<?cs call:text(form.sku, "sku", "", "code") ?>
<?cs call:text(form.location, "location", "", "code") ?>
<div class="actions"><button class="primary" type="submit">Go on</button></div>
</form>
<?cs /if ?>
</div>
