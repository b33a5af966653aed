/* Values, results, errors and transactions, against a real server and tables of the test's own. */
#include "tests/unit/db_fixture.h"

static void add(struct db *db, struct arena *a, int64_t num, qty_t qty, time_us at, struct str txt,
	struct str bin)
{
	int64_t affected, id;

	assert_ok(db_exec(db, a, T_VALUE_ADD,
		DB_ARGS(db_int(num), db_qty(qty), db_time(at), db_text(txt), db_bytes(bin)),
		&affected, &id));
	assert_int_equal(affected, 1);
	assert_true(id > 0);
}

static void every_type_comes_back_as_it_went(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	const struct db_value *row;
	time_us at = 0, last = 0;

	assert_true(time_parse(STR("2026-11-23T09:00:00.000001Z"), &at));
	assert_true(time_parse(STR("9999-12-31T23:59:59.999999Z"), &last));
	add(db, a, INT64_MIN, -QTY_MAX, at, STR("a\xf0\x9f\x93\xa6\xc3\xa9\n\t'\"\\%_"),
		STR("\0\xff\x01"));
	add(db, a, INT64_MAX, QTY_MAX, last, STR(""), STR(""));
	add(db, a, 0, 1, 0, STR(" spaces "), STR(" "));
	assert_ok(db_query(db, a, T_VALUES, DB_NO_ARGS, &rows));
	assert_int_equal(rows.n, 3);
	assert_int_equal(rows.columns, 6);
	row = db_row(&rows, 0);
	assert_true(row[1].type == DB_INT && row[1].num == INT64_MIN);
	assert_true(row[2].type == DB_QTY && row[2].qty == -QTY_MAX);
	assert_true(row[3].type == DB_TIME && row[3].num == at);
	assert_true(row[4].type == DB_TEXT);
	assert_str_is(row[4].text, "a\xf0\x9f\x93\xa6\xc3\xa9\n\t'\"\\%_");
	assert_true(row[5].type == DB_BYTES && row[5].text.n == 3);
	assert_memory_equal(row[5].text.p, "\0\xff\x01", 3);
	row = db_row(&rows, 1);
	assert_true(row[1].num == INT64_MAX && row[2].num == QTY_MAX && row[3].num == last);
	assert_true(!row[4].null && row[4].text.p && row[4].text.n == 0);
	row = db_row(&rows, 2);
	assert_true(row[2].num == 1 && row[3].num == 0);
	assert_str_is(row[4].text, " spaces ");
	db_free(db);
}

static void null_is_null(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;

	assert_ok(db_exec(db, a, T_VALUE_ADD,
		DB_ARGS(db_int_or_null(0), db_null(DB_QTY), db_null(DB_TIME), db_text(STR_NONE),
			db_bytes(STR_NONE)),
		NULL, NULL));
	assert_ok(db_query(db, a, T_VALUES, DB_NO_ARGS, &rows));
	assert_int_equal(rows.n, 1);
	for (int i = 1; i < 6; i++)
		assert_true(db_row(&rows, 0)[i].null);
	assert_ok(db_query(db, a, T_VALUE_SUM, DB_NO_ARGS, &rows));
	assert_true(db_row(&rows, 0)->null);
	db_free(db);
}

static void kinds_of_columns(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	const struct db_value *row;

	assert_ok(db_query(db, a, T_KINDS, DB_NO_ARGS, &rows));
	row = db_row(&rows, 0);
	assert_true(row[0].num == -7 && row[1].num == 1 && row[2].num == 2026);
	assert_true(row[3].num == 12340000 && row[4].num == 12 * QTY_ONE);
	assert_str_is(time_str(a, row[5].num), "2026-11-23T00:00:00Z");
	assert_str_is(time_str(a, row[6].num), "2026-11-23T09:00:00.000001Z");
	assert_str_is(row[7].text, "b");
	assert_str_is(row[8].text, "{\"a\": 1}");
	assert_str_is(row[9].text, "ab");
	assert_ok(db_query(db, a, T_ECHO,
		DB_ARGS(db_int(-1), db_qty(-1), db_time(1), db_text(STR("\xc3\xa9")),
			db_bytes(STR("\xff"))),
		&rows));
	row = db_row(&rows, 0);
	assert_true(row[0].num == -1 && row[1].num == -1 && row[2].num == 1);
	assert_str_is(row[3].text, "\xc3\xa9");
	assert_str_is(row[4].text, "\xff");
	db_free(db);
}

