/*
 * db: one connection to MariaDB or MySQL, its prepared statements, and its errors.
 *
 * app/db/ alone includes <mysql.h>. SQL stands in sql/statements/<stem>.def and is never built at
 * run time; each statement is prepared when it is first used and its signature is compared with
 * what the server says (db_open fails when they differ). One connection a worker, opened after fork.
 *
 * Signatures are strings, a letter a value:
 *	i  integer (BIGINT and smaller)		int64_t
 *	q  quantity, DECIMAL(18,6) or a sum	qty_t, or qty_sum_t in a result
 *	t  DATETIME(6), UTC			time_us
 *	s  text, utf8mb4			struct str
 *	b  bytes				struct str
 * A statement whose text begins with SELECT, WITH or SHOW is a read. One that selects from a
 * function which changes rows begins with a comment that says so.
 *
 * Any value may be NULL; a row reader asserts where the schema says NOT NULL.
 *
 * Errors: ERR_DB_DUPLICATE_KEY, ERR_DB_CHECK, ERR_DB_REFERENCED, ERR_DB_DEADLOCK (the
 * transaction is gone and may run again at once), ERR_DB_LOCK_WAIT (waited lock_wait_s for a row:
 * roll back), ERR_DB_LOST (the connection is gone; what was in flight may or may not have happened),
 * ERR_UNAVAILABLE (it cannot be opened, or cannot work, now; retry_after_s is set), ERR_SETUP (it
 * refuses the account or has no such database), ERR_INTERNAL (anything else).
 * Texts of the server are causes, never details.
 */
#ifndef BINCARD_DB_DB_H
#define BINCARD_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/qty.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "db/statements.h"

struct db;

struct db_config {
	const char *socket; /* unix socket path; NULL: host and port */
	const char *host;
	unsigned port;
	const char *database;
	const char *user;
	const char *password;
	unsigned connect_timeout_ms;
	unsigned read_timeout_ms; /* also for writes; 0: none. In whole seconds, rounded up */
	/* 0: none. MariaDB ends a statement that takes longer, which then has no effect: shorter than
	 * what waits for it, this keeps a refused request from being carried out afterwards. */
	unsigned statement_max_ms;
	unsigned lock_wait_s; /* for row locks and for table (metadata) locks */
};

enum db_type { DB_INT, DB_QTY, DB_TIME, DB_TEXT, DB_BYTES };

struct db_value {
	enum db_type type;
	bool null;
	union {
		int64_t num; /* DB_INT, DB_TIME */
		qty_sum_t qty;
		struct str text;
	};
};

/* Arguments: db_exec(db, STMT, DB_ARGS(db_int(id), db_text(sku)), ...) */
static inline struct db_value db_int(int64_t v)
{
	return (struct db_value){.type = DB_INT, .num = v};
}
static inline struct db_value db_qty(qty_t v)
{
	return (struct db_value){.type = DB_QTY, .qty = v};
}
static inline struct db_value db_time(time_us v)
{
	return (struct db_value){.type = DB_TIME, .num = v};
}
/* STR_NONE binds NULL. */
static inline struct db_value db_text(struct str v)
{
	return (struct db_value){.type = DB_TEXT, .null = v.p == NULL, .text = v};
}
static inline struct db_value db_bytes(struct str v)
{
	return (struct db_value){.type = DB_BYTES, .null = v.p == NULL, .text = v};
}
static inline struct db_value db_null(enum db_type type)
{
	return (struct db_value){.type = type, .null = true};
}
/* 0 stands for "none" in many filters: binds NULL then. */
static inline struct db_value db_int_or_null(int64_t v)
{
	return (struct db_value){.type = DB_INT, .null = v == 0, .num = v};
}
/* TIME_NONE binds NULL. */
static inline struct db_value db_time_or_null(time_us v)
{
	return v == TIME_NONE ? db_null(DB_TIME) : db_time(v);
}

