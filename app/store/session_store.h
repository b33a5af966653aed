/*
 * session_store: rows of session. The cookie's value itself is nowhere: rows are found by its
 * SHA-256.
 */
#ifndef BINCARD_STORE_SESSION_STORE_H
#define BINCARD_STORE_SESSION_STORE_H

#include "db/db.h"

struct session {
	int64_t user_id;
	struct str user_name;
	bool user_active;
	time_us created_at, seen_at, expires_at;
	struct str permissions; /* of all the user's roles, as in a scope */
	time_us now; /* by the database's clock, which all hosts share */
};

MUST_CHECK struct err *session_store_by_hash(
	struct db *db, struct arena *a, struct str hash, struct session *out, bool *found);
/* *added false when the user is disabled or the password is another by now. */
MUST_CHECK struct err *session_store_add(struct db *db, struct arena *a, struct str hash,
	int64_t user_id, struct str password_hash, int life_s, bool *added);
MUST_CHECK struct err *session_store_seen(struct db *db, struct arena *a, struct str hash);
/* *ended false when it is not there. */
MUST_CHECK struct err *session_store_end(
	struct db *db, struct arena *a, struct str hash, bool *ended);
MUST_CHECK struct err *session_store_end_all(struct db *db, struct arena *a, int64_t user_id);
/* Deletes some of those that are over. */
MUST_CHECK struct err *session_store_prune(struct db *db, struct arena *a);

#endif
