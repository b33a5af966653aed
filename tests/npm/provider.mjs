// oidc-provider on a loopback address, for single sign-on. Standard input: {"port", "client_id",
// "client_secret", "url" (of bincard), "people" (a file)}. Who may sign in there, with which claims, is read from
// that file whenever it is asked for, so that a test can change it.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const given = JSON.parse(readFileSync(0, 'utf8'));

function findAccount(ctx, id) {
  const claims = JSON.parse(readFileSync(given.people, 'utf8'))[id];
  return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
}

const provider = new Provider(`http://127.0.0.1:${given.port}`, {
  clients: [{
    client_id: given.client_id,
    client_secret: given.client_secret,
    redirect_uris: [`${given.url}/login/sso/callback`],
    post_logout_redirect_uris: [`${given.url}/login`],
  }],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], roles: ['roles'] },
  scopes: ['openid', 'profile', 'roles'],
  pkce: { required: () => true },
  cookies: { keys: ['of a test'] },
  findAccount,
});
provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(given.port, '127.0.0.1', () => console.log('ready'));
