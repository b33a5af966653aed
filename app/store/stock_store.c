#include "store/stock_store.h"

#include "store/row.h"

/* STOCK_COLUMNS */
static struct stock_level read_level(struct row *r)
{
	struct stock_level s = {0};

	s.item_id = row_int(r);
	s.location_id = row_int(r);
	s.sku = row_text(r);
	s.item_name = row_text(r);
	s.unit = row_text(r);
	s.location = row_text(r);
	s.location_name = row_text(r);
	s.on_hand = row_qty_sum(r);
	s.reserved = row_qty_sum(r);
	s.version = row_int(r);
	s.updated_at = row_time(r);
	return s;
}

/* Which statement answers which filter. */
static struct err *query(
	struct db *db, struct arena *a, const struct stock_filter *f, struct db_rows *r)
{
	struct db_value sku = db_text(f->sku), item = db_int_or_null(f->item_id);
	struct db_value code = db_text(f->location), place = db_int_or_null(f->location_id);
	struct db_value after_item = db_int(f->after_item), after_place = db_int(f->after_location);
	struct db_value some = db_int(f->non_zero), limit = db_int(f->limit);
	struct db_value under = db_text(f->under), within = db_text(f->within);
	bool by_item = f->sku.p || f->item_id, by_place = f->location.p || f->location_id;

	if (by_item && by_place)
		return db_query(db, a, STOCK_BY_ITEM_LOCATION,
			DB_ARGS(sku, item, code, place, after_place, some, within, within, limit),
			r);
	if (by_item && f->under.p)
		return db_query(db, a, STOCK_BY_ITEM_UNDER,
			DB_ARGS(sku, item, under, after_place, some, within, within, limit), r);
	if (f->sku.p)
		return db_query(db, a, STOCK_BY_SKU,
			DB_ARGS(sku, after_place, some, within, within, limit), r);
	if (by_item)
		return db_query(db, a, STOCK_BY_ITEM,
			DB_ARGS(item, after_place, some, within, within, limit), r);
	if (by_place)
		return db_query(db, a, STOCK_BY_LOCATION,
			DB_ARGS(code, place, after_item, some, within, within, limit), r);
	if (f->under.p)
		return db_query(db, a, STOCK_UNDER,
			DB_ARGS(under, after_place, after_place, after_item, some, within, within,
				limit),
			r);
	return db_query(db, a, STOCK_PAGE,
		DB_ARGS(after_item, after_item, after_place, some, within, within, limit), r);
}

struct err *stock_store_page(
	struct db *db, struct arena *a, const struct stock_filter *f, struct stock_rows *out)
{
	struct db_rows r;

	TRY(query(db, a, f, &r));
	out->rows = ARENA_ARRAY(a, r.n, struct stock_level);
	out->n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);

		out->rows[i] = read_level(&row);
	}
	return NULL;
}

struct err *stock_store_many(
	struct db *db, struct arena *a, struct str pairs, struct str within, struct stock_rows *out)
{
	struct db_rows r;

	TRY(db_query(
		db, a, STOCK_MANY, DB_ARGS(db_text(pairs), db_text(within), db_text(within)), &r));
	out->rows = ARENA_ARRAY(a, r.n, struct stock_level);
	out->n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		struct row row = row_of(&r, i);

		row_int(&row); /* the position, by which the rows are sorted */
		out->rows[i] = read_level(&row);
	}
	return NULL;
}
