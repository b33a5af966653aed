<?cs include!"layout/_tables.cs" ?>
<div class="heading"><h1>API clients</h1>
<?cs if:can.clients_write ?><div class="actions"><a class="button primary" href="/clients/new">New client</a></div><?cs /if ?></div>
<form class="filters" action="/clients" method="get">
<div class="field wide"><label for="f-q">Name or client id</label><input id="f-q" name="q" value="<?cs var:form.q.value ?>" maxlength="120" autocomplete="off" spellcheck="false"></div><div class="go"><button type="submit">Show</button><?cs if:string.length(form.q.value) ?> <a href="/clients">Clear</a><?cs /if ?></div>
</form>
<?cs if:subcount(rows) == 0 ?><p class="empty"><?cs if:string.length(form.q.value) ?>No client has this name or id.<?cs else ?>No clients yet. A client is a program that uses the API, with permissions of its own.<?cs /if ?></p>
<?cs else ?>
<div class="scroll" role="region" aria-label="API clients" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Client id</th><th scope="col">May</th><th scope="col">Status</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a href="/clients/<?cs var:r.id ?>"><?cs var:r.name ?></a></th>
<td data-label="Client id" class="code"><?cs var:r.client_id ?></td>
<td data-label="May" class="dim"><?cs each:s = r.scope ?><?cs if:name(s) > 0 ?> <?cs /if ?><?cs var:s.text ?><?cs /each ?></td>
<td data-label="Status"><?cs if:r.disabled ?><span class="chip off">disabled</span><?cs else ?><span class="chip good">active</span><?cs /if ?><?cs if:r.public ?> <span class="chip">public</span><?cs /if ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
