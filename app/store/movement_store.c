#include "store/movement_store.h"

#include <assert.h>

#include "base/json_out.h"
#include "store/location_store.h"
#include "store/row.h"

#define IDS_JSON_MAX 8192
#define LINE_COUNT 10 /* follows LINE_COLUMNS in lists within reach */

const char *const movement_type_names[MOVEMENT_TYPES + 1] = {
	[MOVEMENT_RECEIPT] = "receipt",
	[MOVEMENT_ISSUE] = "issue",
	[MOVEMENT_TRANSFER] = "transfer",
	[MOVEMENT_ADJUSTMENT] = "adjustment",
	[MOVEMENT_RETURN] = "return",
	[MOVEMENT_SCRAP] = "scrap",
	[MOVEMENT_PRODUCTION] = "production",
	[MOVEMENT_REVERSAL] = "reversal",
};

static enum movement_type type_of(struct str name)
{
	int t = 0;

	while (t < MOVEMENT_TYPES && !str_is(name, movement_type_names[t]))
		t++;
	assert(t < MOVEMENT_TYPES);
	return (enum movement_type)t;
}

/* MOVEMENT_COLUMNS */
static struct posted read_movement(const struct db_rows *rows, size_t i)
{
	struct row r = row_of(rows, i);
	struct posted m = {0};

	m.id = row_int(&r);
	m.type = type_of(row_text(&r));
	m.reference = row_text(&r);
	m.reason = row_text(&r);
	m.occurred_at = row_time(&r);
	m.recorded_at = row_time(&r);
	m.actor = row_text(&r);
	m.actor_name = row_text_or_none(&r);
	m.line_count = row_int(&r);
	m.reverses = row_int_or_0(&r);
	m.reversed_by = row_int_or_0(&r);
	m.request_id = row_text(&r);
	return m;
}

/* LINE_COLUMNS */
static struct posted_line read_line(const struct db_rows *rows, size_t i, int64_t *movement_id)
{
	struct row r = row_of(rows, i);
	struct posted_line l = {0};

	*movement_id = row_int(&r);
	l.item_id = row_int(&r);
	l.sku = row_text(&r);
	l.name = row_text(&r);
	l.unit = row_text(&r);
	l.from_id = row_int_or_0(&r);
	l.from = row_text(&r);
	l.to_id = row_int_or_0(&r);
	l.to = row_text(&r);
	l.quantity = row_qty(&r);
	return l;
}

struct err *movement_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct posted *out, bool *found)
{
	struct db_rows r;

	TRY(db_query(db, a, MOVEMENT_BY_ID, DB_ARGS(db_int(id)), &r));
	*found = r.n > 0;
	if (*found)
		*out = read_movement(&r, 0);
	return NULL;
}

struct err *movement_store_lines(
	struct db *db, struct arena *a, struct posted *m, struct str within)
{
	struct db_value id = db_int(m->id), reach = db_text(within);
	struct db_rows r;
	int64_t movement_id;

	if (within.p)
		TRY(db_query(db, a, MOVEMENT_LINES_WITHIN, DB_ARGS(reach, reach, id, reach), &r));
	else
		TRY(db_query(db, a, MOVEMENT_LINES, DB_ARGS(id), &r));
	m->lines = ARENA_ARRAY(a, r.n, struct posted_line);
	m->n = r.n;
	for (size_t i = 0; i < r.n; i++)
		m->lines[i] = read_line(&r, i, &movement_id);
	return NULL;
}

struct err *movement_store_page(
	struct db *db, struct arena *a, const struct movement_filter *f, struct posted_list *out)
{
	struct db_value before = db_int(f->after_id ? f->after_id : INT64_MAX);
	struct db_value item = db_int(f->item_id), place = db_int(f->location_id);
	struct db_value type =
		db_text(f->type < 0 ? STR_NONE : str_of(movement_type_names[f->type]));
	struct db_value ref = db_text(f->reference), limit = db_int(f->limit);
	struct db_value from = db_time_or_null(f->occurred_from),
			until = db_time_or_null(f->occurred_before);
	struct db_value within = db_text(f->within);
	struct db_rows r;

	/* What is from or to a real location that is within reach is so itself; built-in ones are everybody's. */
#define CONDITIONS type, type, ref, ref, from, from, until, until
#define FILTERS CONDITIONS, limit
	if (f->item_id && f->location_id && f->within.p)
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_ITEM_LOCATION_WITHIN,
			DB_ARGS(item, before, place, place, within, place, place, within, FILTERS),
			&r));
	else if (f->item_id && f->location_id)
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_ITEM_LOCATION,
			DB_ARGS(item, before, place, place, place, place, FILTERS), &r));
	else if (f->item_id && f->within.p)
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_ITEM_WITHIN,
			DB_ARGS(item, before, within, within, FILTERS), &r));
	else if (f->item_id)
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_ITEM, DB_ARGS(item, before, FILTERS), &r));
	else if (f->within.p && f->location_id && location_is_virtual(f->location_id))
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_LOCATION_WITHIN,
			DB_ARGS(before, CONDITIONS, place, place, within, limit), &r));
	else if (f->location_id)
		TRY(db_query(db, a, MOVEMENT_PAGE_BY_LOCATION,
			DB_ARGS(place, before, FILTERS, place, before, FILTERS, place, before,
				FILTERS, limit),
			&r));
	else if (f->within.p)
		TRY(db_query(db, a, MOVEMENT_PAGE_WITHIN,
			DB_ARGS(before, CONDITIONS, within, limit), &r));
	else
		TRY(db_query(db, a, MOVEMENT_PAGE, DB_ARGS(before, FILTERS), &r));
