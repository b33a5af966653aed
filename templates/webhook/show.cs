<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_forms.cs" ?><?cs include!"webhook/_state.cs" ?>
<?cs def:turn(path, label, question) ?><form method="post" action="/webhooks/<?cs var:webhook.id ?>/<?cs var:path ?>"<?cs if:question ?> data-confirm="<?cs var:question ?>"<?cs /if ?>><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:webhook.version ?>"><button type="submit"><?cs var:label ?></button></form><?cs /def ?>
<?cs def:resume(from, label, question) ?><form method="post" action="/webhooks/<?cs var:webhook.id ?>/resume"<?cs if:question ?> data-confirm="<?cs var:question ?>"<?cs /if ?>><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><input type="hidden" name="version" value="<?cs var:webhook.version ?>"><input type="hidden" name="from" value="<?cs var:from ?>"><button type="submit"><?cs var:label ?></button></form><?cs /def ?>
<nav class="crumbs" aria-label="Path"><a href="/webhooks">Webhooks</a></nav>
<div class="heading"><h1><?cs var:webhook.name ?> <?cs call:state(webhook) ?></h1>
<?cs if:can.webhooks_write ?><div class="actions"><a class="button" href="/webhooks/<?cs var:webhook.id ?>/edit">Edit</a>
<form method="post" action="/webhooks/<?cs var:webhook.id ?>/test"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Send a test</button></form>
<?cs if:!webhook.paused_for ?><?cs if:webhook.tries ?><?cs call:resume("here", "Try now", "") ?><?cs /if ?><?cs call:turn("pause", "Pause", "") ?><?cs /if ?></div><?cs /if ?></div>
<?cs call:errors(form.errors) ?>
<?cs if:secret ?><section class="notice" role="status" aria-labelledby="secret"><h2 id="secret">The webhook's secret</h2>
<p class="code"><?cs var:secret ?></p>
<p>Copy it now to the web server that checks the signatures: <strong>it is shown only this once.</strong> Nobody can read it again; a new one can be made.</p></section><?cs /if ?>
<?cs if:webhook.paused_for ?><section class="<?cs if:webhook.paused_for == "by_hand" ?>notice<?cs else ?>summary<?cs /if ?>" role="status" aria-labelledby="paused"><h2 id="paused">Nothing is sent</h2>
<p><?cs if:webhook.paused_for == "failing" ?>It has failed for more than <?cs var:give_up_days ?> days.<?cs elif:webhook.paused_for == "refused" ?>It has answered 410 Gone: it wants no more.<?cs elif:webhook.paused_for == "gone" ?>It was away for so long that what comes next is not kept any more: what happened in between has to be read elsewhere.<?cs else ?>Somebody has paused it.<?cs /if ?> <?cs var:webhook.behind ?> event<?cs if:webhook.behind != 1 ?>s<?cs /if ?> of the feed came since.</p>
<?cs if:can.webhooks_write ?><div class="actions"><?cs if:webhook.paused_for != "gone" ?><?cs call:resume("here", "Go on where it stopped", "") ?><?cs else ?><?cs call:resume("oldest", "Go on with the oldest event", "") ?><?cs /if ?><?cs call:resume("now", "Go on from now on", "Leave out what happened since? It is not sent later.") ?></div><?cs /if ?></section><?cs /if ?>
<dl class="facts across">
<div><dt>Address</dt><dd class="code"><?cs var:webhook.url ?></dd></div>
<div><dt>Gets</dt><dd class="code"><?cs call:types(webhook) ?></dd></div>
<div><dt>May see</dt><dd class="code"><?cs each:s = webhook.scope ?><?cs if:name(s) > 0 ?> <?cs /if ?><?cs var:s.text ?><?cs /each ?></dd></div>
<div><dt>Behind the feed</dt><dd><?cs if:webhook.behind == 0 ?>not at all<?cs else ?><?cs var:webhook.behind ?> event<?cs if:webhook.behind != 1 ?>s<?cs /if ?><?cs /if ?></dd></div>
<div><dt>Last taken</dt><dd><?cs if:webhook.last_ok_at ?><?cs call:when(webhook.last_ok_at) ?><?cs else ?>never<?cs /if ?></dd></div>
<?cs if:webhook.failing_since ?><div><dt>Fails since</dt><dd><?cs call:when(webhook.failing_since) ?>, <?cs var:webhook.tries ?> time<?cs if:webhook.tries != 1 ?>s<?cs /if ?></dd></div>
<?cs /if ?><?cs if:webhook.last_error ?><div><dt>Last trouble</dt><dd><?cs var:webhook.last_error ?></dd></div>
<?cs /if ?><?cs if:webhook.next_try_at ?><div><dt>Next try</dt><dd><?cs call:when(webhook.next_try_at) ?></dd></div>
<?cs /if ?><?cs if:webhook.old_until ?><div><dt>Old secret signs until</dt><dd><?cs call:when(webhook.old_until) ?></dd></div>
<?cs /if ?><div><dt>Made</dt><dd><?cs call:when(webhook.created_at) ?></dd></div>
<div><dt>Changed</dt><dd><?cs call:when(webhook.updated_at) ?></dd></div>
</dl>
<section aria-labelledby="sent"><h2 id="sent">What was sent</h2>
<?cs if:subcount(deliveries) == 0 ?><p class="empty">Nothing yet.</p>
<?cs else ?>
<div class="scroll" role="region" aria-label="Deliveries" tabindex="0">
<table class="list stack">
<thead><tr><th scope="col">When</th><th scope="col">Event</th><th scope="col">Why</th><th scope="col">Answer</th><th scope="col">Took</th><th scope="col">Outcome</th></tr></thead>
<tbody>
<?cs each:d = deliveries ?><tr>
<th scope="row" class="time"><a href="/webhooks/deliveries/<?cs var:d.id ?>"><?cs call:when(d.created_at) ?></a></th>
<td data-label="Event"><?cs if:d.seq ?>#<?cs var:d.seq ?> <?cs /if ?><span class="code"><?cs var:d.type ?></span></td>
<td data-label="Why"><?cs call:reason(d) ?></td>
<td data-label="Answer"><?cs if:d.status ?><?cs var:d.status ?><?cs elif:d.error ?><?cs var:d.error ?><?cs else ?>none yet<?cs /if ?></td>
<td data-label="Took"><?cs var:d.duration_ms ?> ms</td>
<td data-label="Outcome"><?cs call:outcome(d) ?></td>
</tr>
<?cs /each ?></tbody>
</table>
</div>
<?cs call:pages(first, next) ?>
<?cs /if ?></section>
<?cs if:can.webhooks_write ?><section aria-labelledby="new-secret"><h2 id="new-secret">Secret</h2>
<p>Messages are signed with it. After a new one is made, the old one signs, too, for a while.</p>
<div class="actions end"><?cs call:turn("secret", "Make a new secret", "Make a new secret? The one before it signs, too, for a while.") ?></div></section>
<section class="danger" aria-labelledby="delete"><h2 id="delete">Delete</h2>
<p>With the history of what was sent to it.</p>
<?cs call:turn("delete", "Delete webhook", "Delete this webhook, with its history?") ?></section><?cs /if ?>
