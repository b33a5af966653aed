<?cs include!"layout/_forms.cs" ?>
<div class="narrow">
<h1>Sign in</h1>
<?cs if:lost ?><p class="summary" role="alert"><strong>You were signed out meanwhile.</strong> What you sent was not saved. Sign in, then enter it again.</p><?cs /if ?>
<?cs if:ended ?><p class="summary" role="alert"><strong>That sign-in has ended.</strong> It waits five minutes for a code, and takes five of them. Begin again.</p><?cs /if ?>
<?cs call:errors(form.errors) ?>
<?cs if:sso.on ?><div class="actions sso"><a class="button primary" href="<?cs var:sso.link ?>"><?cs var:sso.label ?></a></div>
<?cs /if ?><?cs if:passwords ?><?cs if:sso.on ?><h2>With a password</h2>
<?cs /if ?><form class="edit" method="post" action="/login">
<input type="hidden" name="next" value="<?cs var:next ?>">
<div class="field">
<label for="f-name">Name</label>
<input id="f-name" name="name" type="text" value="<?cs var:form.name.value ?>" maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" required<?cs if:!string.length(form.name.value) && !sso.on ?> autofocus<?cs /if ?>>
</div>
<div class="field">
<label for="f-password">Password</label>
<input id="f-password" name="password" type="password" maxlength="1024" autocomplete="current-password" required<?cs if:string.length(form.name.value) ?> autofocus<?cs /if ?>>
</div>
<div class="actions"><button<?cs if:!sso.on ?> class="primary"<?cs /if ?> type="submit">Sign in</button></div>
</form>
<?cs /if ?></div>
