<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/users">Users</a></nav>
<h1>New user</h1>
<?cs call:errors(form.errors) ?>
<form class="posting" method="post" action="/users" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<div class="fields">
<?cs call:text(form.name, "name", "What is typed to sign in. It never changes.", "required") ?>
<?cs call:text(form.display_name, "display_name", "What others see. Empty: the name.", "optional") ?>
</div>
<?cs include!"user/_roles.cs" ?>
<p class="hint">Next you get a link, with which the user chooses a password.</p>
<div class="actions"><button class="primary" type="submit">Make user</button>
<a href="/users">Cancel</a></div>
</form>
