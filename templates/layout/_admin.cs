<nav class="tabs" aria-label="Administration"><ul>
<?cs if:can.users_read ?><li><a href="/users"<?cs if:at.users ?> aria-current="page"<?cs /if ?>>Users</a></li>
<li><a href="/roles"<?cs if:at.roles ?> aria-current="page"<?cs /if ?>>Roles</a></li>
<?cs /if ?><?cs if:can.clients_read ?><li><a href="/clients"<?cs if:at.clients ?> aria-current="page"<?cs /if ?>>API clients</a></li>
<li><a href="/keys"<?cs if:at.keys ?> aria-current="page"<?cs /if ?>>Signing keys</a></li>
<li><a href="/issuers"<?cs if:at.issuers ?> aria-current="page"<?cs /if ?>>Other issuers</a></li>
<?cs /if ?><?cs if:can.webhooks_read ?><li><a href="/webhooks"<?cs if:at.webhooks ?> aria-current="page"<?cs /if ?>>Webhooks</a></li>
<li><a href="/relays"<?cs if:at.relays ?> aria-current="page"<?cs /if ?>>Relays</a></li>
<?cs /if ?><?cs if:can.flags_read ?><li><a href="/flags"<?cs if:at.flags ?> aria-current="page"<?cs /if ?>>Feature flags</a></li>
<?cs /if ?><?cs if:can.audit_read ?><li><a href="/audit"<?cs if:at.audit ?> aria-current="page"<?cs /if ?>>Audit log</a></li>
<?cs /if ?><?cs if:can.feed_read ?><li><a href="/feed"<?cs if:at.feed ?> aria-current="page"<?cs /if ?>>Feed</a></li>
<?cs /if ?></ul></nav>
