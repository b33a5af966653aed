/* Transactions, procedures, and connections that die, against a real server. */
#include "tests/unit/db_fixture.h"

static void kill_connection(struct arena *a, int64_t id)
{
	fixture_sql(arena_printf(a, "KILL %lld", (long long)id));
	usleep(20000);
}

static void set(struct db *db, struct arena *a, int value)
{
	assert_ok(db_exec(db, a, T_LEVEL_SET, DB_ARGS(db_int(value), db_int(2)), NULL, NULL));
}

static void commit_keeps_rollback_does_not(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a), *other = fixture_open(a);

	assert_ok(db_begin(db, a));
	assert_true(db_in_transaction(db));
	set(db, a, 11);
	assert_int_equal(fixture_amount(other, a, 2), 10);
	assert_ok(db_commit(db, a));
	assert_false(db_in_transaction(db));
	assert_int_equal(fixture_amount(other, a, 2), 11);
	assert_ok(db_begin(db, a));
	set(db, a, 12);
	db_rollback(db, a);
	assert_int_equal(fixture_amount(db, a, 2), 11);
	db_free(other);
	db_free(db);
}

static void killed_connection_reads_again(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	int64_t id = fixture_connection(db, a);
	struct db_rows rows;

	kill_connection(a, id);
	assert_int_equal(fixture_amount(db, a, 1), 10);
	assert_true(fixture_connection(db, a) != id);
	kill_connection(a, fixture_connection(db, a));
	assert_ok(db_query(db, a, T_NUMBERS, DB_ARGS(db_int(3)), &rows));
	assert_int_equal(rows.n, 3);
	db_free(db);
}

static void killed_connection_writes_not_again(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);

	kill_connection(a, fixture_connection(db, a));
	assert_code(db_exec(db, a, T_LEVEL_SET, DB_ARGS(db_int(77), db_int(2)), NULL, NULL),
		ERR_DB_LOST);
	assert_false(db_is_open(db));
	assert_int_equal(fixture_amount(db, a, 2), 10);
	db_free(db);
}

/* What idles too long is found dead before anything is sent, so that even a write can go ahead. */
static void idle_connection_is_looked_at(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);

	kill_connection(a, fixture_connection(db, a));
	usleep(1100000);
	set(db, a, 13);
	assert_int_equal(fixture_amount(db, a, 2), 13);
	db_free(db);
}

static void dead_connection_is_replaced_at_begin_only(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;

	kill_connection(a, fixture_connection(db, a));
	assert_ok(db_begin(db, a));
	set(db, a, 14);
	assert_ok(db_commit(db, a));
	assert_int_equal(fixture_amount(db, a, 2), 14);

	assert_ok(db_begin(db, a));
	set(db, a, 15);
	kill_connection(a, fixture_connection(db, a));
	assert_code(db_query(db, a, T_LEVEL, DB_ARGS(db_int(2)), &rows), ERR_DB_LOST);
	assert_code(db_query(db, a, T_LEVEL, DB_ARGS(db_int(2)), &rows), ERR_DB_LOST);
	assert_code(db_commit(db, a), ERR_DB_LOST);
	assert_int_equal(fixture_amount(db, a, 2), 14);
	db_free(db);
}

static void lost_at_commit(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);

	assert_ok(db_begin(db, a));
	set(db, a, 16);
	kill_connection(a, fixture_connection(db, a));
	assert_code(db_commit(db, a), ERR_DB_LOST);
	assert_false(db_in_transaction(db));
	assert_int_equal(fixture_amount(db, a, 2), 10);
	db_free(db);
}

static void lock_wait_breaks_the_transaction(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a), *other = fixture_open(a);
	struct db_rows rows;

	assert_ok(db_begin(db, a));
	assert_ok(db_query(db, a, T_LEVEL_LOCK, DB_ARGS(db_int(2)), &rows));
	assert_ok(db_begin(other, a));
	assert_ok(db_exec(other, a, T_LEVEL_SET, DB_ARGS(db_int(5), db_int(1)), NULL, NULL));
	assert_code(db_query(other, a, T_LEVEL_LOCK, DB_ARGS(db_int(2)), &rows), ERR_DB_LOCK_WAIT);
	assert_code(db_query(other, a, T_LEVEL, DB_ARGS(db_int(2)), &rows), ERR_DB_LOCK_WAIT);
	assert_code(db_commit(other, a), ERR_DB_LOCK_WAIT);
	assert_int_equal(fixture_amount(other, a, 1), 10);
	db_rollback(db, a);
	assert_int_equal(fixture_amount(db, a, 2), 10);
	db_free(other);
	db_free(db);
}

/* Locks `first`, says so, waits for the word, locks `second`. */
static struct err *lock_two(struct arena *a, int first, int second, int said, int heard)
{
	struct db *db = db_new(&fixture_tables, DB_SET_APP);
	struct db_rows rows;
	struct err *e;
	char c = 'x';

	assert_ok(db_begin(db, a));
	assert_ok(db_query(db, a, T_LEVEL_LOCK, DB_ARGS(db_int(first)), &rows));
	assert_int_equal(write(said, &c, 1), 1);
	assert_int_equal(read(heard, &c, 1), 1);
	e = db_query(db, a, T_LEVEL_LOCK, DB_ARGS(db_int(second)), &rows);
	db_rollback(db, a);
	assert_ok(db_query(db, a, T_LEVEL, DB_ARGS(db_int(2)), &rows));
	db_free(db);
	return e;
}

