<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?><?cs include!"layout/_secrets.cs" ?>
<div class="narrow">
<nav class="crumbs" aria-label="Path"><a href="/account">Your account</a></nav>
<h1>Second factor</h1>
<?cs if:owed ?><p class="summary" role="status"><strong>Your role needs a second factor.</strong> Set it up here; then you can go on.</p><?cs /if ?>
<?cs call:errors(form.errors) ?>
<?cs if:on ?><p>On since <?cs call:when(since) ?>. <?cs if:codes_left ?><?cs var:codes_left ?> recovery code<?cs if:codes_left != 1 ?>s are<?cs else ?> is<?cs /if ?> left.<?cs else ?><strong>No recovery code is left:</strong> make new ones, or a lost phone keeps you out.<?cs /if ?></p>
<h2>Change it</h2>
<form class="edit" method="post" action="/account/second-factor/recovery-codes" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs call:secret(form.password, "password", "", "current-password") ?>
<?cs call:one_time(form.code, "code", "The six digits that your authenticator shows now, or a recovery code.", "any") ?>
<div class="actions"><button class="primary" type="submit">Make new recovery codes</button> <button type="submit" formaction="/account/second-factor/remove" data-confirm="Sign in with the password alone from now on?">Remove the second factor</button></div>
<p class="hint">New recovery codes take the place of all old ones. For another phone, remove the factor and set it up again.</p>
</form>
<?cs elif:string.length(secret) ?><ol class="steps">
<li><h2>Scan this with an authenticator</h2>
<p class="hint">Any app for time-based codes will do.</p>
<p><img class="qr" src="/account/second-factor/qr.svg" width="240" height="240" alt="QR code with the key below"></p>
<p>Or enter the key: <span class="code key"><?cs var:secret ?></span></p></li>
<li><h2>Confirm with a code from it</h2>
<form class="edit" method="post" action="/account/second-factor/confirm" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs call:secret(form.password, "password", "", "current-password") ?>
<?cs call:one_time(form.code, "code", "The six digits that it shows now.", "digits") ?>
<div class="actions"><button class="primary" type="submit">Turn it on</button></div>
<p class="hint">All your other sessions end. You then get recovery codes.</p>
</form></li>
</ol>
<form method="post" action="/account/second-factor/begin">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<p class="actions"><button class="plain" type="submit">Begin again with another key</button></p>
</form>
<?cs else ?><p>With a second factor, signing in takes your password and a code that your phone shows. A password that somebody else has learned is not enough then.</p>
<p class="hint">You need an authenticator: an app for time-based codes, or a password manager that has them.</p>
<form method="post" action="/account/second-factor/begin">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<p class="actions"><button class="primary" type="submit">Set it up</button></p>
</form>
<?cs /if ?></div>
