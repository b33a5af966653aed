/* Migrations: order, checksums, a half-finished one, two runs at once, and the version check. */
#include "tests/unit/db_fixture.h"

static int databases;

/* Each test has a database and a directory of its own, and what the last run printed. */
struct place {
	char name[16];
	struct db_config config;
	struct db *db;
	char *said;
	size_t said_bytes;
};

static struct place *place(struct arena *a)
{
	struct place *p = ARENA_NEW(a, struct place);

	snprintf(p->name, sizeof(p->name), "m%d", ++databases);
	p->config = fixture_config(p->name);
	p->db = db_new(&p->config, DB_SET_NONE);
	return p;
}

static void leave(struct place *p)
{
	free(p->said);
	db_free(p->db);
}

static void file(struct arena *a, const struct place *p, const char *path, const char *text)
{
	fixture_write(arena_printf(a, "%s/%s", p->name, path), text);
}

static struct err *run(struct arena *a, struct place *p, enum migrate_mode mode)
{
	FILE *report;
	struct err *e;

	free(p->said);
	report = open_memstream(&p->said, &p->said_bytes);
	assert_non_null(report);
	e = migrate_run(p->db, a, fixture_path(a, p->name), mode, report);
	fclose(report);
	return e;
}

static void said(const struct place *p, const char *part)
{
	assert_contains(str_of(p->said), part);
}

static void said_not(const struct place *p, const char *part)
{
	if (strstr(p->said, part))
		fail_msg("\"%s\" has \"%s\"", p->said, part);
}

static void two_migrations(struct arena *a, struct place *p)
{
	file(a, p, "migrations/0001_one.sql",
		"CREATE TABLE one (a INT) ENGINE=InnoDB;\nINSERT INTO one VALUES (1);");
	file(a, p, "migrations/0002_two.sql", "ALTER TABLE one ADD COLUMN b INT;\n");
	file(a, p, "routines/r.sql",
		"DROP PROCEDURE IF EXISTS r;\nCREATE PROCEDURE r()\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\n");
	file(a, p, "grants.sql", "-- nothing yet\nDO 1;\n");
}

static void applied_in_order_and_once(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);

	two_migrations(a, p);
	assert_ok(run(a, p, MIGRATE_STATUS));
	said(p, "pending");
	said_not(p, "applied");
	assert_ok(run(a, p, MIGRATE_APPLY));
	assert_true(strstr(p->said, "0001_one.sql") < strstr(p->said, "0002_two.sql"));
	assert_true(strstr(p->said, "0002_two.sql") < strstr(p->said, "routines/r.sql"));
	assert_true(strstr(p->said, "routines/r.sql") < strstr(p->said, "grants.sql"));
	said(p, "the schema is at version 2");
	assert_ok(run(a, p, MIGRATE_APPLY));
	said_not(p, "applied");
	file(a, p, "migrations/0003_three.sql", "ALTER TABLE one ADD COLUMN c INT;\n");
	assert_ok(run(a, p, MIGRATE_APPLY));
	said(p, "0003_three.sql");
	said(p, "grants.sql");
	said_not(p, "routines/r.sql");
	assert_ok(run(a, p, MIGRATE_STATUS));
	said_not(p, "pending");
	leave(p);
}

static void changed_routine_is_applied_again_with_the_grants(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);

	two_migrations(a, p);
	assert_ok(run(a, p, MIGRATE_APPLY));
	file(a, p, "routines/r.sql",
		"DROP PROCEDURE IF EXISTS r;\nCREATE PROCEDURE r() SELEC 1;\n");
	assert_code(run(a, p, MIGRATE_APPLY), ERR_INTERNAL);
	file(a, p, "routines/r.sql",
		"DROP PROCEDURE IF EXISTS r;\nCREATE PROCEDURE r() SELECT 1;\n");
	assert_ok(run(a, p, MIGRATE_APPLY));
	said(p, "applied routines/r.sql");
	said(p, "applied grants.sql");
	said_not(p, "0001");
	leave(p);
}

static void changed_migration_is_refused(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);
	struct err *e;

	two_migrations(a, p);
	assert_ok(run(a, p, MIGRATE_APPLY));
	file(a, p, "migrations/0001_one.sql", "CREATE TABLE other (a INT);\n");
	file(a, p, "migrations/0003_three.sql", "CREATE TABLE three (a INT);\n");
	e = run(a, p, MIGRATE_APPLY);
	assert_code(e, ERR_CONFLICT);
	assert_contains(e->detail, "0001_one.sql was changed");
	assert_ok(run(a, p, MIGRATE_STATUS));
	said(p, "CHANGED");
	said(p, "pending");
	leave(p);
}

