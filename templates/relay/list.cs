<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<?cs def:state(r) ?><?cs if:r.retired ?><span class="chip">not in the configuration</span><?cs elif:r.paused_for == "gone" ?><span class="chip off">paused: events are gone</span><?cs elif:r.paused_for ?><span class="chip off">paused</span><?cs elif:r.tries ?><span class="chip off">fails</span><?cs else ?><span class="chip good">active</span><?cs /if ?><?cs /def ?>
<?cs def:resume(r, from, label, question) ?><form method="post" action="/relays/<?cs var:r.id ?>/resume"<?cs if:question ?> data-confirm="<?cs var:question ?>"<?cs /if ?>><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:r.version ?>"><input type="hidden" name="from" value="<?cs var:from ?>"><button type="submit" aria-label="<?cs var:label ?>: <?cs var:r.name ?>"><?cs var:label ?></button></form><?cs /def ?>
<?cs include!"layout/_admin.cs" ?><div class="heading"><h1>Relays</h1></div>
<?cs call:errors(form.errors) ?>
<p class="lead">A relay sends the feed to a broker. Relays are made by the configuration: <span class="code">[relay NAME]</span>.</p>
<?cs if:subcount(rows) == 0 ?><p class="empty">No relays yet.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Relays" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Name</th><th scope="col">Broker</th><th scope="col">Gets</th><th scope="col">Has</th><th scope="col">Behind</th><th scope="col">Last taken</th><th scope="col">Status</th><?cs if:can.webhooks_write ?><th scope="col">Turn</th><?cs /if ?></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><?cs var:r.name ?></th>
<td data-label="Broker"><?cs var:r.type ?> <span class="code"><?cs var:r.target ?></span></td>
<td data-label="Gets" class="dim"><?cs if:subcount(r.types) == 0 ?>everything<?cs /if ?><?cs each:t = r.types ?><?cs if:name(t) > 0 ?>, <?cs /if ?><?cs var:t.text ?><?cs /each ?></td>
<td data-label="Has">up to <?cs var:r.after ?></td>
<td data-label="Behind"><?cs if:r.behind == 0 ?>not at all<?cs else ?><?cs var:r.behind ?> event<?cs if:r.behind != 1 ?>s<?cs /if ?><?cs /if ?></td>
<td data-label="Last taken"><?cs if:r.last_ok_at ?><?cs call:when(r.last_ok_at) ?><?cs else ?>never<?cs /if ?></td>
<td data-label="Status"><?cs call:state(r) ?><?cs if:r.last_error ?><span class="note"><?cs var:r.last_error ?></span><?cs /if ?><?cs if:r.next_try_at ?><span class="note">next try <?cs call:when(r.next_try_at) ?></span><?cs /if ?></td>
<?cs if:can.webhooks_write ?><td data-label="Turn"><?cs if:r.retired ?><span class="dim">nothing</span><?cs elif:r.paused_for ?><?cs if:r.paused_for == "gone" ?><?cs call:resume(r, "oldest", "Go on with the oldest event", "") ?><?cs else ?><?cs call:resume(r, "here", "Go on", "") ?><?cs /if ?><?cs call:resume(r, "now", "Go on from now on", "Leave out what happened since? It is not sent later.") ?><?cs else ?><form method="post" action="/relays/<?cs var:r.id ?>/pause"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:r.version ?>"><button type="submit" aria-label="Pause: <?cs var:r.name ?>">Pause</button></form><?cs /if ?></td>
<?cs /if ?></tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
