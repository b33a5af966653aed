// standardwebhooks as whoever is sent webhooks. Standard input: JSON {"secrets": [...], "messages": [{"headers", "body"}]}:
// each message is verified by every secret, and is refused when anything of it is changed.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const given = JSON.parse(await text(process.stdin));
assert(given.secrets.length && given.messages.length);
for (const secret of given.secrets) {
  const webhook = new Webhook(secret);
  for (const { headers, body } of given.messages) {
    assert.deepEqual(webhook.verify(body, headers), JSON.parse(body));
    const later = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) };
    for (const [changed, by] of [[body + ' ', headers], [body, { ...headers, 'webhook-id': 'msg_1_1' }], [body, later]])
      assert.throws(() => webhook.verify(changed, by), WebhookVerificationError);
  }
}
const other = new Webhook('whsec_' + Buffer.alloc(32).toString('base64'));
assert.throws(() => other.verify(given.messages[0].body, given.messages[0].headers), WebhookVerificationError);
