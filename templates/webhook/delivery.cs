<?cs include!"layout/_tables.cs" ?><?cs include!"webhook/_state.cs" ?>
<?cs def:part(id, label, text) ?><section aria-labelledby="<?cs var:id ?>"><h2 id="<?cs var:id ?>"><?cs var:label ?></h2>
<?cs if:string.length(text) ?><pre class="code lines" tabindex="0"><?cs var:text ?></pre><?cs else ?><p class="empty">Nothing.</p><?cs /if ?></section><?cs /def ?>
<nav class="crumbs" aria-label="Path"><a href="/webhooks">Webhooks</a> <a href="/webhooks/<?cs var:delivery.webhook_id ?>"><?cs var:webhook.name ?></a></nav>
<div class="heading"><h1>Delivery #<?cs var:delivery.id ?> <?cs call:outcome(delivery) ?></h1>
<?cs if:can.webhooks_write && delivery.state != "waiting" ?><div class="actions"><form method="post" action="/webhooks/deliveries/<?cs var:delivery.id ?>/redeliver"><input type="hidden" name="csrf" value="<?cs var:csrf ?>"><button type="submit">Send once more</button></form></div><?cs /if ?></div>
<?cs if:delivery.state == "waiting" ?><p class="notice" role="status">It is sent within a moment. <a href="/webhooks/deliveries/<?cs var:delivery.id ?>">Look again</a></p><?cs /if ?>
<dl class="facts across">
<div><dt>When</dt><dd><?cs call:when(delivery.created_at) ?></dd></div>
<div><dt>Event</dt><dd><?cs if:delivery.seq ?>#<?cs var:delivery.seq ?> <?cs /if ?><span class="code"><?cs var:delivery.type ?></span></dd></div>
<div><dt>Message</dt><dd class="code"><?cs var:delivery.message_id ?></dd></div>
<div><dt>Why</dt><dd><?cs call:reason(delivery) ?><?cs if:string.length(delivery.actor) ?>, by <?cs var:delivery.actor ?><?cs /if ?></dd></div>
<div><dt>Answer</dt><dd><?cs if:delivery.status ?><?cs var:delivery.status ?><?cs else ?>none<?cs /if ?></dd></div>
<?cs if:delivery.error ?><div><dt>Trouble</dt><dd><?cs var:delivery.error ?></dd></div>
<?cs /if ?><div><dt>Took</dt><dd><?cs var:delivery.duration_ms ?> ms</dd></div>
</dl>
<?cs if:delivery.state != "waiting" ?><?cs call:part("request-header", "Request", delivery.request_header) ?>
<?cs if:delivery.hidden ?><p class="hint">This webhook gets what you may not see, so bodies are not shown.</p>
<?cs else ?><?cs call:part("request-body", "What was sent", delivery.request_body) ?>
<?cs call:part("answer-header", "Answer", delivery.answer_header) ?>
<?cs call:part("answer-body", "What came back", delivery.answer_body) ?><?cs /if ?><?cs /if ?>
