<?cs include!"layout/_tables.cs" ?><?cs include!"webhook/_state.cs" ?>
<?cs include!"layout/_admin.cs" ?><div class="heading"><h1>Webhooks</h1>
<?cs if:can.webhooks_write ?><div class="actions"><a class="button primary" href="/webhooks/new">New webhook</a></div><?cs /if ?></div>
<form class="filters" action="/webhooks" method="get">
<div class="field wide"><label for="f-q">Name</label><input id="f-q" name="q" value="<?cs var:form.q.value ?>" maxlength="120" autocomplete="off" spellcheck="false"></div><div class="go"><button type="submit">Show</button><?cs if:string.length(form.q.value) ?> <a href="/webhooks">Clear</a><?cs /if ?></div>
</form>
<?cs if:subcount(rows) == 0 ?><p class="empty"><?cs if:string.length(form.q.value) ?>No webhook has this name.<?cs else ?>No webhooks yet. A webhook is a web server that is told of what happens here, each event once it has happened.<?cs /if ?></p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Webhooks" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Address</th><th scope="col">Gets</th><th scope="col">Last taken</th><th scope="col">Status</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a href="/webhooks/<?cs var:r.id ?>"><?cs var:r.name ?></a></th>
<td data-label="Address" class="code"><?cs var:r.url ?></td>
<td data-label="Gets" class="dim"><?cs call:types(r) ?></td>
<td data-label="Last taken"><?cs if:r.last_ok_at ?><?cs call:when(r.last_ok_at) ?><?cs else ?>never<?cs /if ?></td>
<td data-label="Status"><?cs call:state(r) ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
