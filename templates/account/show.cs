<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<?cs def:secret(f, name, hint, kind) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>">
<label for="f-<?cs var:name ?>"><?cs var:f.label ?></label>
<input id="f-<?cs var:name ?>" name="<?cs var:name ?>" type="password" maxlength="<?cs var:f.max ?>" autocomplete="<?cs var:kind ?>" required<?cs call:described(f, name, hint) ?>>
<?cs call:about(f, name, hint) ?></div>
<?cs /def ?>
<div class="heading"><h1>Your account</h1></div>
<?cs call:errors(form.errors) ?>
<section aria-labelledby="sessions">
<div class="heading"><h2 id="sessions">Where you are signed in</h2>
<?cs if:subcount(sessions) > 1 || next || first ?><div class="actions"><form method="post" action="/account/sessions/end-others" data-confirm="Sign out everywhere but here?">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Sign out everywhere else</button></form></div><?cs /if ?></div>
<p class="hint">A session that you do not know: sign it out, then change your password.</p>
<div class="scroll" role="region" aria-label="Sessions" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Browser</th><th scope="col">Address</th><th scope="col">Signed in</th><th scope="col">Last seen</th><th scope="col"><span class="hidden">Sign out</span></th></tr></thead>
<tbody>
<?cs each:s = sessions ?><tr>
<th scope="row"><?cs var:s.browser ?><?cs if:s.current ?> <span class="chip">this one</span><?cs /if ?></th>
<td data-label="Address" class="code"><?cs var:s.address ?></td>
<td data-label="Signed in"><?cs call:when(s.created_at) ?></td>
<td data-label="Last seen"><?cs var:s.seen_at ?></td>
<td class="end"><?cs if:!s.current ?><form method="post" action="/account/sessions/<?cs var:s.id ?>/end"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Sign out<span class="hidden"> <?cs var:s.browser ?> at <?cs var:s.address ?></span></button></form><?cs /if ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
</section>
<section aria-labelledby="password" class="narrow">
<h2 id="password">Change your password</h2>
<form class="edit" method="post" action="/account/password" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<?cs call:secret(form.old_password, "old_password", "", "current-password") ?>
<?cs call:secret(form.new_password, "new_password", "At least " + password_min + " characters, and none of the common passwords. A few words in a row are easy to keep in mind.", "new-password") ?>
<?cs call:secret(form.again, "again", "", "new-password") ?>
<div class="actions"><button class="primary" type="submit">Change password</button></div>
<p class="hint">All your other sessions end.</p>
</form>
</section>
