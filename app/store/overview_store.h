/*
 * overview_store: a few counts over the whole, each cheap enough for a page.
 */
#ifndef BINCARD_STORE_OVERVIEW_STORE_H
#define BINCARD_STORE_OVERVIEW_STORE_H

#include "base/qty.h"
#include "db/db.h"

struct overview_counts {
	int64_t items, items_archived;
	int64_t items_empty; /* active ones without any stock */
	int64_t locations, locations_used;
	int64_t movements_today;
	qty_sum_t units_today; /* over all of today's lines, whatever their unit */
	int64_t reversals_today;
};
/* Reach (domain/reach.h) of what is counted; STR_NONE: everywhere. */
struct overview_reach {
	struct str stock, locations, movements;
};
/* Today began at `today`. */
MUST_CHECK struct err *overview_store_counts(struct db *db, struct arena *a, time_us today,
	const struct overview_reach *reach, struct overview_counts *out);

struct location_use {
	int64_t location_id;
	int64_t items;
};
/* How many items lie at each of these that holds any and is within reach, ascending by location. */
MUST_CHECK struct err *overview_store_uses(struct db *db, struct arena *a, const int64_t *locations,
	size_t location_count, struct str within, struct location_use **uses, size_t *n);

#endif
