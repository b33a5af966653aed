<?cs include!"layout/_tables.cs" ?><?cs include!"layout/_admin.cs" ?><div class="heading"><h1>Feed</h1><div class="actions"><a class="button" href="/feed">Look again</a></div></div>
<p class="lead">Every change gets a number, in one sequence for all hosts. <?cs if:flag.api_docs ?><a href="/docs/events">Types of events</a><?cs /if ?></p>
<p class="verdict <?cs if:feed.late || feed.unheld ?>bad<?cs else ?>good<?cs /if ?>" role="status"><?cs if:feed.late ?><span aria-hidden="true">✗</span> Changes have waited for <?cs var:feed.lag ?>.<?cs elif:feed.unheld ?><span aria-hidden="true">✗</span> Nobody gives numbers to changes.<?cs else ?><span aria-hidden="true">✓</span> The feed is up to date.<?cs /if ?></p>
<dl class="stats">
<div><dt>Last number</dt><dd><?cs var:feed.last ?></dd></div>
<div><dt>Oldest kept</dt><dd><?cs if:feed.oldest ?><?cs var:feed.oldest ?><span class="note"><?cs call:when(feed.oldest_at) ?></span><?cs else ?>none<?cs /if ?></dd></div>
<div><dt>Changes that wait</dt><dd><?cs var:feed.waiting ?><?cs if:feed.waiting_more ?> or more<?cs /if ?><?cs if:string.length(feed.waiting_since) ?><span class="note">for <?cs var:feed.lag ?>, since <?cs call:when(feed.waiting_since) ?></span><?cs /if ?></dd></div>
</dl>
<section aria-labelledby="lease"><h2 id="lease">Who gives the numbers</h2>
<dl class="facts">
<div><dt>Process</dt><dd><?cs if:string.length(feed.held_by) ?><span class="code"><?cs var:feed.held_by ?></span><?cs else ?><span class="dim">nobody</span><?cs /if ?></dd></div>
<div><dt>Heard of</dt><dd><?cs var:feed.renewed_ago ?> ago, <?cs call:when(feed.renewed_at) ?></dd></div>
</dl></section>
<section aria-labelledby="host"><h2 id="host">Who listens at this host</h2>
<?cs if:!host.running ?><p class="empty">No feed process of this host serves subscribers.</p>
<?cs /if ?><dl class="stats">
<div><dt>Event streams</dt><dd><?cs var:host.streams ?></dd></div>
<div><dt>WebSockets</dt><dd><?cs var:host.websockets ?></dd></div>
<div><dt>Long polls</dt><dd><?cs var:host.long_polls ?></dd></div>
<div><dt>Events sent</dt><dd><?cs var:host.events_sent ?><span class="note"><?cs var:host.bytes_sent ?></span></dd></div>
<div><dt>Cut off</dt><dd><?cs var:host.cut_off ?><span class="note">that read too slowly</span></dd></div>
<div><dt>Longest way</dt><dd class="small"><?cs var:host.lag_max ?><span class="note">from a change to whoever listens</span></dd></div>
</dl></section>
