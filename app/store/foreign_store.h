/*
 * foreign_store: rows of foreign_principal: whom tokens of other issuers have named.
 */
#ifndef BINCARD_STORE_FOREIGN_STORE_H
#define BINCARD_STORE_FOREIGN_STORE_H

#include "db/db.h"

struct foreign {
	int64_t id;
	struct str issuer, subject, name;
	bool active;
	time_us first_seen, last_seen;
};

struct foreign_rows {
	struct foreign *rows;
	size_t n;
};

struct foreign_filter {
	struct str q; /* in the name, or a whole subject */
	struct str issuer;
	struct str status; /* "active", "disabled"; STR_NONE: any, as above */
	int64_t after_id; /* those after it */
	int limit;
};

/* *stale: it was not noted for an hour that there was a token. */
MUST_CHECK struct err *foreign_store_by_subject(struct db *db, struct arena *a, struct str issuer,
	struct str subject, struct foreign *out, bool *stale, bool *found);
/* ERR_DB_DUPLICATE_KEY. */
MUST_CHECK struct err *foreign_store_add(
	struct db *db, struct arena *a, const struct foreign *foreign, int64_t *id);
MUST_CHECK struct err *foreign_store_seen(struct db *db, struct arena *a, int64_t id);
MUST_CHECK struct err *foreign_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct foreign *out, bool *found);
MUST_CHECK struct err *foreign_store_lock(
	struct db *db, struct arena *a, int64_t id, struct foreign *out, bool *found);
/* By id. */
MUST_CHECK struct err *foreign_store_page(
	struct db *db, struct arena *a, const struct foreign_filter *f, struct foreign_rows *out);
MUST_CHECK struct err *foreign_store_set_active(
	struct db *db, struct arena *a, int64_t id, bool active);

#endif
