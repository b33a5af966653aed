/*
 * role_store: rows of role.
 */
#ifndef BINCARD_STORE_ROLE_STORE_H
#define BINCARD_STORE_ROLE_STORE_H

#include "db/db.h"

struct role {
	int64_t id;
	struct str name;
	struct str permissions; /* as in a scope */
	bool built_in;
	bool second_factor; /* who has the role needs one */
	int64_t version;
	time_us created_at, updated_at;
	int64_t users; /* who have it */
};

struct role_rows {
	struct role *rows;
	size_t n;
};

struct role_filter {
	struct str q; /* in the name */
	struct str after_name; /* of the last one seen; STR_NONE: from the first */
	int limit;
};

/* By name. */
MUST_CHECK struct err *role_store_page(
	struct db *db, struct arena *a, const struct role_filter *f, struct role_rows *out);
/* By id, or by name when the id is 0; names compare by language rules. *found false when there is none. */
MUST_CHECK struct err *role_store_find(
	struct db *db, struct arena *a, int64_t id, struct str name, struct role *out, bool *found);

/* Inside a transaction: locks all roles, of which there are *n. */
MUST_CHECK struct err *role_store_lock_all(struct db *db, struct arena *a, size_t *n);
MUST_CHECK struct err *role_store_insert(
	struct db *db, struct arena *a, const struct role *role, int64_t *id);
/* Of `role`: what is not counted or dated, where id and version are the role's. */
MUST_CHECK struct err *role_store_update(
	struct db *db, struct arena *a, const struct role *role, bool *done);
MUST_CHECK struct err *role_store_delete(struct db *db, struct arena *a, int64_t id);

#endif
