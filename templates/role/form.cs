<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/roles">Roles</a></nav>
<div class="narrow">
<h1><?cs if:role.id ?><?cs var:role.name ?><?cs else ?>New role<?cs /if ?><?cs if:role.built_in ?> <span class="chip">built in</span><?cs /if ?></h1>
<?cs if:role.built_in ?><p class="hint">A built-in role keeps its name and what it may. To have another, make one of your own.</p><?cs /if ?>
<?cs if:role.id ?><p><a href="/users?role=<?cs var:url_escape(role.name) ?>"><?cs var:role.users ?> user<?cs if:role.users != 1 ?>s<?cs /if ?></a> with this role.</p><?cs /if ?>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/roles<?cs if:role.id ?>/<?cs var:role.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:role.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs /if ?>
<?cs if:role.built_in ?><input type="hidden" name="name" value="<?cs var:role.name ?>">
<?cs elif:may_change ?><?cs call:text(form.name, "name", "", "required") ?><?cs /if ?>
<fieldset class="boxes" id="f-permissions"<?cs if:!may_change || role.built_in ?> disabled<?cs /if ?>><legend>Who has it may</legend>
<?cs include!"layout/_permissions.cs" ?></fieldset>
<fieldset class="boxes"<?cs if:!may_change ?> disabled<?cs /if ?>><legend>To sign in</legend>
<label><input type="checkbox" name="second_factor"<?cs if:string.length(form.second_factor.value) ?> checked<?cs /if ?>> <span>Needs a second factor</span></label></fieldset>
<?cs if:may_change ?><?cs if:!role.built_in ?><p class="hint">You can give only what you may yourself.<?cs if:role.id ?> Who has the role signs in anew when it is given more.<?cs /if ?></p><?cs /if ?>
<div class="actions"><button class="primary" type="submit"><?cs if:role.id ?>Save<?cs else ?>Make role<?cs /if ?></button>
<a href="/roles">Cancel</a></div><?cs /if ?>
</form>
<?cs if:may_change && role.id && !role.built_in ?>
<section class="danger" aria-labelledby="delete"><h2 id="delete">Delete</h2>
<p>Only a role that nobody has can be deleted.</p>
<form method="post" action="/roles/<?cs var:role.id ?>/delete" data-confirm="Delete this role?">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:form.version.value ?>">
<button type="submit">Delete role</button></form></section>
<?cs /if ?>
</div>
