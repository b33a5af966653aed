/*
 * key_store: rows of signing_key.
 */
#ifndef BINCARD_STORE_KEY_STORE_H
#define BINCARD_STORE_KEY_STORE_H

#include "db/db.h"

struct key {
	struct str kid, algorithm;
	struct str private_sealed;
	struct str public_pem;
	bool active; /* false: checks tokens, signs none */
	time_us created_at;
};

struct key_rows {
	struct key *rows;
	size_t n;
};

/* The newest `limit` keys, newest first. */
MUST_CHECK struct err *key_store_list(
	struct db *db, struct arena *a, int limit, struct key_rows *out);
MUST_CHECK struct err *key_store_add(struct db *db, struct arena *a, const struct key *key);

#endif
