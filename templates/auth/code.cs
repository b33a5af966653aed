<?cs include!"layout/_forms.cs" ?><?cs include!"layout/_secrets.cs" ?>
<div class="narrow">
<h1>Second step</h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/login/code" novalidate>
<input type="hidden" name="next" value="<?cs var:next ?>">
<?cs call:one_time(form.code, "code", "The six digits that your authenticator shows now. Without it: one of your recovery codes.", "any") ?>
<div class="actions"><button class="primary" type="submit">Sign in</button></div>
</form>
<form class="edit" method="post" action="/login/cancel">
<div class="actions"><button class="plain" type="submit">Sign in as somebody else</button></div>
</form>
</div>
