/*
 * oauth: what the endpoints of RFC 6749, 7009 and 7662 share: the form, the client that signs itself
 * in, and refusals in the form of RFC 6749 section 5.2, because OAuth libraries expect them.
 */
#ifndef BINCARD_WEB_OAUTH_H
#define BINCARD_WEB_OAUTH_H

#include "domain/client.h"
#include "web/route.h"

/* clang-format off */
/* How a client signs itself in, for the descriptions of these endpoints. */
#define OAUTH_CLIENT_FIELDS \
	{.name = "client_id", \
		.type = FIELD_TEXT, \
		.max = 64, \
		.help = "Unless the request has HTTP Basic credentials"}, \
	{.name = "client_secret", \
		.type = FIELD_TEXT, \
		.flags = FIELD_PASSWORD, \
		.max = 200, \
		.help = "Unless the request has HTTP Basic credentials"}, \
	{.name = "client_assertion_type", \
		.type = FIELD_TEXT, \
		.max = 100, \
		.help = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, \
	{.name = "client_assertion", \
		.type = FIELD_TEXT, \
		.flags = FIELD_PASSWORD, \
		.max = 8192, \
		.help = "Instead of a secret: a JWT that the client has signed (RFC 7523)"}
/* clang-format on */

struct oauth_form {
	struct str grant_type, scope;
	struct str code, redirect_uri, code_verifier;
	struct str refresh_token;
	struct str token;
	struct str client_id, client_secret;
	struct str assertion_type, assertion;
};

/* A request at such an endpoint: what it says, and who has signed itself in. */
struct oauth_request {
	struct oauth_form form;
	struct client client;
};

/* The answer is this refusal. NULL, so that a handler can return it. */
struct err *oauth_refuse(struct call *c, int status, const char *error, const char *description);

/* What ended the request otherwise (a limit, a body too large, a database away), in the same form; the
 * codes for trouble of the server are those of section 4.1.2.1. */
void oauth_render(struct call *c, const struct err *e);

/* The text of what is wrong with the form, or NULL. */
const char *oauth_read(struct call *c, struct oauth_form *form);

/* Reads the form and signs the client in: fills c->oauth, or answers and sets c->refused. Unknown
 * parameters are ignored, repeated ones refused. The answer is not to be kept by anybody. */
MUST_CHECK struct err *oauth_sign_in(struct call *c);

#endif
