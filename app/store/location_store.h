/*
 * location_store: rows of location, a tree by parent and path.
 */
#ifndef BINCARD_STORE_LOCATION_STORE_H
#define BINCARD_STORE_LOCATION_STORE_H

#include "db/db.h"

/* As the ENUM columns spell them, in this order. */
enum location_kind { LOCATION_SITE, LOCATION_ZONE, LOCATION_BIN, LOCATION_VIRTUAL, LOCATION_KINDS };
extern const char *const location_kind_names[LOCATION_KINDS + 1]; /* NULL-terminated */

enum location_role {
	LOCATION_STORAGE,
	LOCATION_RECEIVING,
	LOCATION_SHIPPING,
	LOCATION_QUARANTINE,
	LOCATION_TRANSIT,
	LOCATION_SUPPLIER, /* from here on: virtual */
	LOCATION_CUSTOMER,
	LOCATION_ADJUSTMENT,
	LOCATION_PRODUCTION,
	LOCATION_SCRAP,
	LOCATION_ROLES
};
extern const char *const location_role_names[LOCATION_ROLES + 1];

#define LOCATION_VIRTUAL_MAX 100 /* ids up to here are; see sql/migrations/0001_catalogue.sql */

/* True for a location that stock only comes from or goes to. */
static inline bool location_is_virtual(int64_t id)
{
	return id <= LOCATION_VIRTUAL_MAX;
}

struct location {
	int64_t id;
	struct str code, name;
	enum location_kind kind;
	enum location_role role;
	int64_t parent_id; /* 0: a root */
	struct str parent; /* code; STR_NONE: a root */
	struct str path; /* ids: "/101/107/" */
	int depth; /* 1: a root */
	bool active;
	int64_t version;
	time_us created_at, updated_at;
	/* Single reads: codes from the root to this one, a line each; STR_NONE in lists. */
	struct str path_codes;
};

enum location_sort {
	LOCATION_SORT_CODE,
	LOCATION_SORT_NAME,
	LOCATION_SORT_PATH, /* a parent stands before what is below it */
	LOCATION_SORT_UPDATED_AT,
	LOCATION_SORTS
};

struct location_filter {
	struct str q; /* in code or name; STR_NONE: any */
	struct str code; /* exact */
	struct str parent; /* code: directly below it */
	int64_t parent_id; /* 0: any */
	struct str under; /* code: itself and all below it */
	struct str under_path; /* its path; location_list fills this and parent_id */
	struct str within; /* reach (domain/reach.h); STR_NONE: everywhere */
	struct str kind, role; /* "virtual" or a virtual role: else virtual ones are left out */
	struct str status; /* "active", "archived"; STR_NONE: any */
	time_us updated_since; /* 0: any */
	enum location_sort sort;
	bool descending;
	struct str after_text; /* keyset: sort value and id of the last row; id 0: first page */
	int64_t after_num;
	int64_t after_id;
	int limit;
};

struct location_rows {
	struct location *rows;
	size_t n;
};

MUST_CHECK struct err *location_store_page(
	struct db *db, struct arena *a, const struct location_filter *f, struct location_rows *out);
/* By id, or by code when the id is 0. *found false when there is none. */
MUST_CHECK struct err *location_store_find(struct db *db, struct arena *a, int64_t id,
	struct str code, struct location *out, bool *found);
/* Fills path_codes. */
MUST_CHECK struct err *location_store_path_codes(
	struct db *db, struct arena *a, struct location *l);

/* ---- inside a transaction ---- */

/* Until the transaction ends nobody else changes the tree. Every change of a location takes it
 * first. */
MUST_CHECK struct err *location_store_lock_tree(struct db *db, struct arena *a);
/* Then the row itself, which new balances at it wait for. */
MUST_CHECK struct err *location_store_lock(
	struct db *db, struct arena *a, int64_t id, struct location *out, bool *found);
/* Of `l`: code, name, kind, role, parent_id, depth. The path is set by location_store_set_path. */
MUST_CHECK struct err *location_store_insert(
	struct db *db, struct arena *a, const struct location *l, int64_t *id);
MUST_CHECK struct err *location_store_set_path(
	struct db *db, struct arena *a, int64_t id, struct str path);
/* Of `l`: code, name, kind, role, parent_id, where id and version are l's. */
MUST_CHECK struct err *location_store_update(
	struct db *db, struct arena *a, const struct location *l, bool *done);
/* What is at and below l->path stands at and below the path `to` afterwards, `deeper` levels
 * deeper. */
MUST_CHECK struct err *location_store_move(
	struct db *db, struct arena *a, const struct location *l, struct str to, int deeper);
MUST_CHECK struct err *location_store_set_active(
	struct db *db, struct arena *a, int64_t id, int64_t version, bool active, bool *done);

/* What is below a location. */
struct location_below {
	int depth_max; /* of it and all below it */
	enum location_kind highest_kind; /* of its children; LOCATION_KINDS: it has none */
	int64_t active_children;
};
MUST_CHECK struct err *location_store_below(
	struct db *db, struct arena *a, const struct location *l, struct location_below *out);
/* "A-1, A-2": a few active children, for a message. */
MUST_CHECK struct err *location_store_children(
	struct db *db, struct arena *a, int64_t id, int limit, struct str *out);

/* Locks the balances at the location; how many of them hold stock. */
MUST_CHECK struct err *location_store_lock_stock(
	struct db *db, struct arena *a, int64_t id, int64_t *holding);
/* "85123A (40), POST (1)": some of the stock there, for a message. */
MUST_CHECK struct err *location_store_stock_items(
	struct db *db, struct arena *a, int64_t id, int limit, struct str *out);
MUST_CHECK struct err *location_store_delete_stock(struct db *db, struct arena *a, int64_t id);

struct location_path {
	int64_t id;
	struct str path;
};
/* Of these locations, in any order. ids: [id, ...] */
MUST_CHECK struct err *location_store_paths(
	struct db *db, struct arena *a, struct str ids, struct location_path **out, size_t *n);

/* Positions, in a JSON array of ids, of real locations whose path does not match the pattern `within`. */
MUST_CHECK struct err *location_store_outside(struct db *db, struct arena *a, struct str ids,
	struct str within, size_t **positions, size_t *n);

#endif
