<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_admin.cs" ?>
<div class="heading"><h1>Roles</h1>
<?cs if:can.users_write ?><div class="actions"><a class="button primary" href="/roles/new">New role</a></div><?cs /if ?></div>
<div class="scroll" role="region" aria-label="Roles" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Permissions</th><th scope="col">Users</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a href="/roles/<?cs var:r.id ?>"><?cs var:r.name ?></a><?cs if:r.built_in ?> <span class="chip">built in</span><?cs /if ?></th>
<td data-label="Permissions"><span class="code"><?cs var:r.permissions ?></span></td>
<td data-label="Users"><a href="/users?role=<?cs var:url_escape(r.name) ?>"><?cs var:r.users ?><span class="hidden"> with the role <?cs var:r.name ?></span></a></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
