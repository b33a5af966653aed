/*
 * verify_store: balances against the sums of the ledger.
 */
#ifndef BINCARD_STORE_VERIFY_STORE_H
#define BINCARD_STORE_VERIFY_STORE_H

#include "base/qty.h"
#include "db/db.h"

struct difference {
	int64_t item_id, location_id;
	struct str sku, location; /* STR_NONE when there is no such row any more */
	qty_sum_t on_hand; /* what the balance says */
	qty_sum_t ledger; /* what the movements sum to */
};

struct ledger_counts {
	int64_t balances, movements, lines;
};

/* What is wrong with the ledger itself. */
struct ledger_fault {
	struct str code; /* "incomplete_movement", ...: see VERIFY_FAULTS */
	int64_t count;
	int64_t first; /* id of a movement or, for balances, of an item */
};

/* The first `limit` differences and how many there are in all: one statement, one snapshot. */
MUST_CHECK struct err *verify_store_differences(struct db *db, struct arena *a, int limit,
	struct difference **rows, size_t *n, int64_t *total);
MUST_CHECK struct err *verify_store_faults(
	struct db *db, struct arena *a, struct ledger_fault **faults, size_t *n);
MUST_CHECK struct err *verify_store_counts(
	struct db *db, struct arena *a, struct ledger_counts *out);

#endif
