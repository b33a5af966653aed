#include "store/webhook_store.h"

#include "store/like.h"
#include "store/row.h"

static struct str bytes_or_none(struct row *r)
{
	const struct db_value *v = row_take(r, DB_BYTES);

	return v->null ? STR_NONE : v->text;
}

/* ---- endpoints ---- */

/* the columns of WEBHOOK_SELECT */
static void read_webhook(struct row *r, struct webhook *out)
{
	const struct db_value *until;

	sink_store_read(r, &out->sink);
	out->url = row_text(r);
	out->secret = bytes_or_none(r);
	out->old_secret = bytes_or_none(r);
	until = row_take(r, DB_TIME);
	out->old_until = until->null ? TIME_NONE : until->num;
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id stmt, int64_t id,
	struct webhook *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, stmt, DB_ARGS(db_int(id)), &rows));
	*found = rows.n == 1;
	if (*found) {
		struct row r = row_of(&rows, 0);

		read_webhook(&r, out);
	}
	return NULL;
}

struct err *webhook_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct webhook *out, bool *found)
{
	return read_one(db, a, WEBHOOK_BY_ID, id, out, found);
}

struct err *webhook_store_lock(
	struct db *db, struct arena *a, int64_t id, struct webhook *out, bool *found)
{
	return read_one(db, a, WEBHOOK_LOCK, id, out, found);
}

struct err *webhook_store_page(
	struct db *db, struct arena *a, const struct webhook_filter *f, struct webhook_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q));
	struct db_value status = db_text(f->status);
	struct db_rows rows;

	TRY(db_query(db, a, WEBHOOK_PAGE,
		DB_ARGS(like, like, status, status, db_int(f->after_id), db_int(f->limit)), &rows));
	*out = (struct webhook_rows){.rows = ARENA_ARRAY(a, rows.n, struct webhook), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		read_webhook(&r, &out->rows[i]);
	}
	return NULL;
}

struct err *webhook_store_troubles(struct db *db, struct arena *a, struct webhook_troubles *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, WEBHOOK_TROUBLES, DB_NO_ARGS, &rows));
	*out = (struct webhook_troubles){
		.paused = db_row(&rows, 0)[0].num, .failing = db_row(&rows, 0)[1].num};
	return NULL;
}

struct err *webhook_store_add(struct db *db, struct arena *a, const struct webhook *webhook)
{
	return db_exec(db, a, WEBHOOK_ADD,
		DB_ARGS(db_int(webhook->sink.id), db_text(webhook->url), db_bytes(webhook->secret)),
		NULL, NULL);
}

struct err *webhook_store_update(struct db *db, struct arena *a, const struct webhook *webhook)
{
	return db_exec(db, a, WEBHOOK_UPDATE,
		DB_ARGS(db_text(webhook->url), db_int(webhook->sink.id)), NULL, NULL);
}

struct err *webhook_store_rotate(
	struct db *db, struct arena *a, int64_t id, struct str secret, int64_t seconds)
{
	return db_exec(db, a, WEBHOOK_ROTATE,
		DB_ARGS(db_bytes(secret), db_int(seconds), db_int(id)), NULL, NULL);
}

/* ---- deliveries ---- */

/* the columns of DELIVERY_COLUMNS */
static void read_delivery(struct row *r, struct delivery *out)
{
	out->id = row_int(r);
	out->sink_id = row_int(r);
	out->reason = row_text(r);
	out->state = row_text(r);
	out->type = row_text(r);
	out->seq = row_int(r);
	out->message_id = row_text(r);
	out->actor = row_text_or_none(r);
	out->error = row_text_or_none(r);
	out->created_at = row_time(r);
	out->duration_us = row_int_or_0(r);
	out->status = row_int_or_0(r);
	out->request_header = out->request_body = out->answer_header = out->answer_body = STR_NONE;
}

static void read_deliveries(struct arena *a, const struct db_rows *rows, struct delivery_rows *out)
{
	*out = (struct delivery_rows){
		.rows = ARENA_ARRAY(a, rows->n, struct delivery), .n = rows->n};
	for (size_t i = 0; i < rows->n; i++) {
		struct row r = row_of(rows, i);

		read_delivery(&r, &out->rows[i]);
	}
}

struct err *delivery_store_page(
	struct db *db, struct arena *a, const struct delivery_filter *f, struct delivery_rows *out)
{
	struct db_value state = db_text(f->state);
	struct db_rows rows;

	TRY(db_query(db, a, DELIVERY_PAGE,
		DB_ARGS(db_int(f->sink_id), state, state,
			db_int(f->before_id ? f->before_id : INT64_MAX), db_int(f->limit)),
		&rows));
	read_deliveries(a, &rows, out);
	return NULL;
}

struct err *delivery_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct delivery *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, DELIVERY_BY_ID, DB_ARGS(db_int(id)), &rows));
	*found = rows.n == 1;
	if (*found) {
		struct row r = row_of(&rows, 0);

		read_delivery(&r, out);
		out->request_header = row_text_or_none(&r);
		out->request_body = row_text_or_none(&r);
		out->answer_header = bytes_or_none(&r);
		out->answer_body = bytes_or_none(&r);
	}
	return NULL;
}

struct err *delivery_store_waiting(
	struct db *db, struct arena *a, int limit, struct delivery_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, DELIVERY_WAITING, DB_ARGS(db_int(limit)), &rows));
	read_deliveries(a, &rows, out);
	return NULL;
}

struct err *delivery_store_count_waiting(
	struct db *db, struct arena *a, int64_t sink_id, int64_t *count)
{
	struct db_rows rows;

	TRY(db_query(db, a, DELIVERY_COUNT_WAITING, DB_ARGS(db_int(sink_id)), &rows));
	*count = db_row(&rows, 0)[0].num;
	return NULL;
}

struct err *delivery_store_want(
	struct db *db, struct arena *a, const struct delivery *d, int64_t *id)
{
	return db_exec(db, a, DELIVERY_WANT,
		DB_ARGS(db_int(d->sink_id), db_text(d->reason), db_int(d->seq), db_text(d->type),
			db_text(d->message_id), db_text(d->actor)),
		NULL, id);
}

struct err *delivery_store_add(struct db *db, struct arena *a, const struct delivery *d)
{
	return db_exec(db, a, DELIVERY_ADD,
		DB_ARGS(db_text(d->state), db_int(d->seq), db_text(d->type), db_text(d->message_id),
			db_time(d->created_at), db_int(d->duration_us), db_int_or_null(d->status),
			db_text(d->error), db_text(d->request_header), db_text(d->request_body),
			db_bytes(d->answer_header), db_bytes(d->answer_body), db_int(d->sink_id)),
		NULL, NULL);
}

struct err *delivery_store_end(struct db *db, struct arena *a, const struct delivery *d)
{
	return db_exec(db, a, DELIVERY_END,
		DB_ARGS(db_text(d->state), db_text(d->message_id), db_time(d->created_at),
			db_int(d->duration_us), db_int_or_null(d->status), db_text(d->error),
			db_text(d->request_header), db_text(d->request_body),
			db_bytes(d->answer_header), db_bytes(d->answer_body), db_int(d->id)),
		NULL, NULL);
}
