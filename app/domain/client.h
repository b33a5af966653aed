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

/* All mistakes at once: the name, permissions in the scope that do not exist or cannot be limited, the
 * code of the location within which it is kept (STR_NONE: everywhere). *secret is shown once. */
MUST_CHECK struct err *client_add(struct ctx *c, struct str name, struct str scope,
	struct str location, struct client *out, struct str *secret);
/* A new secret; the old one stops working. ERR_NOT_FOUND; ERR_CONFLICT when it is disabled. */
MUST_CHECK struct err *client_rotate(struct ctx *c, struct str client_id, struct str *secret);
/* ERR_NOT_FOUND; disabling twice is fine. */
MUST_CHECK struct err *client_disable(struct ctx *c, struct str client_id);
/* A public key (PEM, P-256) with which it may sign itself in; *kid is what its assertions name. The
 * same key again is fine. ERR_NOT_FOUND; ERR_INVALID for what is no such key; ERR_CONFLICT when the
 * client is disabled or has CLIENT_KEYS_MAX already. */
#define CLIENT_KEYS_MAX 8
MUST_CHECK struct err *client_add_key(
	struct ctx *c, struct str client_id, struct str public_pem, struct str *kid);
/* ERR_NOT_FOUND, also for the key. */
MUST_CHECK struct err *client_remove_key(struct ctx *c, struct str client_id, struct str kid);
/* After each of these: auth_changed() (domain/auth.h). */

/* A page of clients by id, those after after_id. */
MUST_CHECK struct err *client_list(
	struct ctx *c, int64_t after_id, int limit, struct client_rows *out);

/* Fills *out when the secret is the client's, and it is active. ERR_INVALID_CLIENT. */
MUST_CHECK struct err *client_check_secret(
	struct ctx *c, struct str client_id, struct str secret, struct client *out);

/* The same by an assertion (RFC 7523): `endpoint` and `issuer` are whom it may be meant for. Each is
 * good once, on whatever host. ERR_INVALID_CLIENT, also when posted_id is another client's. */
MUST_CHECK struct err *client_check_assertion(struct ctx *c, const char *issuer,
	const char *endpoint, struct str posted_id, struct str assertion, struct client *out);

MUST_CHECK struct err *client_keys(
	struct ctx *c, struct str client_id, struct client_key_rows *out);

/* The client as events show it: never the hash. */
void client_to_json(struct json_out *j, const struct client *client);

#endif
