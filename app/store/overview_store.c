#include "store/overview_store.h"

#include "store/row.h"

struct err *overview_store_counts(
	struct db *db, struct arena *a, time_us today, struct overview_counts *out)
{
	struct db_rows r;
	struct row row;

	TRY(db_query(db, a, OVERVIEW_COUNTS,
		DB_ARGS(db_time(today), db_time(today), db_time(today)), &r));
	row = row_of(&r, 0);
	out->items = row_int(&row);
	out->items_archived = row_int(&row);
	out->items_empty = row_int(&row);
	out->locations = row_int(&row);
	out->locations_used = row_int(&row);
	out->balances = row_int(&row);
	out->movements_today = row_int(&row);
	out->units_today = row_qty(&row);
	out->reversals_today = row_int(&row);
	return NULL;
}

struct err *overview_store_uses(
	struct db *db, struct arena *a, struct location_use **uses, size_t *n)
{
	struct db_rows r;

	TRY(db_query(db, a, OVERVIEW_LOCATION_USES, DB_NO_ARGS, &r));
	*uses = ARENA_ARRAY(a, r.n, struct location_use);
	*n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);

		(*uses)[i].location_id = row_int(&row);
		(*uses)[i].items = row_int(&row);
	}
	return NULL;
}
