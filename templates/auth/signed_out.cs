<div class="narrow">
<h1>Signed out</h1>
<p role="status">You are signed out of <?cs var:site.name ?>, and on your way to the sign-in service, which ends your session there.</p>
<div class="actions"><a class="button primary" href="<?cs var:link ?>">Sign out there, too</a> <a class="button" href="/login">Sign in again</a></div>
</div>
