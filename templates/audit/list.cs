<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<?cs def:filter(f, name, label, max, list) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>"><label for="f-<?cs var:name ?>"><?cs var:label ?></label><input id="f-<?cs var:name ?>" name="<?cs var:name ?>" value="<?cs var:f.value ?>" maxlength="<?cs var:max ?>" autocomplete="off" autocapitalize="none" spellcheck="false"<?cs if:list ?> list="<?cs var:list ?>"<?cs /if ?><?cs call:described(f, name, "") ?>><?cs call:about(f, name, "") ?></div>
<?cs /def ?>
<?cs def:day(f, name, label) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>"><label for="f-<?cs var:name ?>"><?cs var:label ?></label><input id="f-<?cs var:name ?>" name="<?cs var:name ?>" type="date" value="<?cs var:f.value ?>"<?cs call:described(f, name, "") ?>><?cs call:about(f, name, "") ?></div>
<?cs /def ?>
<?cs include!"layout/_admin.cs" ?><div class="heading"><h1>Audit log</h1>
<?cs if:csv && flag.audit_csv ?><div class="actions">
<a class="button" href="<?cs var:csv ?>">Download CSV</a>
</div><?cs /if ?></div>
<p class="dim">Who changed what, and who came in; newest first. Movements are listed on their own. A download has what is filtered here, the newest <?cs var:file_max ?> entries of it.</p>
<form class="filters" action="/audit" method="get">
<?cs call:filter(form.actor, "actor", "Who", 120, "") ?><?cs call:filter(form.app, "app", "Through app", 40, "") ?><?cs call:filter(form.action, "action", "Action", 40, "actions") ?><?cs call:filter(form.resource, "resource", "Of what", 32, "resources") ?><?cs call:filter(form.resource_id, "resource_id", "Its id", 64, "") ?><?cs call:day(form.from, "from", "From day") ?><?cs call:day(form.to, "to", "To day") ?><div class="go"><button type="submit">Show</button><?cs if:filtered ?> <a href="/audit">Clear</a><?cs /if ?></div>
</form>
<datalist id="actions"><option value="created"><option value="updated"><option value="archived"><option value="restored"><option value="deleted"><option value="disabled"><option value="enabled"><option value="invited"><option value="password_forced"><option value="sessions_ended"><option value="password_changed"><option value="secret_rotated"><option value="signed_in"><option value="signed_out"><option value="sign_in_failed"><option value="second_factor_enrolled"><option value="second_factor_removed"><option value="second_factor_failed"><option value="recovery_code_used"><option value="recovery_codes_renewed"><option value="token_refused"><option value="sso_refused"><option value="password_refused"><option value="changed"><option value="first_seen"><option value="pruned"><option value="paused"><option value="resumed"><option value="tested"><option value="redelivered"><option value="retired"><option value="returned"></datalist>
<datalist id="resources"><option value="item"><option value="category"><option value="location"><option value="user"><option value="role"><option value="client"><option value="signing_key"><option value="feature_flag"><option value="foreign_principal"><option value="settings"><option value="webhook"><option value="relay"><option value="audit_log"></datalist>
<?cs if:subcount(rows) == 0 ?>
<p class="empty">No entries<?cs if:filtered ?> match<?cs else ?> yet<?cs /if ?>.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Audit log" tabindex="0">
<table class="list stack audit">
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Changed</th><th scope="col">From</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row" class="time"><?cs call:when(r.at) ?></th>
<td data-label="Who"><a href="<?cs var:r.actor_link ?>"><?cs if:string.length(r.actor_name) ?><?cs var:r.actor_name ?><?cs else ?><?cs var:r.actor ?><?cs /if ?></a><?cs if:string.length(r.actor_name) ?> <span class="dim"><?cs var:r.actor ?></span><?cs /if ?><?cs if:r.app ?> <span class="dim">through</span> <a href="<?cs var:r.app_link ?>"><?cs var:r.app ?></a><?cs /if ?></td>
<td data-label="What"><span class="chip<?cs if:r.action == "sign_in_failed" || r.action == "second_factor_failed" || r.action == "token_refused" || r.action == "password_refused" || r.action == "sso_refused" ?> off<?cs /if ?>"><?cs var:r.action ?></span> <?cs if:r.resource_link ?><a href="<?cs var:r.resource_link ?>"><?cs var:r.resource ?> <?cs var:r.resource_id ?></a><?cs else ?><?cs var:r.resource ?><?cs /if ?></td>
<td data-label="Changed"><?cs if:subcount(r.changes) > 0 ?><ul class="changes">
<?cs each:f = r.changes ?><li><span class="dim"><?cs var:f.name ?>:</span> <?cs if:string.length(f.before) ?><del><?cs var:f.before ?></del> → <?cs /if ?><?cs if:string.length(f.after) ?><ins><?cs var:f.after ?></ins><?cs else ?><span class="dim">nothing</span><?cs /if ?></li>
<?cs /each ?></ul><?cs /if ?></td>
<td data-label="From" class="dim"><?cs if:r.address ?><?cs var:r.address ?><?cs elif:r.request_id == "jobs" || r.request_id == "sender" ?>background job<?cs else ?>command line<?cs /if ?> <span class="request"><?cs var:r.request_id ?></span></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs /if ?>
<?cs call:pages(first, next) ?>
