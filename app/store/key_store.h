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
	bool may_sign; /* by now; false: checks tokens, or is published before its turn */
	time_us created_at;
	time_us signs_from;
	time_us ends_at; /* 0: no key follows it yet */
};

struct key_rows {
	struct key *rows;
	size_t n;
};

/* Up to `limit` keys that have not ended; the one that signs last comes first. */
MUST_CHECK struct err *key_store_list(
	struct db *db, struct arena *a, int limit, struct key_rows *out);
/* It signs lead_s from now on. */
MUST_CHECK struct err *key_store_add(
	struct db *db, struct arena *a, const struct key *key, int lead_s);
/* All others that have no end yet end in so many seconds. */
MUST_CHECK struct err *key_store_end_others(
	struct db *db, struct arena *a, struct str kid, int seconds);

#endif
