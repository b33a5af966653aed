<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14181b" media="(prefers-color-scheme: dark)">
<?cs if:no_referrer ?><meta name="referrer" content="no-referrer">
<?cs /if ?><title><?cs var:title ?> · <?cs var:site.name ?></title>
<link rel="icon" href="/static/img/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/css/bincard.css">
<script src="/static/js/bincard.js" defer></script>
<?cs if:live.query ?><script src="/static/js/live.js" defer></script>
<?cs /if ?></head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img class="mark" src="/static/img/mark.svg" width="22" height="22" alt=""><span><?cs var:site.name ?></span></a>
<?cs if:string.length(user.name) ?>
<nav class="sections" aria-label="Sections">
<ul>
<li><a href="/"<?cs if:at.overview ?> aria-current="true"<?cs /if ?>>Overview</a></li>
<?cs if:can.items_read ?><li><a href="/items"<?cs if:at.items ?> aria-current="true"<?cs /if ?>>Items</a></li><?cs /if ?>
<?cs if:can.locations_read ?><li><a href="/locations"<?cs if:at.locations ?> aria-current="true"<?cs /if ?>>Locations</a></li><?cs /if ?>
<?cs if:can.movements_read ?><li><a href="/movements"<?cs if:at.movements ?> aria-current="true"<?cs /if ?>>Movements</a></li><?cs /if ?>
<?cs if:can.items_read ?><li><a href="/categories"<?cs if:at.categories ?> aria-current="true"<?cs /if ?>>Categories</a></li><?cs /if ?>
<?cs if:can.ledger_verify ?><li><a href="/verification"<?cs if:at.verification ?> aria-current="true"<?cs /if ?>>Verification</a></li><?cs /if ?>
<?cs if:can.users_read || can.clients_read || can.webhooks_read || can.flags_read || can.audit_read || can.feed_read ?><li><a href="<?cs if:can.users_read ?>/users<?cs elif:can.clients_read ?>/clients<?cs elif:can.webhooks_read ?>/webhooks<?cs elif:can.flags_read ?>/flags<?cs elif:can.audit_read ?>/audit<?cs else ?>/feed<?cs /if ?>"<?cs if:at.users || at.roles || at.clients || at.keys || at.issuers || at.webhooks || at.relays || at.flags || at.audit || at.feed ?> aria-current="true"<?cs /if ?>>Administration</a></li><?cs /if ?>
</ul>
</nav>
<?cs if:can.items_read ?><form class="find" role="search" action="/items" method="get">
<label class="hidden" for="find">Search items</label>
<input id="find" name="q" type="search" maxlength="120" placeholder="Search or scan" autocomplete="off" data-key="/" aria-keyshortcuts="/"<?cs if:find_focus ?> autofocus<?cs /if ?>>
</form><?cs /if ?>
<form class="who" action="/logout" method="post">
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<a class="name" href="/account"<?cs if:at.account ?> aria-current="true"<?cs /if ?>><?cs var:user.name ?></a>
<button class="plain" type="submit">Sign out</button>
</form>
<?cs else ?>
<nav class="sections" aria-label="Sections">
<ul>
<?cs if:flag.api_docs ?><li><a href="/docs"<?cs if:at.docs ?> aria-current="true"<?cs /if ?>>API</a></li><?cs /if ?>
<?cs if:!at.login ?><li><a href="/login">Sign in</a></li><?cs /if ?>
</ul>
</nav>
<?cs /if ?>
</header>
<main id="main" tabindex="-1"<?cs if:live.query ?> data-live-query="<?cs var:live.query ?>" data-live-after="<?cs var:live.after ?>"<?cs if:live.pace ?> data-live-pace="<?cs var:live.pace ?>"<?cs /if ?><?cs /if ?>>
<?cs if:live.query ?><p class="live" id="live" hidden></p><p class="hidden" id="live-news" role="status"></p>
<?cs /if ?><?cs if:notice ?><p class="notice" role="status"><?cs var:notice ?></p><?cs /if ?>
