/*
 * stock: balances as they are, and the two ways to correct one.
 */
#ifndef BINCARD_DOMAIN_STOCK_H
#define BINCARD_DOMAIN_STOCK_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "domain/ledger.h"
#include "store/stock_store.h"

/* The rows that a filter names, in the filter's order; for one more page ask again after
 * the last. */
MUST_CHECK struct err *stock_list(
	struct ctx *c, const struct stock_filter *f, struct stock_rows *out);

/* One row for each of n pairs of item and location, in the order asked; a balance that has never
 * been is 0. location absent: the sum over all real locations within reach (location_id 0). Unknown names:
 * ERR_INVALID at "/lines/N/...". */
struct stock_question {
	struct str sku;
	int64_t item_id;
	struct str location;
	int64_t location_id;
};
MUST_CHECK struct err *stock_query(
	struct ctx *c, const struct stock_question *q, size_t n, struct stock_rows *out);

struct stock_correction {
	struct str sku;
	int64_t item_id;
	struct str location;
	struct str reason, reference;
	bool has_occurred_at;
	time_us occurred_at;
};
/* Posts an adjustment of `delta`; ERR_INVALID at "/delta" when it is 0. */
MUST_CHECK struct err *stock_adjust(
	struct ctx *c, const struct stock_correction *k, qty_t delta, struct posted *out);
/* Sets the balance to `quantity` if it is `expected` now; ERR_EXPECTATION else. When the two are
 * equal nothing is posted: out->id is 0 and out->json {"id":null}. */
MUST_CHECK struct err *stock_set(struct ctx *c, const struct stock_correction *k, qty_t quantity,
	qty_t expected, struct posted *out);

void stock_level_to_json(struct json_out *j, const char *name, const struct stock_level *s);

#endif
