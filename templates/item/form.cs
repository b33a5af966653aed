<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/items">Items</a><?cs if:item.id ?> <a class="code" href="/items/<?cs var:item.id ?>"><?cs var:item.sku ?></a><?cs /if ?></nav>
<div class="narrow">
<h1><?cs if:item.id ?>Edit item<?cs else ?>New item<?cs /if ?></h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/items<?cs if:item.id ?>/<?cs var:item.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:item.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs /if ?>
<?cs call:text(form.sku, "sku", "Exactly as it is scanned or typed: large and small letters differ.", "code") ?>
<?cs call:text(form.name, "name", "", "required") ?>
<?cs call:text(form.unit, "unit", "What its quantities count: each, kg, m.", "required") ?>
<div class="field<?cs if:form.category_id.error ?> wrong<?cs /if ?>">
<label for="f-category_id"><?cs var:form.category_id.label ?> <span class="optional">optional</span></label>
<select id="f-category_id" name="category_id"<?cs call:described(form.category_id, "category_id", "") ?>>
<option value="">None</option>
<?cs each:k = categories ?><?cs call:option(k.id, k.name, form.category_id.value) ?><?cs /each ?></select>
<?cs call:about(form.category_id, "category_id", "") ?></div>
<?cs call:area(form.barcodes, "barcodes", "One a line. A barcode means one item.", 3) ?>
<?cs call:area(form.description, "description", "", 4) ?>
<div class="actions"><button class="primary" type="submit"><?cs if:item.id ?>Save<?cs else ?>Make item<?cs /if ?></button>
<a href="/items<?cs if:item.id ?>/<?cs var:item.id ?><?cs /if ?>">Cancel</a></div>
</form>
</div>
