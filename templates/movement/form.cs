<?cs include!"layout/_forms.cs" ?>
<?cs def:cell(f, kind) ?><div class="cell<?cs if:f.error ?> wrong<?cs /if ?>"><label for="f-<?cs var:f.id ?>"><?cs var:f.label ?></label>
<input id="f-<?cs var:f.id ?>" name="<?cs var:f.field ?>" value="<?cs var:f.value ?>"<?cs if:f.max ?> maxlength="<?cs var:f.max ?>"<?cs /if ?> autocomplete="off" autocapitalize="none" spellcheck="false"<?cs if:kind == "num" ?> inputmode="decimal" class="num"<?cs else ?> class="code"<?cs /if ?><?cs call:described(f, f.id, "") ?><?cs if:f.focus ?> autofocus<?cs /if ?>>
<?cs call:about(f, f.id, "") ?></div><?cs /def ?>
<nav class="crumbs" aria-label="Path"><a href="/movements">Movements</a></nav>
<h1><?cs var:title ?></h1>
<?cs include!"movement/_tabs.cs" ?>
<?cs call:errors(form.errors) ?>
<form class="posting" method="post" action="/movements" data-scan novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<input type="hidden" name="once" value="<?cs var:form.once.value ?>">
<input type="hidden" name="type" value="<?cs var:form.type.value ?>">
<p class="hint"><?cs var:explain ?><?cs if:form.type.value == "adjustment" && can.stock_write && can.stock_read ?> Whoever has counted need not work it out: <a href="/movements/count">Count</a> asks for what is there.<?cs /if ?></p>
<?cs if:form.type.value == "adjustment" ?>
<fieldset class="choice"><legend>What was found</legend>
<label><input type="radio" name="direction" value="found"<?cs if:form.direction.value != "missing" ?> checked<?cs /if ?>> More than the books say</label>
<label><input type="radio" name="direction" value="missing"<?cs if:form.direction.value == "missing" ?> checked<?cs /if ?>> Less than the books say</label>
</fieldset>
<?cs /if ?>
<fieldset class="lines" id="f-lines"><legend>Lines</legend>
<ol class="line-rows" data-lines>
<?cs each:l = form.lines ?><li class="line" data-line>
<?cs call:cell(l.sku, "code") ?>
<?cs if:ask_from ?><?cs call:cell(l.from, "code") ?><?cs /if ?>
<?cs if:ask_to ?><?cs call:cell(l.to, "code") ?><?cs /if ?>
<?cs call:cell(l.quantity, "num") ?>
</li>
<?cs /each ?></ol>
<p class="hint">A location left empty is that of the line above. Empty lines are left out. A scanner may type into these fields: Enter goes to the next one.</p>
<div class="actions"><button type="submit" name="more" value="true" formnovalidate data-add>More lines</button></div>
</fieldset>
<div class="fields">
<?cs call:text(form.reference, "reference", "The document behind it, such as PO-17.", "optional") ?>
<?cs call:text(form.reason, "reason", "", "optional") ?>
<div class="field<?cs if:form.occurred_at.error ?> wrong<?cs /if ?>"><label for="f-occurred_at"><?cs var:form.occurred_at.label ?> <span class="optional">optional</span></label>
<input id="f-occurred_at" name="occurred_at" type="datetime-local" step="1" value="<?cs var:form.occurred_at.value ?>" aria-describedby="h-occurred_at<?cs if:form.occurred_at.error ?> e-occurred_at<?cs /if ?>"<?cs if:form.occurred_at.error ?> aria-invalid="true"<?cs /if ?>>
<?cs call:about(form.occurred_at, "occurred_at", "Empty: now.") ?></div>
</div>
<div class="actions end"><button class="primary" type="submit"><?cs var:submit_label ?></button></div>
</form>
