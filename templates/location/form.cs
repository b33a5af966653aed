<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/locations">Locations</a><?cs if:location.id ?> <a class="code" href="/locations/<?cs var:location.id ?>"><?cs var:location.code ?></a><?cs /if ?></nav>
<div class="narrow">
<h1><?cs if:location.id ?>Edit or move location<?cs else ?>New location<?cs /if ?></h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/locations<?cs if:location.id ?>/<?cs var:location.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:location.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs /if ?>
<?cs call:text(form.code, "code", "What its label says. It may not begin with @.", "code") ?>
<?cs call:text(form.name, "name", "", "required") ?>
<div class="field<?cs if:form.kind.error ?> wrong<?cs /if ?>">
<label for="f-kind"><?cs var:form.kind.label ?></label>
<select id="f-kind" name="kind"<?cs call:described(form.kind, "kind", "") ?>>
<?cs call:option("site", "Site: a building or yard", form.kind.value) ?><?cs call:option("zone", "Zone: an area, an aisle, a rack", form.kind.value) ?><?cs call:option("bin", "Bin: where things lie", form.kind.value) ?></select>
<?cs call:about(form.kind, "kind", "") ?></div>
<div class="field<?cs if:form.role.error ?> wrong<?cs /if ?>">
<label for="f-role"><?cs var:form.role.label ?></label>
<select id="f-role" name="role"<?cs call:described(form.role, "role", "") ?>>
<?cs call:option("storage", "Storage", form.role.value) ?><?cs call:option("receiving", "Receiving", form.role.value) ?><?cs call:option("shipping", "Shipping", form.role.value) ?><?cs call:option("quarantine", "Quarantine", form.role.value) ?><?cs call:option("transit", "Transit", form.role.value) ?></select>
<?cs call:about(form.role, "role", "") ?></div>
<?cs call:text(form.parent, "parent", "Code of the location that it is in. Empty: it stands alone.", "optional-code") ?>
<div class="actions"><button class="primary" type="submit"><?cs if:location.id ?>Save<?cs else ?>Make location<?cs /if ?></button>
<a href="/locations<?cs if:location.id ?>/<?cs var:location.id ?><?cs /if ?>">Cancel</a></div>
</form>
</div>
