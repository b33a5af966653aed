<?cs include!"layout/_tables.cs" ?>
<div class="heading"><h1>Verification</h1><div class="actions"><a class="button" href="/verification">Check again</a></div></div>
<p class="lead">Every balance, recomputed from the ledger and compared.</p>
<p data-live="verdict" class="verdict <?cs if:verification.ok ?>good<?cs else ?>bad<?cs /if ?>" role="status"><?cs if:verification.ok ?><span aria-hidden="true">✓</span> The ledger proves every balance.<?cs elif:verification.difference_count == "0" ?><span aria-hidden="true">✗</span> The ledger is not whole.<?cs else ?><span aria-hidden="true">✗</span> <?cs var:verification.difference_count ?> balance<?cs if:verification.difference_count != "1" ?>s differ<?cs else ?> differs<?cs /if ?> from the ledger.<?cs /if ?></p>
<dl class="stats" data-live="stats">
<div><dt>Balances</dt><dd><?cs var:verification.balances ?></dd></div>
<div><dt>Movements</dt><dd><?cs var:verification.movements ?></dd></div>
<div><dt>Lines</dt><dd><?cs var:verification.lines ?></dd></div>
<div><dt>Checked</dt><dd class="small"><?cs call:when(verification.checked_at) ?></dd></div>
</dl>
<div data-live="faults"><?cs if:subcount(faults) > 0 ?>
<section aria-labelledby="faults"><h2 id="faults">What is wrong with the ledger</h2>
<ul><?cs each:f = faults ?><li><?cs var:f.text ?>.</li><?cs /each ?></ul>
</section>
<?cs /if ?><?cs if:subcount(rows) > 0 ?>
<section aria-labelledby="differences"><h2 id="differences">Differences</h2>
<div class="scroll" role="region" aria-label="Differences" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">Item</th><th scope="col">Location</th><th scope="col" class="num">Balance says</th><th scope="col" class="num">Ledger says</th></tr></thead>
<tbody>
<?cs each:r = rows ?><tr>
<th scope="row"><a class="code" href="/items/<?cs var:r.item_id ?>"><?cs var:r.sku ?></a></th>
<td data-label="Location"><a class="code" href="/locations/<?cs var:r.location_id ?>"><?cs var:r.location ?></a></td>
<td data-label="Balance says" class="num"><?cs var:r.on_hand ?></td>
<td data-label="Ledger says" class="num"><?cs var:r.ledger ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div></section>
<?cs /if ?></div>
