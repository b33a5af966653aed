#include "store/sink_store.h"

#include "store/row.h"

static time_us time_or_none(struct row *r)
{
	const struct db_value *v = row_take(r, DB_TIME);

	return v->null ? TIME_NONE : v->num;
}

void sink_store_read(struct row *r, struct sink *out)
{
	out->id = row_int(r);
	out->kind = row_text(r);
	out->name = row_text(r);
	out->active = str_is(row_text(r), "active");
	out->paused_for = row_text_or_none(r);
	out->seq = row_int(r);
	out->types = row_text(r);
	out->permissions = row_text(r);
	out->tries = row_int(r);
	out->failing_since = time_or_none(r);
	out->failing_s = row_int(r);
	out->next_try_at = time_or_none(r);
	out->last_ok_at = time_or_none(r);
	out->last_error = row_text_or_none(r);
	out->created_at = row_time(r);
	out->version = row_int(r);
	out->updated_at = row_time(r);
}

/* ---- the lease ---- */

struct err *sink_store_take(
	struct db *db, struct arena *a, struct str holder, int seconds, int64_t *fence)
{
	int64_t changed, number = 0;

	TRY(db_exec(db, a, SINK_TAKE, DB_ARGS(db_text(holder), db_text(holder), db_int(seconds)),
		&changed, &number));
	*fence = changed ? number : 0;
	return NULL;
}

struct err *sink_store_renew(struct db *db, struct arena *a, int64_t fence, bool *held)
{
	int64_t changed;

	TRY(db_exec(db, a, SINK_RENEW, DB_ARGS(db_int(fence)), &changed, NULL));
	*held = changed == 1;
	return NULL;
}

struct err *sink_store_give_back(struct db *db, struct arena *a, int64_t fence)
{
	return db_exec(db, a, SINK_GIVE_BACK, DB_ARGS(db_int(fence)), NULL, NULL);
}

/* ---- reading ---- */

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct sink *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, args, n, &rows));
	*found = rows.n == 1;
	if (*found) {
		struct row r = row_of(&rows, 0);

		sink_store_read(&r, out);
	}
	return NULL;
}

struct err *sink_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct sink *out, bool *found)
{
	return read_one(db, a, SINK_BY_ID, DB_ARGS(db_int(id)), out, found);
}

struct err *sink_store_by_name(struct db *db, struct arena *a, struct str kind, struct str name,
	struct sink *out, bool *found)
{
	return read_one(db, a, SINK_BY_NAME, DB_ARGS(db_text(kind), db_text(name)), out, found);
}

struct err *sink_store_lock(
	struct db *db, struct arena *a, int64_t id, struct sink *out, bool *found)
{
	return read_one(db, a, SINK_LOCK, DB_ARGS(db_int(id)), out, found);
}

struct err *sink_store_waiting(
	struct db *db, struct arena *a, struct str kinds, int limit, struct sink_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, SINK_WAITING, DB_ARGS(db_text(kinds), db_int(limit)), &rows));
	*out = (struct sink_rows){.rows = ARENA_ARRAY(a, rows.n, struct sink), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		sink_store_read(&r, &out->rows[i]);
		out->head = row_int(&r);
	}
	return NULL;
}

struct err *sink_store_figures(struct db *db, struct arena *a, struct sink_figures **out, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, SINK_FIGURES, DB_NO_ARGS, &rows));
	*n = rows.n;
	*out = ARENA_ARRAY(a, rows.n, struct sink_figures);
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		(*out)[i].kind = row_text(&r);
		(*out)[i].active = row_int(&r);
		(*out)[i].paused = row_int(&r);
		(*out)[i].given_up = row_int(&r);
		(*out)[i].failing = row_int(&r);
		(*out)[i].behind_max = row_int(&r);
		(*out)[i].failing_s_max = row_int(&r);
	}
	return NULL;
}

/* ---- settings and state ---- */

struct err *sink_store_add(struct db *db, struct arena *a, const struct sink *sink, int64_t *id)
{
	return db_exec(db, a, SINK_ADD,
		DB_ARGS(db_text(sink->kind), db_text(sink->name), db_text(sink->types),
			db_text(sink->permissions)),
		NULL, id);
}

struct err *sink_store_update(struct db *db, struct arena *a, const struct sink *sink)
{
	return db_exec(db, a, SINK_UPDATE,
		DB_ARGS(db_text(sink->name), db_text(sink->types), db_text(sink->permissions),
			db_int(sink->id)),
		NULL, NULL);
}

struct err *sink_store_touch(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, SINK_TOUCH, DB_ARGS(db_int(id)), NULL, NULL);
}

struct err *sink_store_pause(
	struct db *db, struct arena *a, int64_t id, const char *paused_for, struct str error)
{
	return db_exec(db, a, SINK_PAUSE,
		DB_ARGS(db_text(str_of(paused_for)), db_text(error), db_int(id)), NULL, NULL);
}

struct err *sink_store_resume(struct db *db, struct arena *a, int64_t id, int64_t seq)
{
	return db_exec(db, a, SINK_RESUME, DB_ARGS(db_int(seq), db_int(id)), NULL, NULL);
}

struct err *sink_store_remove(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, SINK_REMOVE, DB_ARGS(db_int(id)), NULL, NULL);
}

/* ---- sending ---- */

static struct err *step(struct db *db, struct arena *a, enum stmt_id id, const struct sink *sink,
	int64_t seq, int64_t fence, bool *done)
{
	int64_t changed;

	TRY(db_exec(db, a, id,
		DB_ARGS(db_int(seq), db_int(sink->id), db_int(sink->seq), db_int(fence)), &changed,
		NULL));
	*done = changed == 1;
	return NULL;
}

struct err *sink_store_move(struct db *db, struct arena *a, const struct sink *sink, int64_t seq,
	int64_t fence, bool *done)
{
	return step(db, a, SINK_MOVE, sink, seq, fence, done);
}

struct err *sink_store_pass(struct db *db, struct arena *a, const struct sink *sink, int64_t seq,
	int64_t fence, bool *done)
{
	return step(db, a, SINK_PASS, sink, seq, fence, done);
}

struct err *sink_store_fail(struct db *db, struct arena *a, const struct sink *sink,
	struct str error, int64_t delay_ms, int64_t fence, bool *done)
{
	int64_t changed;

	TRY(db_exec(db, a, SINK_FAIL,
		DB_ARGS(db_text(error), db_int(delay_ms), db_int(sink->id), db_int(sink->seq),
			db_int(sink->version), db_int(fence)),
		&changed, NULL));
	*done = changed == 1;
	return NULL;
}
