<?cs def:fields(s) ?><div class="scroll" role="region" aria-label="Fields of <?cs var:s.name ?>" tabindex="0"><table class="list tight members">
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">About</th></tr></thead><tbody>
<?cs each:f = s.fields ?><tr><th scope="row" class="code"><?cs var:f.name ?></th><td><?cs var:f.type ?><?cs if:f.ref ?> <a class="code" href="/docs#answer-<?cs var:f.ref ?>"><?cs var:f.ref ?></a><?cs /if ?></td><td><?cs var:f.help ?><?cs if:f.optional ?> <span class="note">Not always there</span><?cs /if ?><?cs if:f.choices ?> <span class="note">One of: <?cs var:f.choices ?></span><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div>
<details><summary>JSON schema of <?cs var:s.name ?></summary>
<pre tabindex="0"><code><?cs var:s.text ?></code></pre></details>
<?cs /def ?><div class="docs">
<h1>Events</h1>
<p class="lead">Every change is an event of one sequence, without gaps, as CloudEvents 1.0. The same as OpenAPI 3.1: <code>webhooks</code> in <a class="code" href="/v1/openapi.json">/v1/openapi.json</a>. How they are read is in the <a href="/docs">API reference</a>.</p>
<section aria-labelledby="rules"><h2 id="rules">What holds for all</h2>
<ul>
<li><code>data</code> is the resource as the API showed it right after the change, to whoever may see all of it.</li>
<li>You are told of what you may read: each type below names the permission. Of a movement, the lines within your reach are shown.</li>
<li>Each event comes at least once, in the order of <code>id</code>. Keep the last one, and go on after it.</li>
<li>More types and more fields may come; those that are here keep their meaning. Another meaning is another number behind the type.</li>
</ul></section>
<section aria-labelledby="types"><h2 id="types">Types</h2>
<div class="scroll" role="region" aria-label="Types of events" tabindex="0"><table class="list tight types">
<thead><tr><th scope="col">Type</th><th scope="col">When</th><th scope="col">Needs</th><th scope="col">Data</th></tr></thead><tbody>
<?cs each:t = types ?><tr><th scope="row" class="code"><?cs var:t.name ?></th><td><?cs var:t.summary ?></td><td><code><?cs var:t.permission ?></code></td><td><a class="code" href="#data-<?cs var:t.schema ?>"><?cs var:t.schema ?></a></td></tr>
<?cs /each ?></tbody></table></div></section>
<section aria-labelledby="envelope"><h2 id="envelope">The envelope</h2>
<?cs call:fields(envelope) ?></section>
<section aria-labelledby="data"><h2 id="data">Data</h2>
<?cs each:s = schemas ?>
<article class="call" aria-labelledby="data-<?cs var:s.name ?>">
<h3 id="data-<?cs var:s.name ?>" class="code"><?cs var:s.name ?></h3>
<p>Subject: <code><?cs var:s.subject ?></code></p>
<?cs call:fields(s) ?></article>
<?cs /each ?></section>
</div>
