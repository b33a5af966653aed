/*
 * user_store: rows of user, user_role and role.
 */
#ifndef BINCARD_STORE_USER_STORE_H
#define BINCARD_STORE_USER_STORE_H

#include "db/db.h"

struct user {
	int64_t id;
	struct str name, display_name;
	struct str password_hash; /* by name only; never shown */
	bool active;
	int64_t version;
	time_us created_at, updated_at;
	struct str roles; /* in lists and when made: "clerk, viewer"; "" for none */
};

struct user_rows {
	struct user *rows;
	size_t n;
};

/* id, name, display_name, password_hash, active, version, created_at, updated_at: for statements that find a
 * user in another way. */
void user_store_read(const struct db_value *v, struct user *out);
/* *found false when there is none. Names compare by language rules: "Ann" is "ann". */
MUST_CHECK struct err *user_store_by_name(
	struct db *db, struct arena *a, struct str name, struct user *out, bool *found);
/* Up to `limit` users with a larger id, by id. */
MUST_CHECK struct err *user_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct user_rows *out);
MUST_CHECK struct err *user_store_add(
	struct db *db, struct arena *a, const struct user *u, int64_t *id);
/* *found false when there is no such role. */
MUST_CHECK struct err *user_store_add_role(
	struct db *db, struct arena *a, int64_t id, struct str role, bool *found);
/* The name as the database spells it. */
MUST_CHECK struct err *user_store_role(
	struct db *db, struct arena *a, struct str role, struct str *name, bool *found);
MUST_CHECK struct err *user_store_set_password(
	struct db *db, struct arena *a, int64_t id, struct str password_hash);
/* Puts a new hash of the same password in place of `old`; *done false when it is not there any
 * more. */
MUST_CHECK struct err *user_store_rehash(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done);
/* Puts `fresh` in place of `old`; *done false when that is not the password any more, or the user is
 * disabled. */
MUST_CHECK struct err *user_store_change_password(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done);
/* The same bytes for all names that compare as the same, whether a user has them or not. */
MUST_CHECK struct err *user_store_name_weight(
	struct db *db, struct arena *a, struct str name, struct str *weight);
/* Something that belongs to the user was changed. */
MUST_CHECK struct err *user_store_touch(struct db *db, struct arena *a, int64_t id);
/* *changed false when the user was disabled already. */
MUST_CHECK struct err *user_store_disable(
	struct db *db, struct arena *a, int64_t id, bool *changed);

#endif
