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

/* A CALL's columns are known only now. */
static struct err *describe_call(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st)
{
	MYSQL_RES *meta = mysql_stmt_result_metadata(st->handle);
	unsigned n = meta ? mysql_num_fields(meta) : 0;
	struct err *e = NULL;
	bool any;

	if (!n || n > BIND_VALUES_MAX || (st->columns && n != st->columns))
		e = err_because(
			err_new(a, ERR_INTERNAL, "A procedure's answer has an unknown shape"),
			"%s: %u columns, earlier %u", stmt_texts[id].name, n, st->columns);
	for (unsigned i = 0; !e && i < n; i++) {
		const MYSQL_FIELD *field = mysql_fetch_field_direct(meta, i);

		st->letters[i] = bind_letter(field, &any);
		if (!st->letters[i])
			e = err_because(err_new(a, ERR_INTERNAL,
						"A procedure's answer has an unknown shape"),
				"%s: column %u (%s) is %s", stmt_texts[id].name, i + 1, field->name,
				bind_type_name(a, field));
	}
	mysql_free_result(meta);
	if (e)
		return e;
	st->columns = n;
	if (!bind_out(&db->binder, st->handle, st->letters, n))
		return connection_fault(db, a, stmt_texts[id].name, st->handle);
	return NULL;
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
		TRY(bind_row(&db->binder, st->handle, a, st->letters, st->columns,
			out->values + i * out->columns));
	}
	return NULL;
}

/* Takes over the one result that is on its way. Errors of the statement may come as late as here.
 */
static struct err *take_result(
	struct db *db, struct arena *a, enum stmt_id id, struct stmt *st, struct db_rows *out)
{
	struct err *e = NULL;

	if (mysql_stmt_store_result(st->handle))
		return fault_reset(db, a, id, st);
	if (st->call)
		e = describe_call(db, a, id, st);
	if (!e && out)
		e = fetch_all(db, a, id, st, out);
	if (db->mysql)
		mysql_stmt_free_result(st->handle);
	return e;
}

/* A CALL ends with an answer of its own, after its results. */
static struct err *take_rest(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st)
{
	bool extra = false;
	int rc;

	while ((rc = mysql_stmt_next_result(st->handle)) == 0) {
		if (!mysql_stmt_field_count(st->handle))
			continue;
		extra = true;
		if (mysql_stmt_store_result(st->handle))
			return fault_reset(db, a, id, st);
		mysql_stmt_free_result(st->handle);
	}
	if (rc > 0)
		return fault_reset(db, a, id, st);
	if (extra)
		return err_because(
			err_new(a, ERR_INTERNAL, "A procedure's answer has an unknown shape"),
			"%s: more than one result", stmt_texts[id].name);
	return NULL;
}

/* A procedure may begin and end transactions; what the handle believes must stay true. */
static struct err *check_transaction(struct db *db, struct arena *a, enum stmt_id id)
{
	bool open = (db->mysql->server_status & SERVER_STATUS_IN_TRANS) != 0;

	if (db->tx == TX_OPEN && !open) { /* it rolled back; whoever began sees it at commit */
		db->tx = TX_BROKEN;
		db->tx_code = ERR_INTERNAL;
	}
	if (db->tx != TX_NONE || !open)
		return NULL;
	TRY(connection_plain(db, a, "ROLLBACK"));
	return err_because(err_new(a, ERR_INTERNAL, "A statement left its transaction open"), "%s",
		stmt_texts[id].name);
}

struct err *run_once(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct outcome *out)
{
	struct db_rows *rows = out ? out->rows : NULL;
	struct err *e = NULL, *rest = NULL;
	struct stmt *st;

	if (rows)
		*rows = (struct db_rows){0};
	TRY(connection_statement(db, a, id, &st));
	TRY(execute(db, a, id, st, args, n));
	if (mysql_stmt_field_count(st->handle))
		e = take_result(db, a, id, st, rows);
	if (st->call && db->mysql && mysql_stmt_more_results(st->handle))
		rest = take_rest(db, a, id, st);
	if (!e)
		e = rest;
	if (e || !db->mysql)
		return e;
	if (rows && !rows->columns)
		rows->columns = st->columns;
	if (out) {
		out->affected = (int64_t)mysql_stmt_affected_rows(st->handle);
		out->insert_id = (int64_t)mysql_stmt_insert_id(st->handle);
	}
	return check_transaction(db, a, id);
}

/* A procedure that failed may have left the transaction that it began. The server's error does not
 * say, so one is rolled back anyhow. */
static void after_failed_call(struct db *db, struct arena *a, const struct stmt *st)
{
	if (st->call && db->tx == TX_NONE && db->mysql)
		connection_roll_back(db, a);
}

static bool may_run_again(const struct db *db, const struct err *e, bool read, unsigned locks)
{
	return e && e->code == ERR_DB_LOST && read && db->tx == TX_NONE && !locks;
}

struct err *db_query(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct db_rows *out)
{
	struct outcome o = {.rows = out};
	unsigned locks;
	struct err *e;
	bool read;

	assert(!db->walking);
	TRY(transaction_ready(db, a));
	TRY(connection_statement(db, a, id, &(struct stmt *){NULL}));
	assert(!db->stmts[id].call);
	read = db->stmts[id].read;
	locks = db->locks;
	e = run_once(db, a, id, args, n, &o);
	if (!may_run_again(db, e, read, locks))
		return e;
	TRY(transaction_ready(db, a));
	return run_once(db, a, id, args, n, &o);
}

static struct err *run_change(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct outcome *o)
{
	struct err *e;

	assert(!db->walking);
	TRY(transaction_ready(db, a));
	e = run_once(db, a, id, args, n, o);
	if (e)
		after_failed_call(db, a, &db->stmts[id]);
	return e;
}

struct err *db_exec(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, int64_t *affected, int64_t *insert_id)
{
	struct outcome o = {0};

	assert(stmt_texts[id].out[0] == '\0' || stmt_texts[id].out[0] == '*');
	TRY(run_change(db, a, id, args, n, &o));
	if (affected)
		*affected = o.affected;
	if (insert_id)
		*insert_id = o.insert_id;
	return NULL;
}

struct err *db_call(struct db *db, struct arena *a, enum stmt_id id, const struct db_value *args,
	size_t n, struct db_rows *out)
{
	struct outcome o = {.rows = out};

	assert(stmt_texts[id].out[0] == '*');
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
		e = bind_row(&db->binder, st->handle, row_arena, st->letters, st->columns, row);
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

	assert(!db->walking);
	TRY(transaction_ready(db, a));
	TRY(connection_statement(db, a, id, &st));
	assert(st->read && st->columns);
	e = execute(db, a, id, st, args, n);
	if (may_run_again(db, e, true, 0)) {
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
