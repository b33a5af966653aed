<div class="docs">
<h1>API reference</h1>
<p class="lead">JSON over HTTP. The same as OpenAPI 3.1: <a class="code" href="/v1/openapi.json">/v1/openapi.json</a></p>
<section aria-labelledby="begin"><h2 id="begin">A token, and a first call</h2>
<pre tabindex="0"><code>curl -u CLIENT_ID:CLIENT_SECRET -d grant_type=client_credentials <?cs var:base ?>/oauth2/token
curl -H "Authorization: Bearer TOKEN" "<?cs var:base ?>/v1/items?limit=10"</code></pre>
<p>A token lasts some minutes; ask for a new one when a call answers 401. The client's scope says what it may do, and each call below names the permission that it needs.</p></section>
<section aria-labelledby="rules"><h2 id="rules">What holds everywhere</h2>
<ul>
<li>Quantities are decimal strings, <code>"12.5"</code>. A whole number is accepted too, a fraction as a JSON number is not.</li>
<li>Lists answer <code>{"data": [...], "next_cursor": "...", "has_more": true}</code>. Send <code>next_cursor</code> as <code>cursor</code> for the next page.</li>
<li>Send an <code>Idempotency-Key</code> with every POST that changes something: sent again, it applies once and answers the same.</li>
<li>A single resource has an <code>ETag</code>; sent back as <code>If-None-Match</code>, it answers 304 while nothing has changed. A PATCH needs it as <code>If-Match</code>, and is refused with 412 when somebody was quicker.</li>
<li>Errors are <code>application/problem+json</code>; <code>errors</code> names every wrong field by JSON Pointer, all at once.</li>
<li>Times are RFC 3339 in UTC. Unknown fields are an error.</li>
<li>Every change is an event of the feed, <code>GET /v1/events</code>: <a href="/docs/events">all types of events, and what each says</a>.</li>
</ul></section>
<section aria-labelledby="errors"><h2 id="errors">Errors</h2>
<div class="scroll" role="region" aria-label="Errors" tabindex="0"><table class="list tight">
<thead><tr><th scope="col">Status</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>
<?cs each:p = problems ?><tr><td class="num"><?cs var:p.status ?></td><th scope="row" class="code">/problems/<?cs var:p.slug ?></th><td><?cs var:p.title ?></td></tr>
<?cs /each ?></tbody></table></div></section>
<section aria-labelledby="calls"><h2 id="calls">Calls</h2>
<?cs each:r = calls ?>
<article class="call" aria-labelledby="c-<?cs var:r.n ?>">
<h3 id="c-<?cs var:r.n ?>"><span class="method m-<?cs var:r.method ?>"><?cs var:r.method ?></span> <span class="code"><?cs var:r.path ?></span></h3>
<p><?cs var:r.summary ?>. <span class="dim"><?cs if:r.permission ?>Needs <code><?cs var:r.permission ?></code>.<?cs elif:r.session ?>For staff with a session alone.<?cs elif:r.open ?>Open to anybody.<?cs /if ?><?cs if:r.once ?> Takes <code>Idempotency-Key</code>.<?cs /if ?><?cs if:r.if_match ?> Needs <code>If-Match</code>.<?cs elif:r.may_match ?> Heeds <code>If-Match</code>.<?cs /if ?><?cs if:r.deprecated ?> Deprecated.<?cs /if ?></span></p>
<?cs if:subcount(r.fields) > 0 ?>
<div class="scroll" role="region" aria-label="Input of <?cs var:r.method ?> <?cs var:r.path ?>" tabindex="0"><table class="list tight members">
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">About</th></tr></thead><tbody>
<?cs each:f = r.fields ?><tr><th scope="row" class="code"><?cs var:f.name ?><?cs if:f.required ?> <span class="must">required</span><?cs /if ?></th><td><?cs var:f.type ?></td><td><?cs var:f.help ?><?cs if:f.choices ?> <span class="note">One of: <?cs var:f.choices ?></span><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs /if ?>
<p class="dim">Answers <?cs var:r.status ?><?cs if:r.answer ?> with <a class="code" href="#answer-<?cs var:r.answer ?>"><?cs var:r.answer ?></a><?cs /if ?><?cs if:r.input ?>; input is <?cs var:r.input ?><?cs /if ?>.</p>
</article>
<?cs /each ?></section>
<section aria-labelledby="answers"><h2 id="answers">Answers</h2>
<p>More fields may come; those that are here keep their meaning.</p>
<?cs each:s = answers ?>
<article class="call" aria-labelledby="answer-<?cs var:s.name ?>">
<h3 id="answer-<?cs var:s.name ?>" class="code"><?cs var:s.name ?></h3>
<?cs if:s.help ?><p><?cs var:s.help ?>.</p>
<?cs /if ?><?cs if:subcount(s.fields) > 0 ?><div class="scroll" role="region" aria-label="Fields of <?cs var:s.name ?>" tabindex="0"><table class="list tight members">
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">About</th></tr></thead><tbody>
<?cs each:f = s.fields ?><tr><th scope="row" class="code"><?cs var:f.name ?></th><td><?cs var:f.type ?><?cs if:f.ref ?> <a class="code" href="#answer-<?cs var:f.ref ?>"><?cs var:f.ref ?></a><?cs /if ?></td><td><?cs var:f.help ?><?cs if:f.optional ?> <span class="note">Not always there</span><?cs /if ?><?cs if:f.choices ?> <span class="note">One of: <?cs var:f.choices ?></span><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs /if ?></article>
<?cs /each ?></section>
</div>
