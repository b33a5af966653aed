/*
 * connection: the inside of a struct db, shared by the files of app/db/ alone.
 */
#ifndef BINCARD_DB_CONNECTION_H
#define BINCARD_DB_CONNECTION_H

#include <errmsg.h>
#include <mysql.h>

#include "db/bind.h"
#include "db/db.h"

struct stmt {
	MYSQL_STMT *handle; /* NULL: not prepared on this connection */
	unsigned columns;
	bool read; /* a SELECT: may run twice */
};

enum tx_state {
	TX_NONE,
	TX_ASKED, /* db_begin was called; START TRANSACTION goes out with the first statement */
	TX_OPEN,
	TX_BROKEN, /* after a deadlock or a lost connection: only a rollback is possible */
};

struct db {
	const struct db_config *config;
	enum db_set set;
	MYSQL *mysql; /* NULL: closed */
	struct stmt stmts[STMT_COUNT];
	struct binder binder;
	enum tx_state tx;
	enum err_code tx_code; /* why it is broken */
	bool walking; /* inside db_each: the connection is busy */
	unsigned locks; /* named locks held: they die with the connection */
	int64_t used_at_us; /* monotonic: the end of the last round trip */

	/* after a failed open */
	int64_t retry_at_us;
	int64_t backoff_us;
	enum err_code failed_code;
	char failed_cause[512];
	char failed_detail[256];

	struct db_stats stats;
};

/* Sends `sql` as it is and reads its answer; for BEGIN, COMMIT and ROLLBACK. */
MUST_CHECK struct err *connection_plain(struct db *db, struct arena *a, const char *sql);

/* ROLLBACK; closes the connection when even that fails. */
void connection_roll_back(struct db *db, struct arena *a);

/* The error of the last call on the connection, or on `handle`. Closes the connection when it is
 * lost, and marks an open transaction as broken when it cannot go on. */
struct err *connection_fault(struct db *db, struct arena *a, const char *what, MYSQL_STMT *handle);

void connection_close(struct db *db);

/* Adds a round trip that began at `start_us` to the figures. */
void connection_count(struct db *db, int64_t start_us);

/* The statement, prepared and compared with its signature. The connection is open. */
MUST_CHECK struct err *connection_statement(
	struct db *db, struct arena *a, enum stmt_id id, struct stmt **out);

/* What a statement did; `rows` may be NULL. */
struct outcome {
	struct db_rows *rows;
	int64_t affected;
	int64_t insert_id;
};

/* Runs it on the open connection, once; `out` may be NULL. */
MUST_CHECK struct err *run_once(struct db *db, struct arena *a, enum stmt_id id,
	const struct db_value *args, size_t n, struct outcome *out);

/* Opens what has to be open before a statement: the connection (outside a transaction), the
 * transaction that was asked for. */
MUST_CHECK struct err *transaction_ready(struct db *db, struct arena *a);

/* ERR_UNAVAILABLE with a clear detail unless the schema is of version `wanted`. The connection is
 * open. */
MUST_CHECK struct err *schema_check(struct db *db, struct arena *a, int wanted);

#endif
