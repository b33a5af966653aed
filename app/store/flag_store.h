/*
 * flag_store: rows of feature_flag.
 */
#ifndef BINCARD_STORE_FLAG_STORE_H
#define BINCARD_STORE_FLAG_STORE_H

#include "db/db.h"

enum flag_state { FLAG_OFF, FLAG_ON, FLAG_PERCENT, FLAG_STATES };

struct flag_row {
	int64_t id;
	struct str name;
	enum flag_state state;
	int percent; /* with FLAG_PERCENT alone; else 0 */
	int64_t version;
	time_us created_at, updated_at;
};

struct flag_rows {
	struct flag_row *rows;
	size_t n;
};

/* "off", "on", "percent", NULL: what the column and the API call them. */
extern const char *const flag_state_names[];

/* By id, those after after_id. */
MUST_CHECK struct err *flag_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct flag_rows *out);
/* By id, or by name (ASCII) when the id is 0. *found false when there is none. */
MUST_CHECK struct err *flag_store_find(struct db *db, struct arena *a, int64_t id, struct str name,
	struct flag_row *out, bool *found);

/* ---- inside a transaction ---- */

MUST_CHECK struct err *flag_store_lock(
	struct db *db, struct arena *a, int64_t id, struct flag_row *out, bool *found);
/* Of `flag`: state, percent, where id is its. */
MUST_CHECK struct err *flag_store_update(
	struct db *db, struct arena *a, const struct flag_row *flag);

#endif
