#include "store/verify_store.h"

#include "store/row.h"

struct err *verify_store_differences(struct db *db, struct arena *a, int limit,
	struct difference **rows, size_t *n, int64_t *total)
{
	struct db_rows r;

	TRY(db_query(db, a, VERIFY_DIFFERENCES, DB_ARGS(db_int(limit)), &r));
	*rows = ARENA_ARRAY(a, r.n, struct difference);
	*n = r.n;
	*total = 0;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);
		struct difference *d = &(*rows)[i];

		d->item_id = row_int(&row);
		d->location_id = row_int(&row);
		d->sku = row_text_or_none(&row);
		d->location = row_text_or_none(&row);
		d->on_hand = row_qty_sum(&row);
		d->ledger = row_qty_sum(&row);
		*total = row_int(&row);
	}
	return NULL;
}

struct err *verify_store_faults(
	struct db *db, struct arena *a, struct ledger_fault **faults, size_t *n)
{
	struct db_rows r;

	TRY(db_query(db, a, VERIFY_FAULTS, DB_NO_ARGS, &r));
	*faults = ARENA_ARRAY(a, r.n, struct ledger_fault);
	*n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);
		struct ledger_fault *f = &(*faults)[i];

		f->code = row_text(&row);
		f->count = row_int(&row);
		f->first = row_int(&row);
	}
	return NULL;
}

struct err *verify_store_counts(struct db *db, struct arena *a, struct ledger_counts *out)
{
	struct db_rows r;
	struct row row;

	TRY(db_query(db, a, VERIFY_COUNTS, DB_NO_ARGS, &r));
	row = row_of(&r, 0);
	out->balances = row_int(&row);
	out->movements = row_int(&row);
	out->lines = row_int(&row);
	return NULL;
}
