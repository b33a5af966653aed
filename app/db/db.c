#include "db/db.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/connection.h"
#include "db/fault.h"
#include "db/migrate.h"

/* How long after a failed open nobody tries again; it doubles with each failure. */
#define BACKOFF_MIN_US 200000
#define BACKOFF_MAX_US 2000000
#define MARIADB_FIRST 100000 /* MySQL's versions are below */
/* A connection that was idle for longer is looked at before it is used. */
#define IDLE_CHECK_US 1000000

struct db *db_new(const struct db_config *config, enum db_set set)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		abort();
	db->config = config;
	db->set = set;
	return db;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	connection_close(db);
	free(db);
}

bool db_is_open(const struct db *db)
{
	return db->mysql != NULL;
}

void db_stats_reset(struct db *db)
{
	db->stats = (struct db_stats){0};
}

void db_stats_retry(struct db *db)
{
	db->stats.retries++;
}

struct db_stats db_stats(const struct db *db)
{
	return db->stats;
}

void connection_count(struct db *db, int64_t start_us)
{
	db->used_at_us = time_monotonic_us();
	db->stats.statements++;
	db->stats.micros += db->used_at_us - start_us;
}

/* The connection goes first: the library then frees the statements without writing to a dead
 * socket. */
void connection_close(struct db *db)
{
	if (!db->mysql)
		return;
	mysql_close(db->mysql);
	db->mysql = NULL;
	db->locks = 0;
	for (size_t i = 0; i < STMT_COUNT; i++) {
		if (db->stmts[i].handle)
			mysql_stmt_close(db->stmts[i].handle);
	}
	memset(db->stmts, 0, sizeof(db->stmts));
	if (db->tx == TX_OPEN) {
		db->tx = TX_BROKEN;
		db->tx_code = ERR_DB_LOST;
	}
}

struct err *connection_fault(struct db *db, struct arena *a, const char *what, MYSQL_STMT *handle)
{
	unsigned number = handle ? mysql_stmt_errno(handle) : 0;
	struct err *e;

	if (number)
		e = fault_new(
			a, what, number, mysql_stmt_sqlstate(handle), mysql_stmt_error(handle));
	else if (mysql_errno(db->mysql))
		e = fault_new(a, what, mysql_errno(db->mysql), mysql_sqlstate(db->mysql),
			mysql_error(db->mysql));
	else /* the library lost its way: nothing it says from now on can be trusted */
		e = fault_new(a, what, CR_UNKNOWN_ERROR, "HY000", "failed without a reason");
	if (e->code == ERR_DB_LOST)
		connection_close(db);
	if ((e->code == ERR_DB_DEADLOCK || e->code == ERR_DB_LOCK_WAIT) && db->tx == TX_OPEN) {
		db->tx = TX_BROKEN;
		db->tx_code = e->code;
	}
	return e;
}

