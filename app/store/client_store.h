/*
 * client_store: rows of api_client.
 */
#ifndef BINCARD_STORE_CLIENT_STORE_H
#define BINCARD_STORE_CLIENT_STORE_H

#include "db/db.h"

struct client {
	int64_t id;
	struct str client_id, name;
	struct str secret_hash; /* SHA-256; never shown */
	struct str scope; /* the most it may ask for */
	int64_t location_id; /* it is kept within that, and all below it; 0: everywhere */
	struct str location; /* its code; STR_NONE: none */
	bool active;
	time_us created_at, updated_at;
};

struct client_rows {
	struct client *rows;
	size_t n;
};

struct client_key {
	struct str kid, public_pem;
	time_us created_at;
};

struct client_key_rows {
	struct client_key *rows;
	size_t n;
};

/* Public keys, at most `limit`. */
MUST_CHECK struct err *client_store_keys(
	struct db *db, struct arena *a, int64_t id, int limit, struct client_key_rows *out);
/* ERR_DB_DUPLICATE_KEY. */
MUST_CHECK struct err *client_store_add_key(
	struct db *db, struct arena *a, int64_t id, const struct client_key *key);
MUST_CHECK struct err *client_store_remove_key(
	struct db *db, struct arena *a, int64_t id, struct str kid, bool *found);
/* ERR_DB_DUPLICATE_KEY when it was used already. */
MUST_CHECK struct err *client_store_use_assertion(
	struct db *db, struct arena *a, int64_t id, struct str jti, time_us expires_at);

/* *found false when there is none. client_id is ASCII. */
MUST_CHECK struct err *client_store_by_client_id(
	struct db *db, struct arena *a, struct str client_id, struct client *out, bool *found);
/* The same, and whether the token that names it was revoked. jti is ASCII, too. */
MUST_CHECK struct err *client_store_of_token(struct db *db, struct arena *a, struct str client_id,
	struct str jti, struct client *out, bool *revoked, bool *found);
/* Doing so twice is fine. */
MUST_CHECK struct err *client_store_revoke_token(
	struct db *db, struct arena *a, struct str jti, time_us expires_at);
/* Up to `limit` clients with a larger id, by id. */
MUST_CHECK struct err *client_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct client_rows *out);
MUST_CHECK struct err *client_store_add(
	struct db *db, struct arena *a, const struct client *client, int64_t *id);
MUST_CHECK struct err *client_store_set_secret(
	struct db *db, struct arena *a, int64_t id, struct str secret_hash);
/* *changed false when the client was disabled already. */
MUST_CHECK struct err *client_store_disable(
	struct db *db, struct arena *a, int64_t id, bool *changed);

#endif
