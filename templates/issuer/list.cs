<?cs include!"layout/_tables.cs" ?>
<?cs include!"layout/_admin.cs" ?><div class="heading"><h1>Other issuers</h1></div>
<p class="dim">Whose access tokens are taken as they are. Trust is configuration, [issuer NAME] in bincard.conf: nothing here adds to it.</p>
<?cs if:subcount(issuers) == 0 ?><p class="empty">No other issuer is trusted.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Trusted issuers" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Issuer</th><th scope="col">Only within</th><th scope="col">Keys</th></tr></thead>
<tbody>
<?cs each:i = issuers ?><tr>
<th scope="row"><?cs var:i.name ?><br><span class="code dim"><?cs var:i.issuer ?></span></th>
<td data-label="Only within"><?cs if:string.length(i.location) ?><span class="code"><?cs var:i.location ?></span><?cs else ?><span class="dim">everywhere</span><?cs /if ?></td>
<td data-label="Keys"><?cs if:i.failure ?><span class="chip off">the last try failed</span> <span class="dim"><?cs var:i.failure ?></span><?cs if:i.fetched_at ?><br><?cs /if ?><?cs /if ?><?cs if:i.fetched_at ?>had <?cs call:when(i.fetched_at) ?><?cs elif:!i.failure ?><span class="dim">not asked yet</span><?cs /if ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs /if ?>
<section aria-labelledby="named"><div class="heading"><h2 id="named">Whom they have named</h2></div>
<form class="filters" action="/issuers" method="get">
<div class="field wide"><label for="f-q">Name or subject</label><input id="f-q" name="q" value="<?cs var:form.q.value ?>" maxlength="255" autocomplete="off" spellcheck="false"></div><div class="go"><button type="submit">Show</button><?cs if:string.length(form.q.value) ?> <a href="/issuers">Clear</a><?cs /if ?></div>
</form>
<?cs if:subcount(rows) == 0 ?><p class="empty"><?cs if:string.length(form.q.value) ?>Nobody has this name or subject.<?cs else ?>Nobody yet. Whoever a token names appears here with the first one.<?cs /if ?></p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Foreign principals" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Subject</th><th scope="col">First seen</th><th scope="col">Last seen</th><th scope="col">Status</th><?cs if:can.clients_write ?><th scope="col"><span class="hidden">Change</span></th><?cs /if ?></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><?cs if:can.audit_read ?><a href="/audit?actor=foreign:<?cs var:r.id ?>"><?cs var:r.name ?></a><?cs else ?><?cs var:r.name ?><?cs /if ?></th>
<td data-label="Subject"><span class="code"><?cs var:r.subject ?></span><br><span class="dim"><?cs var:r.issuer ?></span></td>
<td data-label="First seen" class="time"><?cs call:when(r.first_seen) ?></td>
<td data-label="Last seen" class="time"><?cs call:when(r.last_seen) ?></td>
<td data-label="Status"><?cs if:r.disabled ?><span class="chip off">disabled</span><?cs else ?><span class="chip good">active</span><?cs /if ?></td>
<?cs if:can.clients_write ?><td class="end"><form method="post" action="/issuers/subjects/<?cs var:r.id ?>/<?cs if:r.disabled ?>enable<?cs else ?>disable<?cs /if ?>"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit"><?cs if:r.disabled ?>Enable<?cs else ?>Disable<?cs /if ?><span class="hidden"> <?cs var:r.name ?></span></button></form></td><?cs /if ?>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
</section>
