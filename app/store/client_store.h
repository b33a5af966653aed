/*
 * client_store: rows of api_client.
 */
#ifndef BINCARD_STORE_CLIENT_STORE_H
#define BINCARD_STORE_CLIENT_STORE_H

#include "db/db.h"

struct client {
	int64_t id;
	struct str client_id, name;
	struct str secret_hash; /* SHA-256; never shown. STR_NONE: a public client */
	struct str scope; /* the most it may ask for */
	int64_t location_id; /* it is kept within that, and all below it; 0: everywhere */
	struct str location; /* its code; STR_NONE: none */
	bool active;
	struct str grant_types; /* separated by spaces */
	struct str redirect_uris; /* one a line */
	struct str keys; /* names of its public keys, separated by spaces */
	int64_t version;
	time_us created_at, updated_at;
};

struct client_filter {
	struct str q; /* in the name; STR_NONE: any */
	struct str client_id; /* with q: or this one. ASCII */
	struct str status; /* STR_NONE: any */
	bool descending; /* by id */
	int64_t after_id; /* 0: first page */
	int limit;
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
MUST_CHECK struct err *client_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct client *out, bool *found);
MUST_CHECK struct err *client_store_by_client_id(
	struct db *db, struct arena *a, struct str client_id, struct client *out, bool *found);
/* Inside a transaction. */
MUST_CHECK struct err *client_store_lock(
	struct db *db, struct arena *a, int64_t id, struct client *out, bool *found);
/* The same, and whether the token that names it was revoked. jti is ASCII, too. */
MUST_CHECK struct err *client_store_of_token(struct db *db, struct arena *a, struct str client_id,
	struct str jti, struct client *out, bool *revoked, bool *found);
/* Doing so twice is fine. */
MUST_CHECK struct err *client_store_revoke_token(
	struct db *db, struct arena *a, struct str jti, time_us expires_at);
MUST_CHECK struct err *client_store_page(
	struct db *db, struct arena *a, const struct client_filter *f, struct client_rows *out);
MUST_CHECK struct err *client_store_add(
	struct db *db, struct arena *a, const struct client *client, int64_t *id);
/* All but id and client_id; raises the version. */
MUST_CHECK struct err *client_store_update(
	struct db *db, struct arena *a, const struct client *client);

#endif
