#include "tests/unit/db_fixture.h"

struct db_config fixture_tables;

int fixture_start_tables(void **state)
{
	struct arena *a = arena_new(UNIT_ARENA_BYTES);
	FILE *quiet = fopen("/dev/null", "w");
	struct db *owner;

	fixture_start(state);
	assert_non_null(quiet);
	fixture_write(
		"sql/migrations/0001_tables.sql", fixture_read(a, "tests/unit/db/tables.sql"));
	for (int i = 2; i <= migrate_version; i++)
		fixture_write(arena_printf(a, "sql/migrations/%04d_none.sql", i), "DO 1;\n");
	fixture_tables = fixture_config("t");
	owner = db_new(&fixture_tables, DB_SET_NONE);
	assert_ok(migrate_run(owner, a, fixture_path(a, "sql"), MIGRATE_APPLY, quiet));
	db_free(owner);
	fclose(quiet);
	arena_free(a);
	return 0;
}

struct db *fixture_open(struct arena *a)
{
	struct db *db = db_new(&fixture_tables, DB_SET_APP);

	assert_ok(db_ready(db, a));
	assert_ok(db_exec(db, a, T_VALUE_CLEAR, DB_NO_ARGS, NULL, NULL));
	assert_ok(db_exec(db, a, T_LEVEL_SET, DB_ARGS(db_int(10), db_int(2)), NULL, NULL));
	return db;
}

int64_t fixture_amount(struct db *db, struct arena *a, int id)
{
	struct db_rows rows;

	assert_ok(db_query(db, a, T_LEVEL, DB_ARGS(db_int(id)), &rows));
	assert_int_equal(rows.n, 1);
	return db_row(&rows, 0)->num;
}

int64_t fixture_connection(struct db *db, struct arena *a)
{
	struct db_rows rows;

	assert_ok(db_query(db, a, T_CONNECTION, DB_NO_ARGS, &rows));
	return db_row(&rows, 0)->num;
}
