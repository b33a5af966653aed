/*
 * change_store: idempotency_key and outbox.
 */
#ifndef BINCARD_STORE_CHANGE_STORE_H
#define BINCARD_STORE_CHANGE_STORE_H

#include "db/db.h"

struct stored_answer {
	struct str fingerprint; /* 32 bytes */
	int status;
	int64_t movement_id; /* the answer is this movement; 0: it is `body` */
	struct str body;
};

/* ERR_DB_DUPLICATE_KEY when the key is known. */
MUST_CHECK struct err *once_store_claim(struct db *db, struct arena *a, struct str principal,
	struct str key, struct str fingerprint, int status);
MUST_CHECK struct err *once_store_answer(
	struct db *db, struct arena *a, struct str principal, struct str key, struct str body);
MUST_CHECK struct err *once_store_find(struct db *db, struct arena *a, struct str principal,
	struct str key, struct stored_answer *out, bool *found);

/* Whether the transaction that made the key has not ended yet. */
MUST_CHECK struct err *once_store_in_flight(
	struct db *db, struct arena *a, struct str principal, struct str key, bool *in_flight);

struct outbox_row {
	const char *type;
	int64_t subject;
	struct str actor, app, request_id, traceparent, data;
};
MUST_CHECK struct err *outbox_store_add(
	struct db *db, struct arena *a, const struct outbox_row *row);

#endif
