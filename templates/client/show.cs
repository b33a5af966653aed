<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<?cs def:turn(path, label, kind, question) ?><form method="post" action="/clients/<?cs var:client.id ?>/<?cs var:path ?>"<?cs if:question ?> data-confirm="<?cs var:question ?>"<?cs /if ?>><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:client.version ?>"><button<?cs if:kind ?> class="<?cs var:kind ?>"<?cs /if ?> type="submit"><?cs var:label ?></button></form><?cs /def ?>
<nav class="crumbs" aria-label="Path"><a href="/clients">API clients</a></nav>
<div class="heading"><h1><?cs var:client.name ?><?cs if:client.disabled ?> <span class="chip off">disabled</span><?cs /if ?></h1>
<?cs if:can.clients_write ?><div class="actions"><a class="button" href="/clients/<?cs var:client.id ?>/edit">Edit</a>
<?cs if:client.disabled ?><?cs call:turn("enable", "Enable", "", "") ?><?cs else ?><?cs call:turn("disable", "Disable", "", "Disable this client? Its tokens are refused at once; it can be enabled again.") ?><?cs /if ?></div><?cs /if ?></div>
<?cs call:errors(form.errors) ?>
<?cs if:secret ?><section class="notice" role="status" aria-labelledby="secret"><h2 id="secret">The client's secret</h2>
<p class="code"><?cs var:secret ?></p>
<p>Copy it now to where the client runs: <strong>it is shown only this once.</strong> Nobody can read it again; a new one can be made.</p></section><?cs /if ?>
<dl class="facts across">
<div><dt>Client id</dt><dd class="code"><?cs var:client.client_id ?></dd></div>
<div><dt>Kind</dt><dd><?cs if:client.public ?>public: it keeps no secret<?cs else ?>confidential<?cs /if ?></dd></div>
<?cs if:string.length(client.location) ?><div><dt>Only within</dt><dd class="code"><?cs var:client.location ?></dd></div>
<?cs /if ?><div><dt>Grant types</dt><dd><?cs each:g = client.grant_types ?><?cs if:name(g) > 0 ?>, <?cs /if ?><?cs var:g.text ?><?cs /each ?></dd></div>
<div><dt>Made</dt><dd><?cs call:when(client.created_at) ?></dd></div>
<div><dt>Changed</dt><dd><?cs call:when(client.updated_at) ?></dd></div>
</dl>
<section aria-labelledby="may"><h2 id="may">What it may do</h2>
<div class="scroll" role="region" aria-label="Permissions" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Permission</th><th scope="col">What it allows</th></tr></thead>
<tbody>
<?cs each:p = client.permissions ?><tr><th scope="row" class="code"><?cs var:p.name ?></th><td data-label="Allows"><?cs var:p.help ?></td></tr>
<?cs /each ?></tbody>
</table>
</div></section>
<?cs if:subcount(client.redirect_uris) > 0 ?><section aria-labelledby="uris"><h2 id="uris">Redirect addresses</h2>
<ul class="plain">
<?cs each:u = client.redirect_uris ?><li class="code"><?cs var:u.text ?></li>
<?cs /each ?></ul></section><?cs /if ?>
<?cs if:!client.public ?>
<section aria-labelledby="signs"><h2 id="signs">How it signs itself in</h2>
<p>By its secret, or by a key of its own (<span class="code">private_key_jwt</span>), whose private half never leaves it.</p>
<?cs if:can.clients_write && !client.disabled ?><div class="actions end"><?cs call:turn("secret", "Make a new secret", "", "Make a new secret? The old one stops working at once.") ?></div><?cs /if ?>
<?cs if:subcount(keys) > 0 ?><div class="actions end"></div><div class="scroll" role="region" aria-label="Keys" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Key</th><th scope="col">Added</th><?cs if:can.clients_write ?><th scope="col"><span class="hidden">Remove</span></th><?cs /if ?></tr></thead>
<tbody>
<?cs each:k = keys ?><tr><th scope="row" class="code"><?cs var:k.kid ?></th><td data-label="Added"><?cs call:when(k.created_at) ?></td>
<?cs if:can.clients_write ?><td class="end"><form method="post" action="/clients/<?cs var:client.id ?>/keys/remove" data-confirm="Remove this key? The client can no longer sign itself in by it."><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:client.version ?>"><input type="hidden" name="kid" value="<?cs var:k.kid ?>"><button type="submit">Remove<span class="hidden"> key <?cs var:k.kid ?></span></button></form></td><?cs /if ?></tr>
<?cs /each ?></tbody>
</table>
</div><?cs /if ?>
<?cs if:can.clients_write && !client.disabled ?><form class="edit narrow" method="post" action="/clients/<?cs var:client.id ?>/keys" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:client.version ?>">
<div class="field<?cs if:form.public_key.error ?> wrong<?cs /if ?>"><label for="f-public_key"><?cs var:form.public_key.label ?></label>
<textarea id="f-public_key" name="public_key" rows="4" class="code" maxlength="<?cs var:form.public_key.max ?>" spellcheck="false" required<?cs call:described(form.public_key, "public_key", "PEM text; the curve is P-256.") ?>>
<?cs var:form.public_key.value ?></textarea>
<?cs call:about(form.public_key, "public_key", "PEM text; the curve is P-256.") ?></div>
<div class="actions"><button type="submit">Add key</button></div>
</form><?cs /if ?>
</section><?cs /if ?>
