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

/* All mistakes at once: the name, permissions in the scope that do not exist. *secret is shown
 * once. */
MUST_CHECK struct err *client_add(
	struct ctx *c, struct str name, struct str scope, struct client *out, struct str *secret);
/* A new secret; the old one stops working. ERR_NOT_FOUND; ERR_CONFLICT when it is disabled. */
MUST_CHECK struct err *client_rotate(struct ctx *c, struct str client_id, struct str *secret);
/* ERR_NOT_FOUND; disabling twice is fine. */
MUST_CHECK struct err *client_disable(struct ctx *c, struct str client_id);
/* After each of these: auth_changed() (domain/auth.h). */

/* A page of clients by id, those after after_id. */
MUST_CHECK struct err *client_list(
	struct ctx *c, int64_t after_id, int limit, struct client_rows *out);

/* Fills *out when the secret is the client's, and it is active. ERR_INVALID_CLIENT. */
MUST_CHECK struct err *client_check_secret(
	struct ctx *c, struct str client_id, struct str secret, struct client *out);

/* The client as events show it: never the hash. */
void client_to_json(struct json_out *j, const struct client *client);

#endif
