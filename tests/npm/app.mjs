// openid-client as an app that acts for a member of staff. Standard input: a line of JSON {"url", "client_id",
// "client_secret" (none: a public client), "redirect_uri", "scope"}, then, for each address that this prints,
// the one that the browser was sent back to. Every step that goes another way throws, and ends the process.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import * as openid from 'openid-client';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;
const given = JSON.parse(await nextLine());
const config = await openid.discovery(new URL(given.url), given.client_id, given.client_secret,
  given.client_secret ? openid.ClientSecretBasic() : openid.None(),
  { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });

async function signIn(changed = {}) {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: given.redirect_uri, scope: given.scope, state, code_challenge_method: 'S256',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier) });
  console.log(address.href);
  const back = new URL(await nextLine());
  return openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state, ...changed });
}

async function read(tokens, expected) {
  const answer = await openid.fetchProtectedResource(config, tokens.access_token, new URL('/v1/items', given.url), 'GET')
    .catch((e) => e.cause.response ?? e.response ?? e);
  assert.equal(answer.status, expected);
}

const refused = (error) => (e) => {
  assert.equal(e.error, error);
  return true;
};

const first = await signIn();
assert.equal(first.scope, given.scope);
assert(first.expiresIn() > 0);
await read(first, 200);

const second = await openid.refreshTokenGrant(config, first.refresh_token);
assert.notEqual(second.refresh_token, first.refresh_token);
await read(second, 200);
const narrow = await openid.refreshTokenGrant(config, second.refresh_token, { scope: 'stock:read' });
assert.equal(narrow.scope, 'stock:read');
await read(narrow, 403);

// a refresh token that is used twice ends all of its family
await assert.rejects(openid.refreshTokenGrant(config, first.refresh_token), refused('invalid_grant'));
await assert.rejects(openid.refreshTokenGrant(config, narrow.refresh_token), refused('invalid_grant'));

await assert.rejects(signIn({ pkceCodeVerifier: openid.randomPKCECodeVerifier() }), refused('invalid_grant'));

const last = await signIn();
if (given.client_secret)
  assert.equal((await openid.tokenIntrospection(config, last.refresh_token)).active, true);
await openid.tokenRevocation(config, last.refresh_token);
await assert.rejects(openid.refreshTokenGrant(config, last.refresh_token), refused('invalid_grant'));
process.exit(0);
