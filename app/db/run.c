/* Running statements: execute, fetch, and the clean-up that each kind of failure needs. */
#include <assert.h>
#include <string.h>

#include "db/connection.h"

/* One row's memory in db_each: a row is at most one long text and some small ones. */
#define WALK_BYTES_MAX ((size_t)256 << 20)

/* A failure after execute leaves the statement half-read. Freeing the result is not enough: the
 * next execute would wait for an answer that never comes; a reset clears both sides. */
static struct err *fault_reset(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st)
{
	struct err *e = connection_fault(db, a, stmt_texts[id].name, st->handle);

	if (db->mysql && mysql_stmt_reset(st->handle))
		connection_close(db);
	return e;
}

static struct err *execute(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st,
	const struct db_value *args, size_t n)
{
	int64_t start;
	int failed;

	bind_in(&db->binder, stmt_texts[id].in, args, n);
	if (n && mysql_stmt_bind_param(st->handle, db->binder.in))
		return connection_fault(db, a, stmt_texts[id].name, st->handle);
	start = time_monotonic_us();
	failed = mysql_stmt_execute(st->handle);
	connection_count(db, start);
	return failed ? connection_fault(db, a, stmt_texts[id].name, st->handle) : NULL;
}

static struct err *fetch_all(
	struct db *db, struct arena *a, enum stmt_id id, struct stmt *st, struct db_rows *out)
{
	int rc;

	out->n = (size_t)mysql_stmt_num_rows(st->handle);
	out->columns = st->columns;
	out->values = ARENA_ARRAY(a, out->n * out->columns, struct db_value);
	for (size_t i = 0; i < out->n; i++) {
		rc = mysql_stmt_fetch(st->handle);
		if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
			return fault_reset(db, a, id, st);
		TRY(bind_row(&db->binder, st->handle, a, stmt_texts[id].out, st->columns,
			out->values + i * out->columns));
	}
	return NULL;
}

/* Takes over the one result that is on its way. Errors of the statement may come as late
 * as here. */
static struct err *take_result(
	struct db *db, struct arena *a, enum stmt_id id, struct stmt *st, struct db_rows *out)
{
	struct err *e = NULL;

	if (mysql_stmt_store_result(st->handle))
		return fault_reset(db, a, id, st);
	if (out)
		e = fetch_all(db, a, id, st, out);
	if (db->mysql)
		mysql_stmt_free_result(st->handle);
	return e;
}

struct err *run_once(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct outcome *out)
{
	struct db_rows *rows = out ? out->rows : NULL;
	struct stmt *st;

	if (rows)
		*rows = (struct db_rows){0};
	TRY(connection_statement(db, a, id, &st));
	TRY(execute(db, a, id, st, args, n));
	if (st->columns)
		TRY(take_result(db, a, id, st, rows));
	if (out) {
		out->affected = (int64_t)mysql_stmt_affected_rows(st->handle);
		out->insert_id = (int64_t)mysql_stmt_insert_id(st->handle);
	}
	return NULL;
}

static bool may_run_again(const struct db *db, const struct err *e, unsigned locks)
{
	return e && e->code == ERR_DB_LOST && db->tx == TX_NONE && !locks;
}

/* Opens the connection if need be, and prepares. Preparing changes nothing: on a connection that turns out to be dead it
 * is done once more, whatever the statement is. */
static struct err *ready_statement(
	struct db *db, struct arena *a, enum stmt_id id, struct stmt **st)
{
	unsigned locks;
	struct err *e;

	assert(!db->walking);
	TRY(transaction_ready(db, a));
	locks = db->locks;
	e = connection_statement(db, a, id, st);
	if (!may_run_again(db, e, locks))
		return e;
	TRY(transaction_ready(db, a));
	return connection_statement(db, a, id, st);
}

struct err *db_query(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct db_rows *out)
{
	struct outcome o = {.rows = out};
	struct stmt *st;
	unsigned locks;
	struct err *e;

	TRY(ready_statement(db, a, id, &st));
	assert(st->read);
	locks = db->locks;
	e = run_once(db, a, id, args, n, &o);
	if (!may_run_again(db, e, locks))
		return e;
	TRY(transaction_ready(db, a));
	return run_once(db, a, id, args, n, &o);
}

static struct err *run_change(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct outcome *o)
{
	struct stmt *st;

	TRY(ready_statement(db, a, id, &st));
	assert(!st->read);
	return run_once(db, a, id, args, n, o);
}

struct err *db_exec(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, int64_t *affected, int64_t *insert_id)
{
	struct outcome o = {0};

	assert(stmt_texts[id].out[0] == '\0');
	TRY(run_change(db, a, id, args, n, &o));
	if (affected)
		*affected = o.affected;
	if (insert_id)
		*insert_id = o.insert_id;
	return NULL;
}

struct err *db_change(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct db_rows *out)
{
	struct outcome o = {.rows = out};

	assert(stmt_texts[id].out[0] != '\0');
	return run_change(db, a, id, args, n, &o);
}

/* Rows come straight from the server: no copy of the whole result on either side. */
static struct err *walk(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st,
	db_visit_fn *visit, void *arg)
{
	struct arena *row_arena = arena_new(WALK_BYTES_MAX);
	struct db_value row[BIND_VALUES_MAX];
	struct err *e = NULL;
	int rc = 0;

	while (!e) {
		rc = mysql_stmt_fetch(st->handle);
		if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
			break;
		arena_reset(row_arena);
		e = bind_row(
			&db->binder, st->handle, row_arena, stmt_texts[id].out, st->columns, row);
		if (e) /* it lies in the row's arena */
			e = err_because(err_new(a, e->code, "%.*s", STR_ARG(e->detail)), "%s: %.*s",
				stmt_texts[id].name, STR_ARG(e->cause));
		else
			e = visit(arg, row);
	}
	arena_free(row_arena);
	if (!e && rc != MYSQL_NO_DATA)
		return fault_reset(db, a, id, st);
	mysql_stmt_free_result(st->handle);
	return e;
}

struct err *db_each(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, db_visit_fn *visit, void *arg)
{
	struct stmt *st;
	struct err *e;

	TRY(ready_statement(db, a, id, &st));
	assert(st->read && st->columns);
	e = execute(db, a, id, st, args, n);
	if (may_run_again(db, e, 0)) {
		TRY(transaction_ready(db, a));
		TRY(connection_statement(db, a, id, &st));
		e = execute(db, a, id, st, args, n);
	}
	if (e)
		return e;
	db->walking = true;
	e = walk(db, a, id, st, visit, arg);
	db->walking = false;
	return e;
}
