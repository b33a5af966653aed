/*
 * second_factor_store: rows of second_factor, recovery_code and pending_sign_in.
 */
#ifndef BINCARD_STORE_SECOND_FACTOR_STORE_H
#define BINCARD_STORE_SECOND_FACTOR_STORE_H

#include "db/db.h"

#define RECOVERY_CODES 10

struct second_factor {
	int64_t id;
	struct str secret_sealed;
	int64_t last_step;
	bool confirmed;
	time_us confirmed_at;
	int64_t codes_left;
	time_us now; /* by the database's clock, which all hosts share */
};

/* *found false when there is none, not even one that was begun. */
MUST_CHECK struct err *second_factor_store_of(
	struct db *db, struct arena *a, int64_t user_id, struct second_factor *out, bool *found);
/* In place of one that was begun. ERR_DB_DUPLICATE_KEY when there is a confirmed one. */
MUST_CHECK struct err *second_factor_store_begin(
	struct db *db, struct arena *a, int64_t user_id, struct str secret_sealed);
/* *done false when it is confirmed already, or gone. */
MUST_CHECK struct err *second_factor_store_confirm(
	struct db *db, struct arena *a, int64_t id, int64_t step, bool *done);
/* *done false when a code of that step or a later one was used, or the factor is gone. */
MUST_CHECK struct err *second_factor_store_use(
	struct db *db, struct arena *a, int64_t id, int64_t step, bool *done);
/* With its recovery codes. *done false when there was none. */
MUST_CHECK struct err *second_factor_store_remove(
	struct db *db, struct arena *a, int64_t user_id, bool *done);

/* In place of all that there are. */
MUST_CHECK struct err *recovery_code_store_put(struct db *db, struct arena *a, int64_t user_id,
	const struct str hashes[static RECOVERY_CODES]);
/* *done false when the user has no such code, or no more. */
MUST_CHECK struct err *recovery_code_store_use(
	struct db *db, struct arena *a, int64_t user_id, struct str hash, bool *done);

/* A sign-in whose password was right. */
struct pending_sign_in {
	int64_t user_id;
	struct str user_name;
	struct str password_hash;
};

/* *added false when the user is disabled or the password is another by now. */
MUST_CHECK struct err *pending_sign_in_store_add(struct db *db, struct arena *a,
	struct str token_hash, int life_s, int64_t user_id, struct str password_hash, bool *added);
MUST_CHECK struct err *pending_sign_in_store_by_hash(struct db *db, struct arena *a,
	struct str token_hash, struct pending_sign_in *out, bool *found);
/* Counts a try; *counted false when there were tries_max, or it is gone. */
MUST_CHECK struct err *pending_sign_in_store_try(
	struct db *db, struct arena *a, struct str token_hash, int tries_max, bool *counted);
MUST_CHECK struct err *pending_sign_in_store_end(
	struct db *db, struct arena *a, struct str token_hash, bool *ended);

#endif
