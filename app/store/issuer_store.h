/*
 * issuer_store: rows of issuer_key_set: the keys of other issuers as their last answer had them.
 */
#ifndef BINCARD_STORE_ISSUER_STORE_H
#define BINCARD_STORE_ISSUER_STORE_H

#include "db/db.h"

#define ISSUER_FAILURE_MAX 500

struct issuer_row {
	struct str jwks; /* STR_NONE: never had, or the one that is known */
	time_us fetched_at; /* TIME_NONE: never */
	int64_t age_s; /* of jwks */
	int64_t tried_s; /* since it was last asked for */
	bool asking; /* somebody is at it just now */
	struct str failure; /* of the last time; STR_NONE: none */
};

/* `source` is the SHA-256 that stands for an issuer. known: when the set was had that the caller has, or
 * TIME_NONE. */
MUST_CHECK struct err *issuer_store_find(struct db *db, struct arena *a, struct str source,
	time_us known, struct issuer_row *out, bool *found);
/* *mine: whoever called is the one to ask; nobody else is for `seconds`. */
MUST_CHECK struct err *issuer_store_claim(
	struct db *db, struct arena *a, struct str source, int seconds, bool *mine);
/* The first time. */
MUST_CHECK struct err *issuer_store_add(
	struct db *db, struct arena *a, struct str source, struct str issuer, bool *mine);
MUST_CHECK struct err *issuer_store_fetched(
	struct db *db, struct arena *a, struct str source, struct str jwks);
MUST_CHECK struct err *issuer_store_failed(
	struct db *db, struct arena *a, struct str source, struct str why);

#endif
