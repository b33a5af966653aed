<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?><?cs include!"layout/_admin.cs" ?>
<div class="heading"><h1>Users</h1>
<?cs if:can.users_write ?><div class="actions"><a class="button primary" href="/users/new">New user</a></div><?cs /if ?></div>
<form class="filters" action="/users" method="get">
<div class="field wide"><label for="f-q">Name</label>
<input id="f-q" name="q" type="search" maxlength="120" value="<?cs var:form.q.value ?>" autocomplete="off"></div>
<div class="field"><label for="f-role">Role</label>
<select id="f-role" name="role"><option value="">Any</option>
<?cs each:k = all_roles ?><?cs call:option(k.name, k.name, form.role.value) ?><?cs /each ?></select></div>
<div class="field"><label for="f-status">Status</label>
<select id="f-status" name="status"><option value="">Any</option>
<?cs call:option("active", "Active", form.status.value) ?><?cs call:option("disabled", "Disabled", form.status.value) ?></select></div>
<div class="go"><button type="submit">Show</button><?cs if:filtered ?> <a href="/users">Clear</a><?cs /if ?></div>
</form>
<?cs if:subcount(rows) == 0 ?><p class="empty">No user matches.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Users" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Shown as</th><th scope="col">Roles</th><th scope="col">Changed</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a href="/users/<?cs var:r.id ?>"><?cs var:r.name ?></a><?cs if:r.disabled ?> <span class="chip off">disabled</span><?cs elif:r.credential == "none" ?> <span class="chip">no password yet</span><?cs elif:r.credential == "due" ?> <span class="chip">password due</span><?cs /if ?></th>
<td data-label="Shown as"><?cs var:r.display_name ?></td>
<td data-label="Roles"><?cs if:subcount(r.roles) > 0 ?><?cs each:k = r.roles ?><?cs if:name(k) > 0 ?>, <?cs /if ?><?cs var:k.name ?><?cs if:string.length(k.location) ?> <span class="dim">at</span> <span class="code"><?cs var:k.location ?></span><?cs /if ?><?cs /each ?><?cs else ?><span class="dim">none</span><?cs /if ?></td>
<td data-label="Changed" class="time dim"><?cs var:r.updated_at ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs /if ?>
<?cs call:pages(first, next) ?>
