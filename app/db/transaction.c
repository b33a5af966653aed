/* Transactions, named locks, and the schema check. */
#include <assert.h>
#include <string.h>

#include "db/connection.h"

struct err *connection_plain(struct db *db, struct arena *a, const char *sql)
{
	int64_t start = time_monotonic_us();
	int failed = mysql_real_query(db->mysql, sql, strlen(sql));

	connection_count(db, start);
	return failed ? connection_fault(db, a, sql, NULL) : NULL;
}

struct err *db_begin(struct db *db, struct arena *a)
{
	(void)a; /* nothing is sent before the first statement */
	assert(db->tx == TX_NONE && !db->walking);
	db->tx = TX_ASKED;
	return NULL;
}

bool db_in_transaction(const struct db *db)
{
	return db->tx != TX_NONE;
}

/* START TRANSACTION changes nothing, so a connection that dies of it may be opened anew. */
static struct err *start(struct db *db, struct arena *a)
{
	struct err *e;

	TRY(db_ready(db, a));
	e = connection_plain(db, a, "START TRANSACTION");
	if (e && e->code == ERR_DB_LOST) {
		TRY(db_ready(db, a));
		e = connection_plain(db, a, "START TRANSACTION");
	}
	return e;
}

struct err *transaction_ready(struct db *db, struct arena *a)
{
	struct err *e;

	switch (db->tx) {
	case TX_NONE:
		return db_ready(db, a);
	case TX_ASKED:
		e = start(db, a);
		db->tx = e ? TX_BROKEN : TX_OPEN;
		db->tx_code = e ? e->code : ERR_INTERNAL;
		return e;
	case TX_OPEN:
		return NULL;
	case TX_BROKEN:
		break;
	}
	return err_because(err_new(a, db->tx_code, "The transaction has failed already"),
		"a statement after a failed one, before the rollback");
}

struct err *db_commit(struct db *db, struct arena *a)
{
	enum tx_state was = db->tx;
	struct err *e;

	assert(was != TX_NONE && !db->walking);
	if (was == TX_BROKEN) {
		db_rollback(db, a);
		return err_because(err_new(a, db->tx_code, "The transaction has failed already"),
			"a commit after a failed statement");
	}
	db->tx = TX_NONE;
	if (was == TX_ASKED)
		return NULL;
	e = connection_plain(db, a, "COMMIT");
	if (e && db->mysql) /* a Galera node may refuse it; nothing of it must stay open */
		connection_roll_back(db, a);
	return e;
}

void connection_roll_back(struct db *db, struct arena *a)
{
	struct err *e = connection_plain(db, a, "ROLLBACK");

	if (e) /* closing rolls back */
		connection_close(db);
}

void db_rollback(struct db *db, struct arena *a)
{
	enum tx_state was = db->tx;

	assert(was != TX_NONE && !db->walking);
	db->tx = TX_NONE;
	if (!db->mysql || was == TX_ASKED)
		return;
	/* Clear only when the server said so: an error leaves the flag as it was. */
	if (db->mysql->server_status & SERVER_STATUS_IN_TRANS)
		connection_roll_back(db, a);
}

/* In steps of a second, so that waiting does not look like a dead server to the read timeout. */
struct err *db_lock(struct db *db, struct arena *a, const char *name, int timeout_s, bool *got)
{
	struct db_rows rows;

	*got = false;
	for (int waited = 0; !*got; waited++) {
		TRY(db_query(db, a, DB_LOCK_TAKE,
			DB_ARGS(db_text(str_of(name)), db_int(timeout_s > 0 ? 1 : 0)), &rows));
		*got = rows.n == 1 && !db_row(&rows, 0)->null && db_row(&rows, 0)->num == 1;
		if (waited + 1 >= timeout_s)
			break;
	}
	if (*got)
		db->locks++;
	return NULL;
}

void db_unlock(struct db *db, struct arena *a, const char *name)
{
	struct db_rows rows;
	struct err *e;

	if (!db->locks) /* the connection was lost, and the lock with it */
		return;
	e = db_query(db, a, DB_LOCK_RELEASE, DB_ARGS(db_text(str_of(name))), &rows);
	if (e)
		connection_close(db);
	else
		db->locks--;
}

static struct err *script_results(struct db *db, struct arena *a)
{
	unsigned number = 1;
	int rc;

	do {
		MYSQL_RES *result = mysql_store_result(db->mysql);

		if (!result && mysql_field_count(db->mysql))
			return connection_fault(
				db, a, arena_printf(a, "statement %u", number), NULL);
		mysql_free_result(result);
		number++;
		rc = mysql_next_result(db->mysql);
	} while (rc == 0);
	if (rc > 0)
		return connection_fault(db, a, arena_printf(a, "statement %u", number), NULL);
	return NULL;
}

struct err *db_script(struct db *db, struct arena *a, struct str sql)
{
	int64_t begun = time_monotonic_us();
	struct err *e;

	assert(db->tx == TX_NONE && !db->walking);
	TRY(db_ready(db, a));
	if (mysql_set_server_option(db->mysql, MYSQL_OPTION_MULTI_STATEMENTS_ON))
		return connection_fault(db, a, "allowing several statements", NULL);
	if (mysql_real_query(db->mysql, sql.p, sql.n))
		e = connection_fault(db, a, "statement 1", NULL);
	else
		e = script_results(db, a);
	if (!db->mysql)
		return e;
	connection_count(db, begun);
	if (mysql_set_server_option(db->mysql, MYSQL_OPTION_MULTI_STATEMENTS_OFF))
		connection_close(db);
	return e;
}

struct err *schema_check(struct db *db, struct arena *a, int wanted)
{
	struct db_rows rows;
	struct outcome o = {.rows = &rows};
	struct err *e = run_once(db, a, DB_SCHEMA_VERSION, DB_NO_ARGS, &o);
	const struct db_value *row;

	if (e && e->code == ERR_INTERNAL) /* no such table, or no right to read it */
		return err_because(
			err_new(a, ERR_UNAVAILABLE,
				"The database has no schema for bincard: run `bincard migrate`"),
			"%.*s", STR_ARG(e->cause));
	TRY(e);
	row = db_row(&rows, 0);
	if (row[1].num)
		e = err_new(a, ERR_UNAVAILABLE,
			"A migration of the database did not finish: see `bincard migrate --status`");
	else if (row[0].num < wanted)
		e = err_new(a, ERR_UNAVAILABLE,
			"The database is at version %d and this program needs version %d: "
			"run `bincard migrate`",
			(int)row[0].num, wanted);
	else if (row[0].num > wanted)
		e = err_new(a, ERR_UNAVAILABLE,
			"The database is at version %d, newer than this program (version %d): "
			"install the newer bincard",
			(int)row[0].num, wanted);
	if (e)
		e->retry_after_s = 2;
	return e ? err_because(e, "schema version %d, wanted %d", (int)row[0].num, wanted) : NULL;
}
