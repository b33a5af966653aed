/*
 * grant: what members of staff allow apps to do for them (docs/decisions/0008-authorization-code.md): consent,
 * codes (RFC 6749 section 4.1, with PKCE), and refresh tokens (section 6).
 *
 * A code that is redeemed makes a family; every token that comes of it names it, and they end together.
 */
#ifndef BINCARD_DOMAIN_GRANT_H
#define BINCARD_DOMAIN_GRANT_H

#include "domain/auth.h"
#include "store/grant_store.h"

#define GRANT_CODE_S 60
#define GRANT_CHALLENGE_CHARS 43 /* of a SHA-256 as base64url */
#define GRANT_APPS_MAX 200 /* shown to a user */

/* Whether the address is one that the client has registered: the same, but for the port of an http
 * address on 127.0.0.1 or [::1] (RFC 8252 section 7.3). */
bool grant_is_redirect(struct arena *a, const struct client *client, struct str uri);

/* Of what an app asks, STR_NONE all that it may, what it and the user both have. ERR_INVALID for what the client
 * does not have, and when nothing is left. */
MUST_CHECK struct err *grant_scope_for(
	struct ctx *c, const struct client *client, struct str asked, perm_set *out);
/* Whether the user who asks has allowed the client all of that before. */
MUST_CHECK struct err *grant_is_allowed(
	struct ctx *c, const struct client *client, perm_set scope, bool *allowed);

struct grant_wish {
	const struct client *client;
	struct str redirect_uri, challenge;
	perm_set scope;
};
/* The user who asks allows it (and that is remembered, unless it was before): a code that is good once. */
MUST_CHECK struct err *grant_allow(struct ctx *c, const struct grant_wish *wish, struct str *code);

/* Tokens for a client that has signed in. ERR_INVALID_GRANT for a code or refresh token that is unknown, over,
 * another client's, or does not fit; of one that was used before the family ends. */
struct grant_tokens {
	struct access_token access;
	struct str refresh; /* STR_NONE: the client has none */
};
struct grant_redemption {
	struct str code, redirect_uri, verifier;
};
MUST_CHECK struct err *grant_redeem(struct auth *auth, struct ctx *c, const struct client *client,
	const struct grant_redemption *in, struct grant_tokens *out);
/* scope STR_NONE: all of the family's; else less. ERR_INVALID at "/scope" for more. */
MUST_CHECK struct err *grant_refresh(struct auth *auth, struct ctx *c, const struct client *client,
	struct str token, struct str scope, struct grant_tokens *out);

/* Whether the text has the form of a refresh token. */
bool grant_is_refresh(struct str token);
/* *found false: it is not in force. */
MUST_CHECK struct err *grant_find(
	struct ctx *c, struct str token, struct grant_refresh *out, bool *found);
/* Ends the family of a refresh token (RFC 7009); NULL for what is none. ERR_FORBIDDEN for another client's. */
MUST_CHECK struct err *grant_revoke(struct ctx *c, const struct client *client, struct str token);

/* The apps of the user who asks. */
MUST_CHECK struct err *grant_apps(struct ctx *c, struct grant_consent_rows *out);
/* Takes back what the user who asks has allowed. ERR_NOT_FOUND. Then: auth_changed(). */
MUST_CHECK struct err *grant_withdraw(struct ctx *c, int64_t client_id);

#endif
