<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?><?cs include!"layout/_secrets.cs" ?>
<div class="heading"><h1>Your account</h1></div>
<?cs call:errors(form.errors) ?>
<section aria-labelledby="sessions">
<div class="heading"><h2 id="sessions">Where you are signed in</h2>
<?cs if:subcount(sessions) > 1 || next || first ?><div class="actions"><form method="post" action="/account/sessions/end-others" data-confirm="Sign out everywhere but here?">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Sign out everywhere else</button></form></div><?cs /if ?></div>
<p class="hint">A session that you do not know: sign it out, then change your password<?cs if:!passwords ?> at the sign-in service<?cs /if ?>.</p>
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
<?cs if:passwords ?><section aria-labelledby="password" class="narrow">
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
<section aria-labelledby="second-factor" class="narrow">
<h2 id="second-factor">Second factor</h2>
<?cs if:factor.on ?><p>On since <?cs call:when(factor.since) ?>, with <?cs var:factor.codes_left ?> recovery code<?cs if:factor.codes_left != 1 ?>s<?cs /if ?> left.</p>
<p class="actions"><a class="button" href="/account/second-factor">Change your second factor</a></p>
<?cs else ?><p class="hint">With one, a password that somebody else has learned is not enough to sign in.</p>
<p class="actions"><a class="button" href="/account/second-factor">Set up a second factor</a></p>
<?cs /if ?></section>
<?cs else ?><section aria-labelledby="password" class="narrow">
<h2 id="password">Password and second factor</h2>
<p>You have neither here: the sign-in service of your company looks after both.</p>
</section>
<?cs /if ?>
