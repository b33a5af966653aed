<div class="heading"><h1>Feature flags</h1></div>
<p class="dim">What can be switched while everything runs: for everybody, for nobody, or for a share of the users and API clients.</p>
<?cs include!"layout/_tables.cs" ?>
<?cs if:subcount(rows) == 0 ?><p class="empty">There is nothing to switch.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Feature flags" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Flag</th><th scope="col">Who has it</th><th scope="col">Changed</th><?cs if:can.flags_write ?><th scope="col"><span class="hidden">Change</span></th><?cs /if ?></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><span class="code"><?cs var:r.name ?></span><br><span class="dim"><?cs if:r.help ?><?cs var:r.help ?><?cs else ?>This version does not know it: it switches nothing.<?cs /if ?></span></th>
<td data-label="Who has it"><span class="chip<?cs if:r.state == "off" ?> off<?cs /if ?>"><?cs if:r.state == "on" ?>everybody<?cs elif:r.state == "off" ?>nobody<?cs else ?><?cs var:r.percent ?> percent<?cs /if ?></span></td>
<td data-label="Changed" class="time"><?cs call:when(r.updated_at) ?></td>
<?cs if:can.flags_write ?><td class="end"><a href="/flags/<?cs var:r.id ?>/edit">Switch<span class="hidden"> <?cs var:r.name ?></span></a></td><?cs /if ?>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?>
