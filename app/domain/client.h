/*
 * client: programs that use the API. A client is disabled, never deleted: movements name who posted
 * them. Its secret has 256 random bits and is shown once; the database has its SHA-256.
 */
#ifndef BINCARD_DOMAIN_CLIENT_H
#define BINCARD_DOMAIN_CLIENT_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/client_store.h"

#define CLIENT_NAME_MAX 120
#define CLIENT_URIS_MAX 10
#define CLIENT_URI_MAX 400
#define CLIENT_KEYS_MAX 8

/* What a client may ask for tokens with; ends with NULL. */
extern const char *const client_grant_names[];
bool client_has_grant(const struct client *client, const char *grant);

/* What to change; an absent member stays as it is, or is what such a client has: client_credentials, or
 * authorization_code and refresh_token of a public one. */
struct client_input {
	struct str name, scope; /* STR_NONE: absent */
	bool public; /* of a new one: it can keep no secret (RFC 6749 section 2.1) */
	const struct str *grant_types; /* NULL: absent */
	size_t grant_type_count;
	const struct str *redirect_uris; /* NULL: absent */
	size_t redirect_uri_count;
	struct str
		location; /* code of that within which it is kept; "": everywhere; STR_NONE: absent */
};

/* All mistakes at once. Nobody gives a client permissions that he does not have himself, nor changes,
 * enables, or gives keys or secrets to one that has such (ERR_FORBIDDEN). *secret is shown once;
 * STR_NONE for a public client. version 0: whatever is there; else ERR_PRECONDITION when it is another.
 * All but client_create(): ERR_NOT_FOUND. */
MUST_CHECK struct err *client_create(
	struct ctx *c, const struct client_input *in, struct client *out, struct str *secret);
MUST_CHECK struct err *client_update(struct ctx *c, int64_t id, int64_t version,
	const struct client_input *in, struct client *out);
/* A new secret; the old one stops working. ERR_CONFLICT when it is disabled, or public. */
MUST_CHECK struct err *client_rotate(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *secret);
/* Doing so twice is fine. */
MUST_CHECK struct err *client_disable(
	struct ctx *c, int64_t id, int64_t version, struct client *out);
MUST_CHECK struct err *client_enable(
	struct ctx *c, int64_t id, int64_t version, struct client *out);
/* A public key (PEM, P-256) with which it may sign itself in; *kid is what its assertions name. The
 * same key again is fine. ERR_INVALID for what is no such key; ERR_CONFLICT when the client is disabled,
 * public, or has CLIENT_KEYS_MAX already. */
MUST_CHECK struct err *client_add_key(struct ctx *c, int64_t id, int64_t version,
	struct str public_pem, struct client *out, struct str *kid);
/* ERR_NOT_FOUND, also for the key. */
MUST_CHECK struct err *client_remove_key(
	struct ctx *c, int64_t id, int64_t version, struct str kid, struct client *out);
/* After each of these: auth_changed() (domain/auth.h). */

/* One page, by id; q finds the name, and the client_id when it is all of it. */
MUST_CHECK struct err *client_list(
	struct ctx *c, const struct client_filter *f, struct client_rows *out);
/* ERR_NOT_FOUND */
MUST_CHECK struct err *client_read(struct ctx *c, int64_t id, struct client *out);
MUST_CHECK struct err *client_find(struct ctx *c, struct str client_id, struct client *out);

/* Fills *out when the secret is the client's, and it is active. ERR_INVALID_CLIENT. */
MUST_CHECK struct err *client_check_secret(
	struct ctx *c, struct str client_id, struct str secret, struct client *out);

/* The same of a public client, which has none. ERR_INVALID_CLIENT. */
MUST_CHECK struct err *client_check_public(struct ctx *c, struct str client_id, struct client *out);

/* The same by an assertion (RFC 7523): `endpoint` and `issuer` are whom it may be meant for. Each is
 * good once, on whatever host. ERR_INVALID_CLIENT, also when posted_id is another client's. */
MUST_CHECK struct err *client_check_assertion(struct ctx *c, const char *issuer,
	const char *endpoint, struct str posted_id, struct str assertion, struct client *out);

MUST_CHECK struct err *client_keys(struct ctx *c, int64_t id, struct client_key_rows *out);

/* The client as API and events show it: never the hash. The members alone, for an answer that has more. */
void client_to_json(struct json_out *j, const char *name, const struct client *client);
void client_members_to_json(struct json_out *j, const struct client *client);

#endif
