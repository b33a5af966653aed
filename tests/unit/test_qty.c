#include "tests/unit/unit.h"

#include "base/qty.h"

static void reads(const char *text, qty_t want)
{
	char back[QTY_TEXT_MAX];
	qty_t got = -77, again;

	assert_int_equal(qty_parse(str_of(text), &got), QTY_OK);
	assert_int_equal(got, want);
	qty_format(back, got);
	assert_int_equal(qty_parse(str_of(back), &again), QTY_OK);
	assert_int_equal(again, want);
}

static void refuses(const char *text, enum qty_result why)
{
	qty_t out = 42;

	if (qty_parse(str_of(text), &out) != why)
		fail_msg("\"%s\" gave another result", text);
	assert_int_equal(out, 42);
}

static void prints(qty_sum_t q, const char *want)
{
	char text[QTY_TEXT_MAX];

	assert_int_equal(qty_format(text, q), strlen(want));
	assert_string_equal(text, want);
}

static void parse_reads_decimals(void **state)
{
	(void)state;
	reads("0", 0);
	reads("-0", 0);
	reads("12", 12 * QTY_ONE);
	reads("12.5", 12500000);
	reads("-0.000001", -1);
	reads("007", 7 * QTY_ONE);
	reads("1.5000000000", 1500000);
	reads("999999999999.999999", QTY_MAX);
	reads("-999999999999.999999", -QTY_MAX);
	reads("000000000000000000000000000001", QTY_ONE);
}

static void parse_refuses_what_is_no_decimal(void **state)
{
	static const char *const bad[] = {"", "-", "+1", ".5", "5.", ".", "1e3", "1,5", " 1", "1 ",
		"0x1", "--1", "1.2.3", "1.-2", "NaN", "1.0000001x", "9999999999999x", "\xd9\xa1"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses(bad[i], QTY_NOT_A_NUMBER);
	refuses(NULL, QTY_NOT_A_NUMBER);
}

static void parse_refuses_a_seventh_decimal(void **state)
{
	(void)state;
	refuses("0.0000001", QTY_TOO_PRECISE);
	refuses("1.1234567", QTY_TOO_PRECISE);
}

static void parse_refuses_what_sql_cannot_hold(void **state)
{
	(void)state;
	refuses("1000000000000", QTY_TOO_LARGE);
	refuses("-1000000000000", QTY_TOO_LARGE);
	refuses("9223372036854775808", QTY_TOO_LARGE);
	refuses("99999999999999999999999999999999999999", QTY_TOO_LARGE);
}

static void parse_stays_within_its_view(void **state)
{
	struct str text = {"12.57", 4};
	qty_t q;

	(void)state;
	assert_int_equal(qty_parse(text, &q), QTY_OK);
	assert_int_equal(q, 12500000);
}

static void format_leaves_out_trailing_zeros(void **state)
{
	(void)state;
	prints(0, "0");
	prints(40 * QTY_ONE, "40");
	prints(12500000, "12.5");
	prints(-3 * QTY_ONE, "-3");
	prints(1, "0.000001");
	prints(-100, "-0.0001");
	prints(1000001, "1.000001");
	prints(QTY_MAX, "999999999999.999999");
	prints(-QTY_MAX, "-999999999999.999999");
	prints(INT64_MIN, "-9223372036854.775808");
}

static void a_sum_is_read_and_printed_whole(void **state)
{
	static const char *const sums[] = {"9223372036854.775808", "-18446744073709.551616",
		"170141183460469231731687303715884.105727", "-100000000000000000000000000000000"};
	qty_sum_t sum;

	(void)state;
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		assert_int_equal(qty_parse_sum(str_of(sums[i]), &sum), QTY_OK);
		prints(sum, sums[i]);
	}
	assert_int_equal(qty_parse_sum(STR("170141183460469231731687303715884.105728"), &sum),
		QTY_TOO_LARGE);
}

static void add_keeps_to_the_maximum(void **state)
{
	qty_t sum = 5;

	(void)state;
	assert_true(qty_add(QTY_MAX - 1, 1, &sum));
	assert_int_equal(sum, QTY_MAX);
	assert_false(qty_add(QTY_MAX, 1, &sum));
	assert_false(qty_add(-QTY_MAX, -1, &sum));
	assert_false(qty_add(INT64_MAX, INT64_MAX, &sum));
	assert_int_equal(sum, QTY_MAX);
	assert_true(qty_add(QTY_MAX, -QTY_MAX, &sum));
	assert_int_equal(sum, 0);
}

static void str_is_a_view_in_the_arena(void **state)
{
	assert_str_is(qty_str(*state, -1250000), "-1.25");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_reads_decimals),
		cmocka_unit_test(parse_refuses_what_is_no_decimal),
		cmocka_unit_test(a_sum_is_read_and_printed_whole),
		cmocka_unit_test(parse_refuses_a_seventh_decimal),
		cmocka_unit_test(parse_refuses_what_sql_cannot_hold),
		cmocka_unit_test(parse_stays_within_its_view),
		cmocka_unit_test(format_leaves_out_trailing_zeros),
		cmocka_unit_test(add_keeps_to_the_maximum),
		UNIT_TEST(str_is_a_view_in_the_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
