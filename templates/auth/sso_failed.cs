<div class="narrow error-page">
<h1>Not signed in</h1>
<p class="lead" role="alert"><?cs var:detail ?></p>
<div class="actions"><a class="button primary" href="/login/sso"><?cs var:label ?></a> <a class="button" href="/login">Back to the sign-in page</a></div>
<p class="hint">When you ask about this, name the request: <span class="code"><?cs var:request_id ?></span></p>
</div>
