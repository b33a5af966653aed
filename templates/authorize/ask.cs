<div class="narrow">
<h1>Allow <?cs var:client.name ?>?</h1>
<p class="lead">This app asks to act for you in <?cs var:site.name ?>. You are signed in as <strong><?cs var:user.name ?></strong>.</p>
<section aria-labelledby="may"><h2 id="may">It could then, as you:</h2>
<ul class="may">
<?cs each:p = permissions ?><li><?cs var:p.help ?></li>
<?cs /each ?></ul></section>
<p class="hint">It never learns your password, and never may more than you. You can take this back at any time, under <a href="/account">your account</a>.</p>
<form class="edit" method="post" action="/oauth2/authorize">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs each:h = hidden ?><input type="hidden" name="<?cs var:h.name ?>" value="<?cs var:h.value ?>">
<?cs /each ?><div class="actions"><button class="primary" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></div>
<p class="hint">Either way you go on to <span class="code"><?cs var:target ?></span>.</p>
</form>
</div>
