#include "tests/unit/unit.h"

#include "base/csv.h"

#define ROWS_MAX 16

struct got {
	struct arena *arena;
	struct csv_row rows[ROWS_MAX];
	size_t n;
	struct err *err;
	int64_t line;
};

static struct err *keep(void *arg, const struct csv_row *row)
{
	struct got *got = arg;
	struct csv_row *to = &got->rows[got->n++];

	assert_true(got->n <= ROWS_MAX);
	*to = *row;
	to->fields = ARENA_ARRAY(got->arena, row->n, struct str);
	for (size_t i = 0; i < row->n; i++)
		to->fields[i] = str_copy(got->arena, row->fields[i]);
	return NULL;
}

static struct got read_text(void **state, const char *text, size_t n)
{
	struct got got = {.arena = *state};
	FILE *in = tmpfile();

	assert_non_null(in);
	assert_int_equal(fwrite(text, 1, n, in), n);
	rewind(in);
	got.err = csv_read(*state, in, keep, &got, &got.line);
	fclose(in);
	return got;
}

#define READ(state, literal) read_text((state), "" literal, sizeof(literal) - 1)

static void plain_rows(void **state)
{
	struct got got = READ(state, "a,b\n1,\n,2\n");

	assert_null(got.err);
	assert_int_equal(got.n, 3);
	assert_str_is(got.rows[0].fields[1], "b");
	assert_int_equal(got.rows[1].n, 2);
	assert_str_is(got.rows[1].fields[1], "");
	assert_str_is(got.rows[2].fields[1], "2");
}

static void the_last_row_needs_no_newline(void **state)
{
	struct got got = READ(state, "a\nb");

	assert_int_equal(got.n, 2);
	assert_str_is(got.rows[1].fields[0], "b");
}

static void quotes_hold_commas_quotes_and_newlines(void **state)
{
	struct got got = READ(state, "\"a,\"\"b\"\"\",\"x\r\ny\"\nnext,row\n");

	assert_int_equal(got.n, 2);
	assert_str_is(got.rows[0].fields[0], "a,\"b\"");
	assert_str_is(got.rows[0].fields[1], "x\r\ny");
	assert_int_equal(got.rows[1].line, 3);
}

static void a_byte_order_mark_is_no_text(void **state)
{
	struct got got = READ(state, "\xef\xbb\xbf\"a\",b\n");

	assert_str_is(got.rows[0].fields[0], "a");
	got = READ(state, "x\n\xef\xbb\xbfy\n");
	assert_str_is(got.rows[1].fields[0], "\xef\xbb\xbfy");
}

static void assert_lines(const struct got *got)
{
	assert_int_equal(got->n, 3);
	assert_int_equal(got->rows[0].line, 1);
	assert_int_equal(got->rows[1].line, 3);
	assert_int_equal(got->rows[2].line, 4);
}

static void lines_are_counted_for_each_kind_of_newline(void **state)
{
	struct got got = READ(state, "a\n\nb\nc\n");

	assert_lines(&got);
	got = READ(state, "a\r\n\r\nb\r\nc\r\n");
	assert_lines(&got);
	got = READ(state, "a\r\rb\rc\r");
	assert_lines(&got);
}

static void a_quote_that_is_never_closed_is_an_error_with_its_line(void **state)
{
	struct got got = READ(state, "a\n\"b\nc\n");

	assert_non_null(got.err);
	assert_int_equal(got.err->code, ERR_INVALID);
	assert_int_equal(got.line, 2);
}

static void a_quote_inside_of_a_cell_is_text(void **state)
{
	struct got got = READ(state, "3\" nail,5' 4\"\nb,c\n");

	assert_null(got.err);
	assert_int_equal(got.n, 2);
	assert_str_is(got.rows[0].fields[0], "3\" nail");
	assert_str_is(got.rows[0].fields[1], "5' 4\"");
}

static void a_row_has_a_limit(void **state)
{
	size_t n = 3 * CSV_ROW_BYTES_MAX;
	char *text = arena_alloc(*state, n);
	struct got got;

	memset(text, 'x', n);
	memcpy(text, "a\n\"", 3);
	got = read_text(state, text, n);
	assert_non_null(got.err);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.line, 2);
	memset(text, ',', n);
	got = read_text(state, text, n);
	assert_non_null(got.err);
}

static void bytes_that_are_no_text_arrive_as_they_are(void **state)
{
	struct got got = READ(state, "\xff\xfe,a\0b\n");

	assert_str_is(got.rows[0].fields[0], "\xff\xfe");
	assert_int_equal(got.rows[0].fields[1].n, 3);
}

static void what_is_written_reads_as_the_same(void **state)
{
	struct str fields[] = {STR("a,b"), STR("say \"x\""), STR(""), STR("two\nlines"), STR_NONE};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct got got;

	assert_true(csv_put_row(out, fields, 5));
	fclose(out);
	got = read_text(state, text, n);
	free(text);
	assert_int_equal(got.rows[0].n, 5);
	for (size_t i = 0; i < 4; i++)
		assert_true(str_eq(got.rows[0].fields[i], fields[i]));
}

static struct str spreadsheet_row(void **state, struct str cell)
{
	struct str fields[] = {cell, STR_NONE};
	struct buf b;

	buf_init(&b, *state, 1000);
	csv_add_row(&b, fields, 2);
	return buf_str(&b);
}

static void no_cell_of_a_spreadsheet_is_a_formula(void **state)
{
	const char *formulas[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
		"\xef\xbc\x9d"
		"1",
		"\xef\xbc\x8b"
		"1",
		"\xef\xbc\x8d"
		"1",
		"\xef\xbc\xa0"
		"1"};

	for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
		struct str row = spreadsheet_row(state, str_of(formulas[i]));

		assert_str_is(row, arena_printf(*state, "\"'%s\",\"\"\r\n", formulas[i]));
	}
}

static void other_cells_of_a_spreadsheet_stay(void **state)
{
	assert_str_is(spreadsheet_row(state, STR("a=1")), "\"a=1\",\"\"\r\n");
	assert_str_is(spreadsheet_row(state, STR("")), "\"\",\"\"\r\n");
	/* a quote cannot end the cell and begin a formula */
	assert_str_is(spreadsheet_row(state, STR("a\",=1")), "\"a\"\",=1\",\"\"\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(plain_rows),
		UNIT_TEST(the_last_row_needs_no_newline),
		UNIT_TEST(quotes_hold_commas_quotes_and_newlines),
		UNIT_TEST(a_byte_order_mark_is_no_text),
		UNIT_TEST(lines_are_counted_for_each_kind_of_newline),
		UNIT_TEST(a_quote_that_is_never_closed_is_an_error_with_its_line),
		UNIT_TEST(a_quote_inside_of_a_cell_is_text),
		UNIT_TEST(a_row_has_a_limit),
		UNIT_TEST(bytes_that_are_no_text_arrive_as_they_are),
		UNIT_TEST(what_is_written_reads_as_the_same),
		UNIT_TEST(no_cell_of_a_spreadsheet_is_a_formula),
		UNIT_TEST(other_cells_of_a_spreadsheet_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
