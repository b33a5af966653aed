<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?>
<div class="heading"><h1>Signing keys</h1>
<?cs if:can.clients_write ?><div class="actions"><form method="post" action="/keys/rotate" data-confirm="Make a new signing key? It cannot be undone, and nobody is signed out by it."><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Rotate now</button></form></div><?cs /if ?></div>
<?cs call:errors(form.errors) ?>
<p class="dim">They sign access tokens; others check them with the public halves. <?cs if:key_days > 0 ?>A key gets a successor by itself after <?cs var:key_days ?> days.<?cs else ?>No key gets a successor by itself.<?cs /if ?></p>
<div class="scroll" role="region" aria-label="Signing keys" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Key</th><th scope="col">Turn</th><th scope="col">Signs from</th><th scope="col">Published until</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row" class="code"><?cs var:r.kid ?> <span class="dim"><?cs var:r.algorithm ?></span></th>
<td data-label="Turn"><?cs if:r.turn == "signs" ?><span class="chip good">signs now</span><?cs elif:r.turn == "next" ?><span class="chip">signs next</span><?cs else ?><span class="chip off">checks only</span><?cs /if ?></td>
<td data-label="Signs from"><?cs call:when(r.signs_from) ?></td>
<td data-label="Published until"><?cs if:r.ends_at ?><?cs call:when(r.ends_at) ?><?cs else ?><span class="dim">no end yet</span><?cs /if ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
