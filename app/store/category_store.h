/*
 * category_store: rows of category, a small tree.
 */
#ifndef BINCARD_STORE_CATEGORY_STORE_H
#define BINCARD_STORE_CATEGORY_STORE_H

#include "db/db.h"

struct category {
	int64_t id;
	struct str name;
	int64_t parent_id; /* 0: none */
	struct str parent; /* name; STR_NONE: none */
	int64_t version;
	time_us created_at, updated_at;
};

enum category_sort { CATEGORY_SORT_NAME, CATEGORY_SORT_ID, CATEGORY_SORTS };

struct category_filter {
	struct str q; /* in the name; STR_NONE: any */
	struct str name; /* exact */
	int64_t parent_id; /* 0: any */
	struct str parent; /* name; STR_NONE: any */
	time_us updated_since; /* 0: any */
	enum category_sort sort;
	bool descending;
	struct str after_text; /* keyset: the last row's name and id; id 0: first page */
	int64_t after_id;
	int limit;
};

struct category_rows {
	struct category *rows;
	size_t n;
};

MUST_CHECK struct err *category_store_page(
	struct db *db, struct arena *a, const struct category_filter *f, struct category_rows *out);
/* By id, or by name when the id is 0. *found false when there is none. */
MUST_CHECK struct err *category_store_find(struct db *db, struct arena *a, int64_t id,
	struct str name, struct category *out, bool *found);

/* ---- inside a transaction ---- */

MUST_CHECK struct err *category_store_lock(
	struct db *db, struct arena *a, int64_t id, struct category *out, bool *found);
/* Every category's id and parent, all rows locked: for moves within the tree. */
struct category_edge {
	int64_t id, parent_id;
};
MUST_CHECK struct err *category_store_lock_tree(
	struct db *db, struct arena *a, struct category_edge **edges, size_t *n);
/* Of `category`: name, parent_id. */
MUST_CHECK struct err *category_store_insert(
	struct db *db, struct arena *a, const struct category *category, int64_t *id);
/* The same, where id and version are category's; *done false when the version is another. */
MUST_CHECK struct err *category_store_update(
	struct db *db, struct arena *a, const struct category *category, bool *done);
/* How many items and sub-categories belong to it. */
MUST_CHECK struct err *category_store_uses(
	struct db *db, struct arena *a, int64_t id, int64_t *items, int64_t *children);
/* ERR_DB_REFERENCED when something belongs to it. */
MUST_CHECK struct err *category_store_delete(struct db *db, struct arena *a, int64_t id);

#endif