static struct err *mismatch(struct arena *a, enum stmt_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static struct err *mismatch(struct arena *a, enum stmt_id id, const char *fmt, ...)
{
	struct err *e = err_new(a, ERR_INTERNAL, "A statement does not fit the database");
	const char *why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return err_because(e, "%s: %s", stmt_texts[id].name, why);
}

static struct err *check_columns(struct arena *a, enum stmt_id id, MYSQL_RES *meta)
{
	const char *letters = stmt_texts[id].out;
	unsigned n = meta ? mysql_num_fields(meta) : 0;

	if (n != strlen(letters))
		return mismatch(a, id, "its signature has %zu columns, the server's answer %u",
			strlen(letters), n);
	for (unsigned i = 0; i < n; i++) {
		const MYSQL_FIELD *field = mysql_fetch_field_direct(meta, i);
		bool any;
		char letter = bind_letter(field, &any);

		if (!any && letter != letters[i])
			return mismatch(a, id,
				"column %u (%s) is '%c' in its signature, the server says %s",
				i + 1, field->name, letters[i], bind_type_name(a, field));
	}
	return NULL;
}

static struct err *check_signature(struct arena *a, enum stmt_id id, const struct stmt *st)
{
	unsigned long params = mysql_stmt_param_count(st->handle);
	const char *in = stmt_texts[id].in, *out = stmt_texts[id].out;
	MYSQL_RES *meta;
	struct err *e;

	if (params != strlen(in) || params > BIND_VALUES_MAX)
		return mismatch(a, id, "its signature has %zu parameters, its text %lu", strlen(in),
			params);
	if (strlen(out) > BIND_VALUES_MAX || strspn(out, "iqtsb") != strlen(out))
		return mismatch(a, id, "'%s' is no output signature", out);
	meta = mysql_stmt_result_metadata(st->handle);
	e = check_columns(a, id, meta);
	mysql_free_result(meta);
	return e;
}

static bool begins(const char *sql, const char *word)
{
	return strncmp(sql, word, strlen(word)) == 0;
}

static struct err *prepare(struct db *db, struct arena *a, enum stmt_id id, struct stmt *st)
{
	const char *sql = stmt_texts[id].sql, *out = stmt_texts[id].out;
	int64_t start = time_monotonic_us();
	int failed;

	st->read = begins(sql, "SELECT ") || begins(sql, "WITH ") || begins(sql, "SHOW ");
	st->columns = (unsigned)strlen(out);
	st->handle = mysql_stmt_init(db->mysql);
	if (!st->handle)
		abort();
	failed = mysql_stmt_prepare(st->handle, sql, strlen(sql));
	connection_count(db, start);
	if (failed)
		return connection_fault(db, a, stmt_texts[id].name, st->handle);
	TRY(check_signature(a, id, st));
	if (st->columns && !bind_out(&db->binder, st->handle, out, st->columns))
		return connection_fault(db, a, stmt_texts[id].name, st->handle);
	return NULL;
}

struct err *connection_statement(struct db *db, struct arena *a, enum stmt_id id, struct stmt **out)
{
	struct stmt *st = &db->stmts[id];
	unsigned statements = db->stats.statements;
	struct err *e;

	assert(db->mysql);
	*out = st;
	if (st->handle)
		return NULL;
	e = prepare(db, a, id, st);
	db->stats.statements = statements; /* a first use is nobody's */
	if (e && st->handle) { /* NULL when the connection was closed, and this with it */
		mysql_stmt_close(st->handle);
		*st = (struct stmt){0};
	}
	return e;
}

/* The library counts whole seconds; 0 is "for ever". */
static unsigned seconds(unsigned ms)
{
	return (ms + 999) / 1000;
}

static void set_options(MYSQL *m, const struct db_config *c)
{
	unsigned connect_s = seconds(c->connect_timeout_ms), io_s = seconds(c->read_timeout_ms);
	unsigned off = 0, tcp = MYSQL_PROTOCOL_TCP;
	int failed = 0;

	if (connect_s)
		failed |= mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	if (io_s) {
		failed |= mysql_options(m, MYSQL_OPT_READ_TIMEOUT, &io_s);
		failed |= mysql_options(m, MYSQL_OPT_WRITE_TIMEOUT, &io_s);
	}
	failed |= mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &off);
	failed |= mysql_options(m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	failed |= mysql_options4(m, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "bincard");
	if (!c->socket) /* or the library takes a local socket for the host "localhost" */
		failed |= mysql_options(m, MYSQL_OPT_PROTOCOL, &tcp);
	assert(!failed);
}

static struct err *connect_to(struct db *db, struct arena *a)
{
	const struct db_config *c = db->config;
	int64_t start = time_monotonic_us();
	MYSQL *m = mysql_init(NULL);

	if (!m)
		abort();
	set_options(m, c);
	db->mysql = m;
	if (!mysql_real_connect(m, c->socket ? NULL : c->host, c->user, c->password, c->database,
		    c->socket ? 0 : c->port, c->socket, 0))
		return connection_fault(db, a, "connecting", NULL);
	connection_count(db, start);
	return NULL;
}

/* All that do not fit are logged, the first time, so that they can be put right at once. */
static struct err *prepare_all(struct db *db, struct arena *a)
{
	struct err *first = NULL, *e;
	struct stmt *st;

	for (size_t id = 0; id < STMT_APP_COUNT; id++) {
		e = connection_statement(db, a, (enum stmt_id)id, &st);
		if (e && e->code != ERR_INTERNAL)
			return e;
		if (e && first && !db->backoff_us)
			log_err(LOG_ERROR, "a statement does not fit the database", e);
		if (e && !first)
			first = e;
	}
	return first;
}

static struct err *open_all(struct db *db, struct arena *a)
{
	int64_t wait_s = db->config->lock_wait_s ? db->config->lock_wait_s : 1;

	TRY(connect_to(db, a));
	TRY(run_once(db, a, DB_SESSION, DB_ARGS(db_int(wait_s), db_int(wait_s)), NULL));
	TRY(run_once(db, a, DB_SESSION_ISOLATION, DB_NO_ARGS, NULL));
	if (db->config->statement_max_ms && mysql_get_server_version(db->mysql) >= MARIADB_FIRST)
		TRY(run_once(db, a, DB_SESSION_STATEMENT_MAX,
			DB_ARGS(db_qty((qty_t)db->config->statement_max_ms * (QTY_ONE / 1000))),
			NULL));
	if (db->set == DB_SET_NONE)
		return NULL;
	/* First: on another schema the statements would fail with less clear words. */
	TRY(schema_check(db, a, migrate_version));
	return db->set == DB_SET_CHECK ? prepare_all(db, a) : NULL;
}

/* Whoever waits out the back-off gets the same error again. A failure is logged once. */
static void remember_failure(struct db *db, const struct err *e)
{
	char cause[sizeof(db->failed_cause)];

	snprintf(cause, sizeof(cause), "%.*s", STR_ARG(e->cause));
	if (!db->backoff_us || strcmp(cause, db->failed_cause) != 0)
		log_err(LOG_ERROR, "the database cannot be opened", e);
	memcpy(db->failed_cause, cause, sizeof(cause));
	snprintf(db->failed_detail, sizeof(db->failed_detail), "%.*s", STR_ARG(e->detail));
	db->failed_code = e->code;
	db->backoff_us = db->backoff_us ? db->backoff_us * 2 : BACKOFF_MIN_US;
	if (db->backoff_us > BACKOFF_MAX_US)
		db->backoff_us = BACKOFF_MAX_US;
	db->retry_at_us = time_monotonic_us() + db->backoff_us;
}

static struct err *failure_again(const struct db *db, struct arena *a)
{
	struct err *e = err_new(a, db->failed_code, "%s", db->failed_detail);

	if (err_status(e->code) == 503)
		e->retry_after_s = 2;
	return err_because(e, "%s (remembered)", db->failed_cause);
}

/* True when the server has closed, or said something unasked: it only does so to say good-bye. */
static bool is_stale(const struct db *db)
{
	struct pollfd fd = {.fd = mysql_get_socket(db->mysql), .events = POLLIN | POLLRDHUP};

	return time_monotonic_us() - db->used_at_us > IDLE_CHECK_US && poll(&fd, 1, 0) > 0;
}

struct err *db_ready(struct db *db, struct arena *a)
{
	unsigned statements = db->stats.statements;
	struct err *e;

	assert(!db->walking && db->tx != TX_BROKEN);
	if (db->mysql && db->tx != TX_OPEN && is_stale(db))
		connection_close(db);
	if (db->mysql)
		return NULL;
	if (db->backoff_us && time_monotonic_us() < db->retry_at_us)
		return failure_again(db, a);
	e = open_all(db, a);
	db->stats.statements = statements; /* those of opening are nobody's */
	if (!e) {
		if (db->backoff_us)
			log_text(LOG_INFO, "the database is open again");
		db->backoff_us = 0;
		return NULL;
	}
	connection_close(db);
	if (e->code == ERR_DB_LOST) /* nothing was in flight */
		e->code = ERR_UNAVAILABLE;
	remember_failure(db, e);
	return e;
}