#define DB_ARGS(...)                        \
	((struct db_value[]){__VA_ARGS__}), \
		(sizeof((struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))
#define DB_NO_ARGS NULL, (size_t)0

/* A whole result, in the arena: n rows of `columns` values. */
struct db_rows {
	size_t n;
	size_t columns;
	struct db_value *values;
};

static inline const struct db_value *db_row(const struct db_rows *r, size_t i)
{
	return r->values + i * r->columns;
}

/* What the connection did since db_stats_reset(); micros has the time of opening it, too. */
struct db_stats {
	unsigned statements; /* round trips, COMMIT and ROLLBACK included */
	int64_t micros;
	unsigned retries;
};

/* A handle; nothing is opened yet. `config` must live as long. Statements are prepared when they are first used: a
 * process uses few of them, and each takes memory here and at the server. With DB_SET_APP a schema that is not of
 * migrate_version is refused at open; with DB_SET_CHECK all statements of the application's account are prepared then,
 * too, so that one that does not fit the database is found before anybody needs it. */
enum db_set { DB_SET_NONE, DB_SET_APP, DB_SET_CHECK };
struct db *db_new(const struct db_config *config, enum db_set set);
void db_free(struct db *db);

/* Opens; does nothing when open. After ERR_DB_LOST the handle is closed and the next
 * db_ready() opens it anew; failures are remembered for a moment so that a database that is away is
 * not asked on every request. */
MUST_CHECK struct err *db_ready(struct db *db, struct arena *a);
bool db_is_open(const struct db *db);

/* Outside a transaction a read whose connection turns out to be dead is run once more on a new one;
 * a write never is. */
MUST_CHECK struct err *db_query(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct db_rows *out);
/* A statement that changes rows. Each out may be NULL. *affected counts
 * the rows that were changed: an UPDATE that finds a row as it should be counts 0. */
MUST_CHECK struct err *db_exec(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, int64_t *affected, int64_t *insert_id);
/* A SELECT of a function that changes rows: as db_exec(), with its result. Outside a transaction it
 * is one of its own: when it fails, nothing is changed. */
MUST_CHECK struct err *db_change(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct db_rows *out);
/* Row by row without keeping them: for exports and verification. The row's memory is valid during
 * the call. An error from the visitor ends the walk and is returned. The visitor must not use the
 * connection (asserted). */
typedef struct err *db_visit_fn(void *arg, const struct db_value *row);
MUST_CHECK struct err *db_each(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, db_visit_fn *visit, void *arg);

/* One open transaction at a time (asserted). Only app/domain opens them; see domain/change.h. Begin
 * sends nothing: START TRANSACTION goes out with the first statement, and an empty transaction
 * costs no round trip. After ERR_DB_DEADLOCK, ERR_DB_LOCK_WAIT or ERR_DB_LOST every statement fails
 * until db_rollback(). A commit that fails ends the transaction, too: it has rolled back, or, with
 * ERR_DB_LOST, may have happened. */
MUST_CHECK struct err *db_begin(struct db *db, struct arena *a);
MUST_CHECK struct err *db_commit(struct db *db, struct arena *a);
void db_rollback(struct db *db, struct arena *a); /* a lost connection has rolled back already */
bool db_in_transaction(const struct db *db);

/* A transaction begins again after a deadlock: a route's statement budget is that of one
 * attempt. */
void db_stats_retry(struct db *db);
void db_stats_reset(struct db *db);
struct db_stats db_stats(const struct db *db);

/* Text that holds several statements, without arguments: migrations and grants alone. */
MUST_CHECK struct err *db_script(struct db *db, struct arena *a, struct str sql);

/* GET_LOCK / RELEASE_LOCK; *got tells whether it was had within timeout_s. */
MUST_CHECK struct err *db_lock(
	struct db *db, struct arena *a, const char *name, int timeout_s, bool *got);
void db_unlock(struct db *db, struct arena *a, const char *name);

#endif
