<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/categories">Categories</a></nav>
<div class="narrow">
<h1><?cs if:category.id ?>Edit category<?cs else ?>New category<?cs /if ?></h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/categories<?cs if:category.id ?>/<?cs var:category.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:category.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs /if ?>
<?cs call:text(form.name, "name", "", "required") ?>
<div class="field<?cs if:form.parent_id.error ?> wrong<?cs /if ?>">
<label for="f-parent_id"><?cs var:form.parent_id.label ?> <span class="optional">optional</span></label>
<select id="f-parent_id" name="parent_id"<?cs call:described(form.parent_id, "parent_id", "") ?>>
<option value="">Nothing: a top category</option>
<?cs each:k = categories ?><?cs if:k.id != category.id ?><?cs call:option(k.id, k.name, form.parent_id.value) ?><?cs /if ?><?cs /each ?></select>
<?cs call:about(form.parent_id, "parent_id", "") ?></div>
<div class="actions"><button class="primary" type="submit"><?cs if:category.id ?>Save<?cs else ?>Make category<?cs /if ?></button>
<a href="/categories">Cancel</a></div>
</form>
<?cs if:category.id ?>
<section class="danger" aria-labelledby="delete"><h2 id="delete">Delete</h2>
<p>Only a category that no item and no other category belongs to can be deleted.</p>
<form method="post" action="/categories/<?cs var:category.id ?>/delete" data-confirm="Delete this category?">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:form.version.value ?>">
<button type="submit">Delete category</button></form></section>
<?cs /if ?>
</div>
