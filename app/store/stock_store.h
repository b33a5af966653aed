/*
 * stock_store: rows of stock_level with the names of what they belong to.
 */
#ifndef BINCARD_STORE_STOCK_STORE_H
#define BINCARD_STORE_STOCK_STORE_H

#include "base/qty.h"
#include "db/db.h"

struct stock_level {
	int64_t item_id, location_id;
	struct str sku, item_name, unit;
	struct str location, location_name;
	qty_sum_t on_hand, reserved;
	int64_t version;
	time_us updated_at;
};

struct stock_rows {
	struct stock_level *rows;
	size_t n;
};

/* Order: (item, location); with a location or a subtree and no item: (location, item). */
struct stock_filter {
	struct str sku; /* STR_NONE: any */
	int64_t item_id;
	struct str location; /* exactly there */
	int64_t location_id;
	struct str under; /* that location and all below it */
	struct str within; /* reach (domain/reach.h); STR_NONE: everywhere */
	bool non_zero;
	int64_t after_item, after_location; /* 0: first page */
	int limit;
};

MUST_CHECK struct err *stock_store_page(
	struct db *db, struct arena *a, const struct stock_filter *f, struct stock_rows *out);
/* Balances of many at once; pairs is JSON [[item,location],...] with location 0 for all within
 * reach. */
MUST_CHECK struct err *stock_store_many(struct db *db, struct arena *a, struct str pairs,
	struct str within, struct stock_rows *out);

#endif
