<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/users">Users</a></nav>
<div class="heading"><h1><?cs var:who.display_name ?><?cs if:who.disabled ?> <span class="chip off">disabled</span><?cs /if ?></h1>
<div class="actions"><?cs if:can.audit_read ?><a class="button" href="/audit?actor=user%3A<?cs var:who.id ?>">What <?cs var:who.name ?> did</a><?cs /if ?></div></div>
<?cs call:errors(form.errors) ?>
<?cs if:link ?><section class="summary once" aria-labelledby="link"><h2 id="link">The link for <?cs var:who.display_name ?></h2>
<p>Give it to nobody else: whoever has it chooses the password. It works once, until <?cs call:when(link.expires_at) ?>, and is not shown again.</p>
<p><input class="code" type="text" readonly value="<?cs var:link ?>" aria-label="Link" data-select autofocus></p></section>
<?cs /if ?>
<div class="columns">
<section aria-labelledby="about">
<?cs if:can.users_write ?><h2 id="about">Name and roles</h2>
<form method="post" action="/users/<?cs var:who.id ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:form.version.value ?>">
<?cs call:text(form.display_name, "display_name", "What others see.", "required") ?>
<?cs include!"user/_roles.cs" ?>
<div class="actions"><button class="primary" type="submit">Save</button></div>
<p class="hint">Other roles end the user's sessions, and a link that was not used: what a session may is settled when it begins.</p>
</form>
<?cs else ?><h2 id="about">Roles</h2>
<?cs if:subcount(who.roles) > 0 ?><ul class="plain"><?cs each:k = who.roles ?><li><?cs var:k.name ?><?cs if:string.length(k.location) ?> at <span class="code"><?cs var:k.location ?></span> and below<?cs /if ?></li>
<?cs /each ?></ul><?cs else ?><p class="empty">None.</p><?cs /if ?>
<?cs /if ?></section>
<section aria-labelledby="signin">
<h2 id="signin">Sign-in</h2>
<dl class="facts">
<div><dt>Name</dt><dd class="code"><?cs var:who.name ?></dd></div>
<div><dt>Password</dt><dd><?cs if:who.credential == "none" ?>none yet<?cs elif:who.credential == "due" ?>must be changed next<?cs else ?>set<?cs /if ?></dd></div>
<?cs if:who.invited_until ?><div><dt>Link</dt><dd>open until <?cs call:when(who.invited_until) ?></dd></div><?cs /if ?>
<div><dt>Second factor</dt><dd><?cs if:who.second_factor ?>set up<?cs else ?>none<?cs /if ?></dd></div>
<div><dt>Made</dt><dd><?cs call:when(who.created_at) ?></dd></div>
<div><dt>Changed</dt><dd><?cs call:when(who.updated_at) ?></dd></div>
</dl>
<?cs if:can.users_write ?><div class="actions">
<?cs if:!who.disabled && !who.self ?><form method="post" action="/users/<?cs var:who.id ?>/invite"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit"<?cs if:who.credential == "none" ?> class="primary"<?cs /if ?>><?cs if:who.credential == "none" ?>Make a link to choose a password<?cs else ?>Make a link for a new password<?cs /if ?></button></form>
<?cs /if ?><?cs if:!who.disabled ?><?cs if:who.credential == "set" ?><form method="post" action="/users/<?cs var:who.id ?>/force-password" data-confirm="Must <?cs var:who.name ?> change the password before anything else?"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:who.version ?>"><button type="submit">Force a new password</button></form><?cs /if ?><?cs /if ?>
<form method="post" action="/users/<?cs var:who.id ?>/end-sessions" data-confirm="Sign <?cs var:who.name ?> out everywhere?"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Sign out everywhere</button></form>
<?cs if:who.second_factor && !who.self ?><form method="post" action="/users/<?cs var:who.id ?>/remove-second-factor" data-confirm="Remove the second factor of <?cs var:who.name ?>?"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Remove second factor</button></form><?cs /if ?>
</div>
<section class="danger" aria-labelledby="status"><h2 id="status"><?cs if:who.disabled ?>Enable<?cs else ?>Disable<?cs /if ?></h2>
<p><?cs if:who.disabled ?>The user can sign in again, with the password and the roles of before.<?cs else ?>The user is signed out everywhere and cannot come in again. What was done by this name stays.<?cs /if ?></p>
<form method="post" action="/users/<?cs var:who.id ?>/<?cs if:who.disabled ?>enable<?cs else ?>disable<?cs /if ?>"<?cs if:!who.disabled ?> data-confirm="Disable <?cs var:who.name ?>?"<?cs /if ?>>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:who.version ?>">
<button type="submit"><?cs if:who.disabled ?>Enable user<?cs else ?>Disable user<?cs /if ?></button></form></section>
<?cs /if ?></section>
</div>
