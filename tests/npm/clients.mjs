// oauth4webapi and jose against a running bincard: every step that goes another way throws, and ends the
// process with an error. Standard input: {"url", "client_id", "client_secret", "kid", "private_pem"}.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import * as jose from 'jose';

globalThis.crypto ??= webcrypto;

const given = JSON.parse(readFileSync(0, 'utf8'));
const plain = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(given.url);
const client = { client_id: given.client_id };

async function discover() {
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...plain });
  return oauth.processDiscoveryResponse(issuer, answer);
}

async function getToken(as, auth) {
  const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'items:read' }, plain);
  return oauth.processClientCredentialsResponse(as, client, answer);
}

async function introspect(as, auth, token) {
  const answer = await oauth.introspectionRequest(as, client, auth, token, plain);
  return oauth.processIntrospectionResponse(as, client, answer);
}

async function revoke(as, auth, token) {
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, token, plain));
}

async function checkByKeys(as, token) {
  const keys = jose.createRemoteJWKSet(new URL(as.jwks_uri));
  const { payload } = await jose.jwtVerify(token, keys, {
    issuer: as.issuer, audience: 'bincard', algorithms: ['ES256'],
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope'] });
  assert.equal(payload.client_id, given.client_id);
}

async function read(token) {
  return (await fetch(new URL('/v1/items', issuer), { headers: { authorization: `Bearer ${token}` } })).status;
}

async function run(as, name, auth) {
  assert(as.token_endpoint_auth_methods_supported.includes(name));
  const { access_token: token, token_type, scope } = await getToken(as, auth);
  assert.deepEqual([token_type, scope], ['bearer', 'items:read']);
  await checkByKeys(as, token);
  assert.equal(await read(token), 200);
  const active = await introspect(as, auth, token);
  assert.deepEqual([active.active, active.sub, active.scope], [true, given.client_id, 'items:read']);
  await revoke(as, auth, token);
  assert.deepEqual(await introspect(as, auth, token), { active: false });
  console.log(`${name} ${token}`);
}

async function refusesOthers(as) {
  const { privateKey } = await jose.generateKeyPair('ES256');
  const stranger = oauth.PrivateKeyJwt({ key: privateKey, kid: given.kid });
  for (const auth of [stranger, oauth.ClientSecretBasic('bcs_wrong'), oauth.ClientSecretPost('bcs_wrong')])
    await assert.rejects(getToken(as, auth), (e) => {
      assert.equal(e.status, 401);
      return true;
    });
}

const as = await discover();
const key = await jose.importPKCS8(given.private_pem, 'ES256');
await run(as, 'client_secret_basic', oauth.ClientSecretBasic(given.client_secret));
await run(as, 'client_secret_post', oauth.ClientSecretPost(given.client_secret));
await run(as, 'private_key_jwt', oauth.PrivateKeyJwt({ key, kid: given.kid }));
await refusesOthers(as);