static void deadlock_has_one_victim(void **state)
{
	struct arena *a = *state;
	int there[2], back[2], status, victims = 0;
	struct err *e;
	pid_t pid;

	assert_true(pipe(there) == 0 && pipe(back) == 0);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		e = lock_two(a, 2, 1, there[1], back[0]);
		_exit(e ? (int)e->code : 0);
	}
	e = lock_two(a, 1, 2, back[1], there[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	victims += WEXITSTATUS(status) == ERR_DB_DEADLOCK;
	victims += e && e->code == ERR_DB_DEADLOCK;
	assert_int_equal(victims, 1);
	assert_true(!e || WEXITSTATUS(status) == 0);
}

static void function_changes_all_or_nothing(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a), *other = fixture_open(a);
	struct db_rows rows;
	struct err *e;

	for (int i = 1; i <= 3; i++) {
		assert_ok(db_change(db, a, T_BOTH, DB_ARGS(db_int(i)), &rows));
		assert_true(rows.n == 1 && rows.columns == 1);
		assert_str_is(db_row(&rows, 0)->text, arena_printf(a, "set %d", i));
		e = db_change(db, a, T_BOTH, DB_ARGS(db_int(101)), &rows);
		assert_code(e, ERR_DB_REFUSED);
		assert_contains(e->cause, "T_BOTH: 30001 (45000) too much");
		assert_code(db_change(db, a, T_BOTH, DB_ARGS(db_int(100)), &rows),
			ERR_DB_DUPLICATE_KEY);
		assert_int_equal(fixture_amount(other, a, 1), i);
		assert_int_equal(fixture_amount(other, a, 2), i);
	}
	assert_ok(db_change(other, a, T_BOTH, DB_ARGS(db_int(10)), &rows)); /* no lock is left */
	db_free(other);
	db_free(db);
}

static void function_belongs_to_the_transaction_that_is_open(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a), *other = fixture_open(a);
	struct db_rows rows;

	assert_ok(db_begin(db, a));
	assert_ok(db_change(db, a, T_BOTH, DB_ARGS(db_int(7)), &rows));
	assert_int_equal(fixture_amount(other, a, 1), 10);
	db_rollback(db, a);
	assert_int_equal(fixture_amount(db, a, 1), 10);
	db_free(other);
	db_free(db);
}

static void slow_answer_is_a_lost_connection(void **state)
{
	struct arena *a = *state;
	struct db_config impatient = fixture_tables;
	struct db *db;
	struct db_rows rows;

	impatient.read_timeout_ms = 1000;
	db = db_new(&impatient, DB_SET_APP);
	assert_ok(db_begin(db, a));
	assert_code(db_query(db, a, T_SLEEP, DB_ARGS(db_int(3)), &rows), ERR_DB_LOST);
	db_rollback(db, a);
	assert_int_equal(fixture_amount(db, a, 1), 10);
	db_free(db);
}

static void absent_server_is_unavailable_and_comes_back(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	struct err *e;

	assert_true(mariadb_kill(&fixture_server));
	e = db_query(db, a, T_LEVEL, DB_ARGS(db_int(1)), &rows);
	assert_code(e, ERR_UNAVAILABLE);
	assert_true(e->retry_after_s > 0);
	e = db_ready(db, a);
	assert_code(e, ERR_UNAVAILABLE);
	assert_contains(e->cause, "(remembered)");
	assert_true(mariadb_run(&fixture_server));
	usleep(300000);
	db_stats_reset(db);
	assert_ok(db_ready(db, a));
	assert_int_equal(db_stats(db).statements, 0); /* a request's budget has no room for these */
	assert_int_equal(fixture_amount(db, a, 1), 10);
	db_free(db);
}

static void wrong_account_is_a_fault_of_the_set_up(void **state)
{
	struct arena *a = *state;
	struct db_config wrong = fixture_tables;
	struct db *db;
	struct err *e;

	wrong.user = "nobody";
	wrong.password = "hunter2";
	db = db_new(&wrong, DB_SET_APP);
	e = db_ready(db, a);
	assert_code(e, ERR_SETUP);
	assert_contains(e->cause, "1045");
	assert_null(memmem(e->cause.p, e->cause.n, "hunter2", 7));
	db_free(db);
}

static void lock_is_had_by_one(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a), *other = fixture_open(a);
	bool got;

	assert_ok(db_lock(db, a, "test", 0, &got));
	assert_true(got);
	assert_ok(db_lock(other, a, "test", 1, &got));
	assert_false(got);
	db_unlock(db, a, "test");
	assert_ok(db_lock(other, a, "test", 0, &got));
	assert_true(got);
	db_free(other);
	db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(commit_keeps_rollback_does_not),
		UNIT_TEST(killed_connection_reads_again),
		UNIT_TEST(killed_connection_writes_not_again),
		UNIT_TEST(idle_connection_is_looked_at),
		UNIT_TEST(dead_connection_is_replaced_at_begin_only),
		UNIT_TEST(lost_at_commit),
		UNIT_TEST(lock_wait_breaks_the_transaction),
		UNIT_TEST(deadlock_has_one_victim),
		UNIT_TEST(function_changes_all_or_nothing),
		UNIT_TEST(function_belongs_to_the_transaction_that_is_open),
		UNIT_TEST(slow_answer_is_a_lost_connection),
		UNIT_TEST(absent_server_is_unavailable_and_comes_back),
		UNIT_TEST(wrong_account_is_a_fault_of_the_set_up),
		UNIT_TEST(lock_is_had_by_one),
	};

	return cmocka_run_group_tests(tests, fixture_start_tables, fixture_stop);
}
