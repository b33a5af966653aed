<?cs include!"layout/_forms.cs" ?>
<?cs def:box(field, label, hint, on) ?><label><input type="checkbox" name="<?cs var:field ?>"<?cs if:on ?> checked<?cs /if ?>> <span><?cs var:label ?><span class="note"><?cs var:hint ?></span></span></label>
<?cs /def ?>
<nav class="crumbs" aria-label="Path"><a href="/clients">API clients</a><?cs if:client.id ?> <a href="/clients/<?cs var:client.id ?>"><?cs var:client.name ?></a><?cs /if ?></nav>
<div class="narrow">
<h1><?cs if:client.id ?>Edit client<?cs else ?>New client<?cs /if ?></h1>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/clients<?cs if:client.id ?>/<?cs var:client.id ?><?cs /if ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs if:client.id ?><input type="hidden" name="version" value="<?cs var:form.version.value ?>"><?cs else ?><input type="hidden" name="once" value="<?cs var:form.once.value ?>"><?cs /if ?>
<?cs call:text(form.name, "name", "", "required") ?>
<?cs if:!client.id ?><fieldset class="boxes"><legend>Kind</legend>
<label><input type="radio" name="kind" value="confidential"<?cs if:form.kind.value != "public" ?> checked<?cs /if ?>> <span>Confidential<span class="note">Runs on a server and keeps a secret or a key.</span></span></label>
<label><input type="radio" name="kind" value="public"<?cs if:form.kind.value == "public" ?> checked<?cs /if ?>> <span>Public<span class="note">Runs in a browser or on somebody's device, where nothing can be kept secret.</span></span></label>
</fieldset><?cs /if ?>
<fieldset class="boxes" id="f-grant_types"><legend>How it gets tokens</legend>
<?cs if:now.grant_types ?><p class="now">Stored now: <?cs var:now.grant_types ?></p><?cs /if ?>
<?cs if:!client.public ?><?cs call:box("client_credentials", "On its own behalf", "client_credentials: with its secret or key.", grants.client_credentials) ?><?cs /if ?>
<?cs call:box("authorization_code", "For a person who allows it", "authorization_code: the person signs in here and is asked.", grants.authorization_code) ?>
<?cs call:box("refresh_token", "And goes on without asking again", "refresh_token: until the person or you withdraw it.", grants.refresh_token) ?>
</fieldset>
<div class="field<?cs if:form.redirect_uris.error ?> wrong<?cs /if ?>">
<label for="f-redirect_uris"><?cs var:form.redirect_uris.label ?> <span class="optional">optional</span></label>
<textarea id="f-redirect_uris" name="redirect_uris" rows="3" class="code" spellcheck="false"<?cs call:described(form.redirect_uris, "redirect_uris", "One a line. Browsers are sent back to these and to no other.") ?>>
<?cs var:form.redirect_uris.value ?></textarea>
<?cs call:about(form.redirect_uris, "redirect_uris", "One a line. Browsers are sent back to these and to no other.") ?></div>
<?cs call:text(form.location, "location", "The code of a location. The client sees and moves what is there and below it, and nothing else.", "optional-code") ?>
<fieldset class="boxes" id="f-scope"><legend>What it may do at most</legend>
<?cs if:now.scope ?><p class="now">Stored now: <?cs var:now.scope ?></p><?cs /if ?>
<?cs include!"layout/_permissions.cs" ?></fieldset>
<div class="actions"><button class="primary" type="submit"><?cs if:client.id ?>Save<?cs else ?>Make client<?cs /if ?></button>
<a href="/clients<?cs if:client.id ?>/<?cs var:client.id ?><?cs /if ?>">Cancel</a></div>
</form>
</div>