static void long_text_is_never_cut(void **state)
{
	static const size_t sizes[] = {1, 255, 256, 257, 65535, 65536, (3 << 20) + 7};
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	char *text = arena_alloc(a, 4 << 20);

	for (size_t i = 0; i < (4 << 20); i++)
		text[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		add(db, a, 1, 1, 1, (struct str){text, sizes[i]}, (struct str){text + 1, sizes[i]});
	assert_ok(db_query(db, a, T_VALUES, DB_NO_ARGS, &rows));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct db_value *row = db_row(&rows, i);

		assert_true(str_eq(row[4].text, (struct str){text, sizes[i]}));
		assert_true(str_eq(row[5].text, (struct str){text + 1, sizes[i]}));
	}
	db_free(db);
}

static void what_does_not_fit_is_an_error(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;

	for (int i = 0; i < 10; i++)
		add(db, a, 1, QTY_MAX, 1, STR(""), STR(""));
	assert_ok(db_query(db, a, T_VALUE_SUM, DB_NO_ARGS, &rows)); /* a sum may pass a qty_t */
	assert_str_is(qty_str(a, db_row(&rows, 0)[0].qty), "9999999999999.99999");
	assert_code(db_query(db, a, T_UNSIGNED, DB_NO_ARGS, &rows), ERR_INTERNAL);
	assert_int_equal(fixture_amount(db, a, 1), 10); /* the connection is none the worse */
	db_free(db);
}

static void large_result_is_whole(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;

	assert_ok(db_query(db, a, T_NUMBERS, DB_ARGS(db_int(50000)), &rows));
	assert_int_equal(rows.n, 50000);
	for (size_t i = 0; i < rows.n; i++)
		assert_int_equal(db_row(&rows, i)->num, i + 1);
	assert_str_is(db_row(&rows, 49999)[1].text, "row 50000");
	assert_ok(db_query(db, a, T_NUMBERS, DB_ARGS(db_int(0)), &rows));
	assert_true(rows.n == 0 && rows.columns == 2);
	db_free(db);
}

struct walk {
	struct arena *a;
	int64_t seen, stop_at;
};

static struct err *see(void *arg, const struct db_value *row)
{
	struct walk *w = arg;

	assert_int_equal(row[0].num, ++w->seen);
	return w->seen == w->stop_at ? err_new(w->a, ERR_CONFLICT, "enough") : NULL;
}

static void walk_sees_every_row_or_ends_early(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct walk all = {a, 0, 0}, some = {a, 0, 17}, broken = {a, 0, 0};

	assert_ok(db_each(db, a, T_NUMBERS, DB_ARGS(db_int(50000)), see, &all));
	assert_int_equal(all.seen, 50000);
	assert_code(db_each(db, a, T_NUMBERS, DB_ARGS(db_int(50000)), see, &some), ERR_CONFLICT);
	assert_int_equal(some.seen, 17);
	assert_code(db_each(db, a, T_NUMBERS_THEN_ERROR, DB_NO_ARGS, see, &broken), ERR_INTERNAL);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fixture_amount(db, a, 1), 10);
	assert_ok(db_each(db, a, T_NUMBERS, DB_ARGS(db_int(3)), see, &(struct walk){a, 0, 0}));
	db_free(db);
}

static void late_error_leaves_the_statement_usable(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	struct err *e;

	for (int i = 0; i < 3; i++) {
		e = db_query(db, a, T_NUMBERS_THEN_ERROR, DB_NO_ARGS, &rows);
		assert_code(e, ERR_INTERNAL);
		assert_contains(e->cause, "T_NUMBERS_THEN_ERROR: 1242");
	}
	assert_int_equal(fixture_amount(db, a, 1), 10);
	db_free(db);
}

