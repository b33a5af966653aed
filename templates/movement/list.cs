<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<div class="heading"><h1>Movements</h1>
<?cs if:can.movements_write ?><div class="actions">
<a class="button primary" href="/movements/new?type=receipt">Receive</a>
<a class="button" href="/movements/new?type=issue">Issue</a>
<a class="button" href="/movements/new?type=transfer">Move</a>
<?cs if:can.stock_write && can.stock_read ?><a class="button" href="/movements/count">Count</a>
<?cs /if ?><a class="button" href="/movements/new?type=return">Take back</a>
<a class="button" href="/movements/new?type=scrap">Scrap</a>
</div><?cs /if ?></div>
<form class="filters" action="/movements" method="get">
<div class="field<?cs if:form.sku.error ?> wrong<?cs /if ?>"><label for="f-sku">SKU or barcode</label><input id="f-sku" name="sku" class="code" value="<?cs var:form.sku.value ?>" maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"<?cs call:described(form.sku, "sku", "") ?>><?cs call:about(form.sku, "sku", "") ?></div>
<div class="field<?cs if:form.location.error ?> wrong<?cs /if ?>"><label for="f-location">Location</label><input id="f-location" name="location" class="code" value="<?cs var:form.location.value ?>" maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"<?cs call:described(form.location, "location", "") ?>><?cs call:about(form.location, "location", "") ?></div>
<div class="field"><label for="f-type">Type</label><select id="f-type" name="type"><option value="">Any</option>
<?cs each:t = types ?><?cs call:option(t, t, form.type.value) ?><?cs /each ?></select></div>
<div class="field"><label for="f-reference">Reference</label><input id="f-reference" name="reference" value="<?cs var:form.reference.value ?>" maxlength="120" autocomplete="off"></div>
<div class="field<?cs if:form.from.error ?> wrong<?cs /if ?>"><label for="f-from">From day</label><input id="f-from" name="from" type="date" value="<?cs var:form.from.value ?>"<?cs call:described(form.from, "from", "") ?>><?cs call:about(form.from, "from", "") ?></div>
<div class="field<?cs if:form.to.error ?> wrong<?cs /if ?>"><label for="f-to">To day</label><input id="f-to" name="to" type="date" value="<?cs var:form.to.value ?>"<?cs call:described(form.to, "to", "") ?>><?cs call:about(form.to, "to", "") ?></div>
<div class="go"><button type="submit">Show</button><?cs if:filtered ?> <a href="/movements">Clear</a><?cs /if ?></div>
</form>
<div data-live="rows"><?cs include!"movement/_table.cs" ?>
<?cs call:pages(first, next) ?></div>