#undef FILTERS
#undef CONDITIONS
	out->rows = ARENA_ARRAY(a, r.n, struct posted);
	out->n = r.n;
	for (size_t i = 0; i < r.n; i++)
		out->rows[i] = read_movement(&r, i);
	return NULL;
}

static struct str ids_json(struct arena *a, const struct posted_list *list)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, a, IDS_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < list->n; i++)
		json_int(&j, NULL, list->rows[i].id);
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

static struct err *query_list_lines(struct db *db, struct arena *a, struct str list,
	const struct movement_filter *f, struct db_rows *r)
{
	struct db_value ids = db_text(list), most = db_int(MOVEMENT_LIST_LINES_MAX);
	struct db_value item = db_int(f->item_id), within = db_text(f->within);

	if (f->item_id && f->within.p)
		return db_query(db, a, MOVEMENT_ITEM_LINES_OF_MANY_WITHIN,
			DB_ARGS(within, ids, item, within, most), r);
	if (f->within.p)
		return db_query(
			db, a, MOVEMENT_LINES_OF_MANY_WITHIN, DB_ARGS(ids, within, most), r);
	if (f->item_id)
		return db_query(db, a, MOVEMENT_ITEM_LINES_OF_MANY, DB_ARGS(ids, item, most), r);
	return db_query(db, a, MOVEMENT_LINES_OF_MANY, DB_ARGS(ids, most), r);
}

struct err *movement_store_list_lines(
	struct db *db, struct arena *a, struct posted_list *list, const struct movement_filter *f)
{
	struct db_rows r;
	struct posted *m = list->rows;
	struct posted_line *lines;

	if (list->n == 0)
		return NULL;
	TRY(query_list_lines(db, a, ids_json(a, list), f, &r));
	lines = ARENA_ARRAY(a, r.n, struct posted_line);
	for (size_t i = 0; i < r.n; i++) {
		int64_t id;

		lines[i] = read_line(&r, i, &id);
		while (m < list->rows + list->n && m->id != id) /* both are in descending order */
			m++;
		assert(m < list->rows + list->n);
		if (m->n++ == 0)
			m->lines = &lines[i];
		if (f->within.p)
			m->line_count = db_row(&r, i)[LINE_COUNT].num;
	}
	return NULL;
}

/* BIN_CARD_COLUMNS, change, balance */
static struct bin_card_line read_bin_card(const struct db_rows *rows, size_t i)
{
	struct row r = row_of(rows, i);
	struct bin_card_line l = {0};

	l.movement_id = row_int(&r);
	l.line_no = (int)row_int(&r);
	l.type = type_of(row_text(&r));
	l.reference = row_text(&r);
	l.reason = row_text(&r);
	l.occurred_at = row_time(&r);
	l.recorded_at = row_time(&r);
	l.actor = row_text(&r);
	l.actor_name = row_text_or_none(&r);
	l.from = row_text(&r);
	l.to = row_text(&r);
	l.quantity = row_qty(&r);
	l.change = row_qty(&r);
	l.balance = row_qty_sum(&r);
	return l;
}

struct err *movement_store_bin_card(struct db *db, struct arena *a, int64_t item_id,
	int64_t location_id, struct str within, int64_t after_movement, int after_line, int limit,
	struct bin_card *out)
{
	struct db_value reach = db_text(within);
	struct db_value item = db_int(item_id), place = db_int(location_id), most = db_int(limit);
	struct db_value movement = db_int(after_movement ? after_movement : INT64_MAX);
	struct db_value line = db_int(after_line);
	struct db_rows r;

	if (location_id)
		TRY(db_query(db, a, BIN_CARD_AT,
			DB_ARGS(item, place, place, place, item, movement, movement, line, place,
				place, item, place, place, movement, movement, line, most),
			&r));
	else if (within.p)
		TRY(db_query(db, a, BIN_CARD_WITHIN,
			DB_ARGS(item, reach, reach, reach, item, movement, movement, line, reach,
				reach, item, reach, movement, movement, line, most),
			&r));
	else
		TRY(db_query(db, a, BIN_CARD,
			DB_ARGS(item, item, movement, movement, line, item, movement, movement,
				line, most),
			&r));
	out->lines = ARENA_ARRAY(a, r.n, struct bin_card_line);
	out->n = r.n;
	for (size_t i = 0; i < r.n; i++)
		out->lines[i] = read_bin_card(&r, i);
	return NULL;
}