static void errors_by_meaning(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct err *e;

	for (int i = 0; i < 2; i++) {
		e = db_exec(db, a, T_LEVEL_ADD, DB_ARGS(db_int(1), db_int(1)), NULL, NULL);
		assert_code(e, ERR_DB_DUPLICATE_KEY);
		assert_contains(e->cause, "T_LEVEL_ADD: 1062");
		assert_null(memmem(e->detail.p, e->detail.n, "1062", 4));
		assert_code(db_exec(db, a, T_LEVEL_SET, DB_ARGS(db_int(-1), db_int(2)), NULL, NULL),
			ERR_DB_CHECK);
		assert_code(db_exec(db, a, T_CHILD_ADD, DB_ARGS(db_int(99)), NULL, NULL),
			ERR_DB_REFERENCED);
		assert_code(db_exec(db, a, T_LEVEL_DELETE, DB_ARGS(db_int(1)), NULL, NULL),
			ERR_DB_REFERENCED);
	}
	assert_int_equal(fixture_amount(db, a, 2), 10);
	db_free(db);
}

static void session_is_set(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	const struct db_value *row;

	assert_ok(db_query(db, a, T_SESSION, DB_NO_ARGS, &rows));
	row = db_row(&rows, 0);
	assert_str_is(row[0].text, "READ-COMMITTED");
	assert_str_is(row[1].text, "+00:00");
	assert_contains(row[2].text, "STRICT_ALL_TABLES");
	assert_contains(row[2].text, "ONLY_FULL_GROUP_BY");
	assert_str_is(row[3].text, "utf8mb4_bin");
	assert_str_is(row[4].text, "utf8mb4");
	assert_true(row[5].num == 1 && row[6].num == 1 && row[7].num == 1);
	db_free(db);
}

static void wrong_signatures_are_named(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);
	struct db_rows rows;
	struct err *e;

	e = db_query(db, a, T_WRONG_TYPE, DB_ARGS(db_int(1)), &rows);
	assert_code(e, ERR_INTERNAL);
	assert_contains(e->cause, "T_WRONG_TYPE: column 2 (txt) is 'i' in its signature");
	assert_contains(e->cause, "text (s)");
	e = db_query(db, a, T_WRONG_PLACES, DB_NO_ARGS, &rows);
	assert_contains(e->cause, "decimal with 10 places");
	e = db_query(db, a, T_WRONG_COUNT, DB_NO_ARGS, &rows);
	assert_contains(e->cause, "has 2 columns, the server's answer 1");
	e = db_query(db, a, T_WRONG_PARAMS, DB_ARGS(db_int(1), db_int(1)), &rows);
	assert_contains(e->cause, "has 2 parameters, its text 1");
	e = db_query(db, a, T_NO_TABLE, DB_NO_ARGS, &rows);
	assert_contains(e->cause, "T_NO_TABLE: 1146");
	assert_int_equal(fixture_amount(db, a, 1), 10);
	db_free(db);
}

static void figures_count_round_trips(void **state)
{
	struct arena *a = *state;
	struct db *db = fixture_open(a);

	db_stats_reset(db);
	fixture_amount(db, a, 1);
	assert_int_equal(db_stats(db).statements, 1);
	assert_true(db_stats(db).micros > 0);
	assert_ok(db_begin(db, a));
	assert_ok(db_commit(db, a));
	assert_int_equal(db_stats(db).statements, 1);
	assert_ok(db_begin(db, a));
	fixture_amount(db, a, 1);
	assert_ok(db_commit(db, a));
	assert_int_equal(db_stats(db).statements, 4);
	db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_type_comes_back_as_it_went),
		UNIT_TEST(null_is_null),
		UNIT_TEST(kinds_of_columns),
		UNIT_TEST(long_text_is_never_cut),
		UNIT_TEST(what_does_not_fit_is_an_error),
		UNIT_TEST(large_result_is_whole),
		UNIT_TEST(walk_sees_every_row_or_ends_early),
		UNIT_TEST(late_error_leaves_the_statement_usable),
		UNIT_TEST(errors_by_meaning),
		UNIT_TEST(session_is_set),
		UNIT_TEST(wrong_signatures_are_named),
		UNIT_TEST(figures_count_round_trips),
	};

	return cmocka_run_group_tests(tests, fixture_start_tables, fixture_stop);
}
