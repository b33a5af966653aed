/*
 * item_store: rows of item and item_barcode.
 */
#ifndef BINCARD_STORE_ITEM_STORE_H
#define BINCARD_STORE_ITEM_STORE_H

#include "base/qty.h"
#include "db/db.h"

struct item {
	int64_t id;
	struct str sku, name, description, unit;
	int64_t category_id; /* 0: none */
	struct str category; /* name; STR_NONE: none */
	bool active;
	int64_t version;
	time_us created_at, updated_at;
	struct str barcodes; /* one a line, in order; "" for none */
	qty_sum_t on_hand; /* over all locations; lists and single reads fill it */
	bool on_hand_hidden; /* whoever asks may not see quantities */
};

enum item_sort { ITEM_SORT_SKU, ITEM_SORT_NAME, ITEM_SORT_UPDATED_AT, ITEM_SORT_ID, ITEM_SORTS };

struct item_filter {
	struct str q; /* in SKU, name or a whole barcode; STR_NONE: any */
	struct str sku; /* exact */
	int64_t category_id; /* 0: any */
	struct str category; /* name; STR_NONE: any */
	struct str status; /* "active", "archived"; STR_NONE: any */
	time_us updated_since; /* 0: any */
	enum item_sort sort;
	bool descending;
	struct str after_text; /* keyset: sort value and id of the last row; id 0: first page */
	int64_t after_num;
	int64_t after_id;
	int limit; /* rows wanted; ask for one more than shown to know has_more */
	bool brief; /* description and barcodes are not wanted: "" in every row */
};

struct item_rows {
	struct item *rows;
	size_t n;
};

MUST_CHECK struct err *item_store_page(
	struct db *db, struct arena *a, const struct item_filter *f, struct item_rows *out);
/* *found false when there is none. */
MUST_CHECK struct err *item_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct item *out, bool *found);
MUST_CHECK struct err *item_store_by_barcode(
	struct db *db, struct arena *a, struct str barcode, struct item *out, bool *found);

/* Puts what is on hand within reach (domain/reach.h) in place of what is on hand over all. */
MUST_CHECK struct err *item_store_on_hand_within(
	struct db *db, struct arena *a, struct item *items, size_t n, struct str within);

/* ---- inside a transaction ---- */

/* The row is locked until the transaction ends. */
MUST_CHECK struct err *item_store_lock(
	struct db *db, struct arena *a, int64_t id, struct item *out, bool *found);

/* Another item that has this SKU (place 0) or barcodes[place - 1]. */
struct item_clash {
	size_t place;
	int64_t id;
	struct str sku;
};
struct item_clashes {
	struct item_clash *rows;
	size_t n;
};
MUST_CHECK struct err *item_store_clashes(struct db *db, struct arena *a, int64_t id,
	struct str sku, const struct str *barcodes, size_t barcode_count, struct item_clashes *out);

/* Of `item`: sku, name, description, unit, category_id. */
MUST_CHECK struct err *item_store_insert(
	struct db *db, struct arena *a, const struct item *item, int64_t *id);
/* The same, where id and version are item's; *done false when the version is another. */
MUST_CHECK struct err *item_store_update(
	struct db *db, struct arena *a, const struct item *item, bool *done);
MUST_CHECK struct err *item_store_set_active(
	struct db *db, struct arena *a, int64_t id, int64_t version, bool active, bool *done);
/* The item has these barcodes afterwards and no others. */
MUST_CHECK struct err *item_store_set_barcodes(
	struct db *db, struct arena *a, int64_t id, const struct str *barcodes, size_t n);

/* Locks the item's balances; how many of them hold stock. */
MUST_CHECK struct err *item_store_lock_stock(
	struct db *db, struct arena *a, int64_t id, int64_t *holding);
/* "A-1 (40), B-7 (2.5)": a few of the places within reach where stock is, for a message. */
MUST_CHECK struct err *item_store_stock_places(
	struct db *db, struct arena *a, int64_t id, struct str within, int limit, struct str *out);
MUST_CHECK struct err *item_store_delete_stock(struct db *db, struct arena *a, int64_t id);

#endif
