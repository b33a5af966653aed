/* Signing, by libjwt. It checks nothing that it is asked to verify, so it is never asked:
 * token.c. */
#include <assert.h>
#include <stdlib.h>

#include <jwt.h>

#include "base/secret.h"
#include "domain/token.h"

#define FAMILY "grant"

/* jwt_encode_str() sets typ to "JWT" whatever it was before; token_verify takes that. */
static int fill(jwt_t *jwt, struct arena *a, const struct token_grant *g)
{
	const char *client_id = str_cstr(a, g->client_id);
	struct str jti = secret_random_text(a, 16);

	return jwt_add_header(jwt, "kid", str_cstr(a, g->kid)) ||
		jwt_add_grant(jwt, "iss", g->issuer) || jwt_add_grant(jwt, "aud", g->audience) ||
		jwt_add_grant(jwt, "sub", g->subject.p ? str_cstr(a, g->subject) : client_id) ||
		(g->family && jwt_add_grant_int(jwt, FAMILY, (long)g->family)) ||
		jwt_add_grant(jwt, "client_id", client_id) ||
		jwt_add_grant(jwt, "scope", str_cstr(a, g->scope)) ||
		jwt_add_grant(jwt, "jti", str_cstr(a, jti)) ||
		jwt_add_grant_int(jwt, "iat", (long)g->issued_s) ||
		jwt_add_grant_int(jwt, "nbf", (long)g->issued_s) ||
		jwt_add_grant_int(jwt, "exp", (long)g->expires_s) ||
		jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)g->private_pem.p,
			(int)g->private_pem.n);
}

struct err *token_sign(struct arena *a, const struct token_grant *grant, struct str *token)
{
	char *text = NULL;
	jwt_t *jwt = NULL;
	int rc;

	assert(grant->private_pem.n);
	rc = jwt_new(&jwt);
	if (rc == 0)
		rc = fill(jwt, a, grant);
	if (rc == 0)
		text = jwt_encode_str(jwt);
	jwt_free(jwt);
	if (!text)
		return err_because(err_new(a, ERR_INTERNAL, "No access token can be made."),
			"libjwt: error %d", rc);
	*token = str_copy(a, str_of(text));
	free(text);
	return token->n <= TOKEN_BYTES_MAX
		? NULL
		: err_new(a, ERR_INTERNAL, "The access token would be too long.");
}
