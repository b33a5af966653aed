/* The real schema: every migration, routine and grant applies to an empty database, and every
 * statement can be prepared, with its signature, by the application's account. */
#include "tests/unit/db_fixture.h"

#include <dirent.h>

static void version_is_that_of_the_newest_file(void **state)
{
	const char *root = getenv("BINCARD_SRCDIR");
	DIR *d = opendir(arena_printf(*state, "%s/sql/migrations", root ? root : "."));
	struct dirent *entry;
	int newest = 0;

	assert_non_null(d);
	while ((entry = readdir(d)))
		if (str_ends(str_of(entry->d_name), ".sql") &&
			strtol(entry->d_name, NULL, 10) > newest)
			newest = (int)strtol(entry->d_name, NULL, 10);
	closedir(d);
	assert_int_equal(newest, migrate_version);
}

static void every_statement_fits_the_schema_and_the_grants(void **state)
{
	struct arena *a = *state;
	const char *root = getenv("BINCARD_SRCDIR");
	struct db_config config = fixture_config("bincard CHARACTER SET utf8mb4");
	struct db *db;
	struct err *e;

	fixture_sql(
		"CREATE USER bincard_owner IDENTIFIED BY 'o'; CREATE USER bincard_app IDENTIFIED BY 'a';"
		"CREATE USER bincard_report IDENTIFIED BY 'r';"
		"GRANT ALL PRIVILEGES ON bincard.* TO bincard_owner WITH GRANT OPTION");
	config.database = "bincard";
	config.user = "bincard_owner";
	config.password = "o";
	db = db_new(&config, DB_SET_NONE);
	assert_ok(migrate_run(
		db, a, arena_printf(a, "%s/sql", root ? root : "."), MIGRATE_APPLY, stdout));
	db_free(db);
	config.user = "bincard_app";
	config.password = "a";
	db = db_new(&config, DB_SET_CHECK);
	assert_ok(db_ready(db, a));
	assert_ok(migrate_check(db, a));
	db_free(db);

	/* and one that does not is found before it is needed */
	fixture_sql("ALTER TABLE bincard.feature_flag DROP COLUMN updated_at");
	db = db_new(&config, DB_SET_CHECK);
	e = db_ready(db, a);
	assert_non_null(e);
	assert_int_equal(e->code, ERR_INTERNAL);
	assert_non_null(strstr(str_cstr(a, e->cause), "FLAG_"));
	db_free(db);
	db = db_new(&config, DB_SET_APP);
	assert_ok(db_ready(db, a));
	db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(version_is_that_of_the_newest_file),
		UNIT_TEST(every_statement_fits_the_schema_and_the_grants),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