static void half_finished_is_named_and_refused(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);
	struct err *e;

	two_migrations(a, p);
	file(a, p, "migrations/0002_two.sql",
		"ALTER TABLE one ADD COLUMN b INT;\nSELECT 1;\nALTER TABLE nowhere ADD COLUMN b INT;\nDO 1;");
	e = run(a, p, MIGRATE_APPLY);
	assert_code(e, ERR_INTERNAL);
	assert_contains(e->cause, "0002_two.sql: statement 3: 1146");
	file(a, p, "migrations/0002_two.sql", "DO 1;");
	e = run(a, p, MIGRATE_APPLY);
	assert_code(e, ERR_CONFLICT);
	assert_contains(e->detail, "0002_two.sql was begun at 2");
	assert_contains(e->detail, "remove the row of version 2");
	assert_ok(run(a, p, MIGRATE_STATUS));
	said(p, "unfinished");
	fixture_sql(arena_printf(a, "DELETE FROM %s.schema_migration WHERE version = 2", p->name));
	assert_ok(run(a, p, MIGRATE_APPLY));
	leave(p);
}

static void names_must_be_numbered(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);

	assert_code(run(a, p, MIGRATE_APPLY), ERR_USAGE);
	file(a, p, "migrations/0001_one.sql", "DO 1;");
	file(a, p, "migrations/0003_three.sql", "DO 1;");
	assert_code(run(a, p, MIGRATE_APPLY), ERR_USAGE);
	leave(p);
}

static void newer_database_is_refused(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);
	struct err *e;

	two_migrations(a, p);
	assert_ok(run(a, p, MIGRATE_APPLY));
	assert_int_equal(
		unlink(fixture_path(a, arena_printf(a, "%s/migrations/0002_two.sql", p->name))), 0);
	e = run(a, p, MIGRATE_APPLY);
	assert_code(e, ERR_CONFLICT);
	assert_contains(e->detail, "0002_two.sql, which is not among the files");
	leave(p);
}

static void two_at_once_both_end_well(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);
	pid_t pids[2];
	int status;

	two_migrations(a, p);
	file(a, p, "migrations/0001_one.sql",
		"CREATE TABLE one (a INT) ENGINE=InnoDB;\nDO SLEEP(1);");
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(run(a, p, MIGRATE_APPLY) ? 1 : strstr(p->said, "waiting") ? 3 : 0);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 1);
	}
	assert_ok(run(a, p, MIGRATE_APPLY));
	said_not(p, "applied");
	leave(p);
}

static struct err *check(struct arena *a, const struct place *p)
{
	struct db *db = db_new(&p->config, DB_SET_NONE);
	struct err *e = migrate_check(db, a);

	db_free(db);
	return e;
}

static void set_version(struct arena *a, const struct place *p, int version, const char *applied)
{
	fixture_sql(arena_printf(a,
		"REPLACE INTO %s.schema_migration VALUES (%d, 'x', REPEAT('x', 32), "
		"NOW(), %s)",
		p->name, version, applied));
}

static void worker_refuses_another_version(void **state)
{
	struct arena *a = *state;
	struct place *p = place(a);
	struct db *app = db_new(&p->config, DB_SET_APP);
	struct err *e;

	e = db_ready(app, a);
	assert_code(e, ERR_UNAVAILABLE);
	assert_contains(e->detail, "run `bincard migrate`");
	db_free(app);
	two_migrations(a, p);
	assert_ok(run(a, p, MIGRATE_APPLY));
	set_version(a, p, migrate_version, "NOW()");
	assert_ok(check(a, p));
	set_version(a, p, migrate_version, "NULL");
	assert_contains(check(a, p)->detail, "did not finish");
	set_version(a, p, migrate_version, "NOW()");
	set_version(a, p, migrate_version + 1, "NOW()");
	e = check(a, p);
	assert_code(e, ERR_UNAVAILABLE);
	assert_contains(e->detail, "newer than this program");
	fixture_sql(arena_printf(a, "DELETE FROM %s.schema_migration WHERE version >= %d", p->name,
		migrate_version));
	e = check(a, p);
	assert_code(e, ERR_UNAVAILABLE);
	assert_contains(e->detail, "run `bincard migrate`");
	leave(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(applied_in_order_and_once),
		UNIT_TEST(changed_routine_is_applied_again_with_the_grants),
		UNIT_TEST(changed_migration_is_refused),
		UNIT_TEST(half_finished_is_named_and_refused),
		UNIT_TEST(names_must_be_numbered),
		UNIT_TEST(newer_database_is_refused),
		UNIT_TEST(two_at_once_both_end_well),
		UNIT_TEST(worker_refuses_another_version),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
