#include "store/event_store.h"

#include "store/row.h"

struct err *feed_store_state(struct db *db, struct arena *a, struct feed_state *out)
{
	struct db_rows rows;
	const struct db_value *v;

	TRY(db_query(db, a, FEED_STATE, DB_NO_ARGS, &rows));
	assert(rows.n == 1); /* the migration has put it there */
	v = db_row(&rows, 0);
	*out = (struct feed_state){
		.seq = v[0].num,
		.oldest = v[1].null ? v[0].num + 1 : v[1].num,
		.fence = v[2].num,
	};
	return NULL;
}

static time_us time_or_none(struct row *r)
{
	const struct db_value *v = row_take(r, DB_TIME);

	return v->null ? TIME_NONE : v->num;
}

/* the columns of FEED_STANDING */
struct err *feed_store_standing(struct db *db, struct arena *a, struct feed_standing *out)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, FEED_STANDING, DB_ARGS(db_int(FEED_WAITING_MAX)), &rows));
	r = row_of(&rows, 0); /* the migration has put it there */
	out->seq = row_int(&r);
	out->holder = row_text_or_none(&r);
	out->renewed_at = row_time(&r);
	out->renewed_ms = row_int(&r);
	out->oldest = row_int_or_0(&r);
	out->oldest_at = time_or_none(&r);
	out->waiting = row_int(&r);
	out->waiting_since = time_or_none(&r);
	out->lag_ms = row_int(&r);
	return NULL;
}

struct err *feed_store_last(struct db *db, struct arena *a, int64_t *seq)
{
	struct db_rows rows;

	TRY(db_query(db, a, FEED_LAST, DB_NO_ARGS, &rows));
	assert(rows.n == 1);
	*seq = db_row(&rows, 0)[0].num;
	return NULL;
}

struct err *feed_store_take(
	struct db *db, struct arena *a, struct str holder, int seconds, int64_t *fence)
{
	int64_t changed, number = 0;

	TRY(db_exec(db, a, FEED_TAKE, DB_ARGS(db_text(holder), db_text(holder), db_int(seconds)),
		&changed, &number));
	*fence = changed ? number : 0;
	return NULL;
}

struct err *feed_store_give_back(struct db *db, struct arena *a, int64_t fence)
{
	return db_exec(db, a, FEED_GIVE_BACK, DB_ARGS(db_int(fence)), NULL, NULL);
}

struct err *feed_store_sequence(
	struct db *db, struct arena *a, int64_t fence, int most, int64_t *moved)
{
	struct db_rows rows;

	TRY(db_change(db, a, FEED_SEQUENCE, DB_ARGS(db_int(fence), db_int(most)), &rows));
	assert(rows.n == 1);
	*moved = db_row(&rows, 0)[0].num;
	return NULL;
}

/* the columns of EVENT_PAGE */
static struct event_change read_change(struct row r)
{
	struct event_change e;

	e.seq = row_int(&r);
	e.size = row_int(&r);
	e.resource = row_text(&r);
	e.type = row_text(&r);
	e.subject = row_int(&r);
	e.actor = row_text(&r);
	e.app = row_text_or_none(&r);
	e.traceparent = row_text_or_none(&r);
	e.at = row_time(&r);
	e.data_bytes = row_int(&r);
	e.data = STR_NONE;
	e.own = row_int(&r) != 0;
	return e;
}

struct err *event_store_page(
	struct db *db, struct arena *a, const struct event_filter *f, struct event_changes *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, EVENT_PAGE,
		DB_ARGS(db_text(f->resources), db_text(f->types), db_text(f->subject_resource),
			db_int_or_null(f->subject), db_int_or_null(f->item_id), db_text(f->path),
			db_text(f->locations_within), db_text(f->movements_within),
			db_text(f->stock_within), db_int(f->balances), db_int(f->after),
			db_int(f->up_to), db_int(f->limit)),
		&rows));
	*out = (struct event_changes){
		.rows = ARENA_ARRAY(a, rows.n, struct event_change), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		out->rows[i] = read_change(row_of(&rows, i));
	return NULL;
}

struct err *event_store_data(
	struct db *db, struct arena *a, struct str list, struct event_changes *changes)
{
	struct db_rows rows;
	size_t k = 0;

	TRY(db_query(db, a, EVENT_DATA, DB_ARGS(db_text(list)), &rows));
	for (size_t i = 0; i < changes->n && k < rows.n; i++) /* both are in order */
		if (changes->rows[i].seq == db_row(&rows, k)[0].num)
			changes->rows[i].data = db_row(&rows, k++)[1].text;
	return NULL;
}

/* the columns of EVENT_BALANCES */
static struct event_balance read_balance(struct row r)
{
	struct event_balance b;

	b.seq = row_int(&r);
	b.n = row_int(&r);
	b.item_id = row_int(&r);
	b.sku = row_text(&r);
	b.unit = row_text(&r);
	b.location_id = row_int(&r);
	b.location = row_text(&r);
	b.before = row_qty(&r);
	b.after = row_qty(&r);
	b.reserved = row_qty(&r);
	b.version = row_int(&r);
	b.at = row_time(&r);
	return b;
}

struct err *event_store_balances(struct db *db, struct arena *a, struct str changes,
	const struct event_filter *f, struct event_balances *out)
{
	struct db_value item = db_int_or_null(f->subject_item ? f->subject_item : f->item_id);
	struct db_value place = db_int_or_null(f->subject_location);
	struct db_value path = db_text(f->path), within = db_text(f->stock_within);
	struct db_rows rows;

	TRY(db_query(db, a, EVENT_BALANCES,
		DB_ARGS(db_text(changes), item, item, place, place, path, path, within, within),
		&rows));
	*out = (struct event_balances){
		.rows = ARENA_ARRAY(a, rows.n, struct event_balance), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		out->rows[i] = read_balance(row_of(&rows, i));
	return NULL;
}

struct err *event_store_lines_within(struct db *db, struct arena *a, struct str movements,
	struct str within, struct event_line **out, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, EVENT_LINES_WITHIN, DB_ARGS(db_text(movements), db_text(within)), &rows));
	*n = rows.n;
	*out = ARENA_ARRAY(a, rows.n, struct event_line);
	for (size_t i = 0; i < rows.n; i++)
		(*out)[i] = (struct event_line){db_row(&rows, i)[0].num, db_row(&rows, i)[1].num};
	return NULL;
}

struct err *event_store_lines(struct db *db, struct arena *a, struct str movements,
	struct event_line_row **out, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, EVENT_LINES, DB_ARGS(db_text(movements)), &rows));
	*n = rows.n;
	*out = ARENA_ARRAY(a, rows.n, struct event_line_row);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *v = db_row(&rows, i);

		(*out)[i] = (struct event_line_row){v[0].num, v[1].num, v[2].text, v[3].text};
	}
	return NULL;
}

struct err *event_store_prune(
	struct db *db, struct arena *a, time_us before, int most, int64_t *gone)
{
	struct db_rows rows;

	*gone = 0;
	TRY(db_query(db, a, EVENT_OLD, DB_ARGS(db_time(before), db_int(most)), &rows));
	if (db_row(&rows, 0)[0].null)
		return NULL;
	return db_exec(db, a, EVENT_PRUNE, DB_ARGS(db_int(db_row(&rows, 0)[0].num)), gone, NULL);
}
