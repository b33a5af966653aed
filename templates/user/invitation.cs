<?cs include!"layout/_forms.cs" ?>
<?cs include!"layout/_secrets.cs" ?>
<div class="narrow">
<h1>Choose your password</h1>
<p>You sign in as <strong class="code"><?cs var:who.name ?></strong>.</p>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/invitation" novalidate>
<input type="hidden" name="token" value="<?cs var:token ?>">
<input type="hidden" name="username" value="<?cs var:who.name ?>" autocomplete="username">
<?cs call:secret(form.new_password, "new_password", "At least " + password_min + " characters, and none of the common passwords. A few words in a row are easy to keep in mind.", "new-password") ?>
<?cs call:secret(form.again, "again", "", "new-password") ?>
<div class="actions"><button class="primary" type="submit">Set password</button></div>
</form>
</div>
