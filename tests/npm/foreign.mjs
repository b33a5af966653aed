// Tokens of another issuer, made by jose: one of each algorithm, and the keys that verify them. Standard
// input: {"issuer", "audience"}.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';

globalThis.crypto ??= webcrypto;

const given = JSON.parse(readFileSync(0, 'utf8'));
const keys = [];
const tokens = [];
for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const kid = `jose-${alg}`;
  keys.push({ ...await jose.exportJWK(publicKey), kid, alg, use: 'sig' });
  const token = await new jose.SignJWT({ scope: 'items:read' }).setProtectedHeader({ alg, kid, typ: 'at+jwt' })
    .setIssuer(given.issuer).setAudience(given.audience).setSubject('jose').setIssuedAt().setExpirationTime('10m')
    .sign(privateKey);
  tokens.push({ alg, token });
}
console.log(JSON.stringify({ keys, tokens }));
