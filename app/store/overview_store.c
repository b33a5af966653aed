#include "store/overview_store.h"

#include <assert.h>

#include "base/json_out.h"
#include "store/row.h"

#define ID_TEXT_MAX 21 /* with its comma */

struct err *overview_store_counts(struct db *db, struct arena *a, time_us today,
	const struct overview_reach *reach, struct overview_counts *out)
{
	struct db_value since = db_time(today), stock = db_text(reach->stock);
	struct db_value places = db_text(reach->locations), moved = db_text(reach->movements);
	struct db_rows r;
	struct row row;

	TRY(db_query(db, a, OVERVIEW_COUNTS,
		DB_ARGS(stock, stock, places, places, stock, stock, since, moved, moved, since,
			moved, moved, since, moved, moved),
		&r));
	row = row_of(&r, 0);
	out->items = row_int(&row);
	out->items_archived = row_int(&row);
	out->items_empty = row_int(&row);
	out->locations = row_int(&row);
	out->locations_used = row_int(&row);
	out->movements_today = row_int(&row);
	out->units_today = row_qty_sum(&row);
	out->reversals_today = row_int(&row);
	return NULL;
}

struct err *overview_store_uses(struct db *db, struct arena *a, const int64_t *locations,
	size_t location_count, struct str within, struct location_use **uses, size_t *n)
{
	struct db_rows r;
	struct buf b;
	struct json_out j;

	*n = 0;
	if (location_count == 0)
		return NULL;
	buf_init(&b, a, location_count * ID_TEXT_MAX + 2);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < location_count; i++)
		json_int(&j, NULL, locations[i]);
	json_array_end(&j);
	assert(!b.overflow);
	TRY(db_query(db, a, OVERVIEW_LOCATION_USES,
		DB_ARGS(db_text(buf_str(&b)), db_text(within), db_text(within)), &r));
	*uses = ARENA_ARRAY(a, r.n, struct location_use);
	*n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);

		(*uses)[i].location_id = row_int(&row);
		(*uses)[i].items = row_int(&row);
	}
	return NULL;
}
