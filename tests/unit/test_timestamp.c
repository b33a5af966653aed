#include "tests/unit/unit.h"

#include <time.h>

#include "base/timestamp.h"

#define US INT64_C(1000000)

static void reads(const char *text, time_us want)
{
	time_us got = -1;

	if (!time_parse(str_of(text), &got))
		fail_msg("\"%s\" was refused", text);
	assert_int_equal(got, want);
}

static void refuses(const char *text)
{
	time_us out = 42;

	if (time_parse(str_of(text), &out))
		fail_msg("\"%s\" was read", text);
	assert_int_equal(out, 42);
}

static void prints(time_us t, const char *want)
{
	char text[TIME_TEXT_MAX];

	assert_int_equal(time_format(text, t), strlen(want));
	assert_string_equal(text, want);
}

static void parse_reads_rfc3339(void **state)
{
	(void)state;
	reads("1970-01-01T00:00:00Z", 0);
	reads("2026-11-23T09:00:00Z", 1795424400 * US);
	reads("2026-11-23t09:00:00z", 1795424400 * US);
	reads("2026-11-23 09:00:00Z", 1795424400 * US);
	reads("2026-11-23T09:00:00.5Z", 1795424400 * US + 500000);
	reads("2026-11-23T09:00:00.000001Z", 1795424400 * US + 1);
	reads("1969-12-31T23:59:59.999999Z", -1);
}

static void parse_folds_offsets_in(void **state)
{
	(void)state;
	reads("2026-11-23T10:00:00+01:00", 1795424400 * US);
	reads("2026-11-23T03:30:00-05:30", 1795424400 * US);
	reads("2026-11-23T09:00:00-00:00", 1795424400 * US);
	reads("2026-11-24T08:59:00+23:59", 1795424400 * US);
	refuses("2026-11-23T10:00:00+24:00");
	refuses("2026-11-23T10:00:00+01:60");
	refuses("2026-11-23T10:00:00+0100");
	refuses("2026-11-23T10:00:00+01");
	refuses("2026-11-23T10:00:00 +01:00");
}

static void parse_knows_the_calendar(void **state)
{
	(void)state;
	reads("2024-02-29T00:00:00Z", 1709164800 * US);
	reads("2000-02-29T00:00:00Z", 951782400 * US);
	refuses("2023-02-29T00:00:00Z");
	refuses("1900-02-29T00:00:00Z");
	refuses("2026-04-31T00:00:00Z");
	refuses("2026-00-10T00:00:00Z");
	refuses("2026-13-10T00:00:00Z");
	refuses("2026-01-00T00:00:00Z");
	refuses("2026-01-01T24:00:00Z");
	refuses("2026-01-01T00:60:00Z");
	refuses("2016-12-31T23:59:60Z");
}

static void parse_refuses_other_shapes(void **state)
{
	static const char *const bad[] = {"", "2026-11-23", "2026-11-23T09:00Z",
		"2026-11-23T09:00:00", "2026-11-23T09:00:00.Z", "2026-11-23T09:00:00.1234567Z",
		"2026-11-23T09:00:00,5Z", "26-11-23T09:00:00Z", "2026-11-23_09:00:00Z",
		"2026-1-23T09:00:00Z", " 2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z ",
		"+2026-11-23T09:00:00Z", "2026-11-23T09:00:00ZZ", "20261123T090000Z"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses(bad[i]);
	refuses(NULL);
}

static void years_are_1000_to_9999(void **state)
{
	time_us first, last;

	(void)state;
	assert_true(time_parse(STR("1000-01-01T00:00:00Z"), &first));
	assert_true(time_parse(STR("9999-12-31T23:59:59.999999Z"), &last));
	prints(first, "1000-01-01T00:00:00Z");
	prints(last, "9999-12-31T23:59:59.999999Z");
	refuses("0999-12-31T23:59:59Z");
	refuses("1000-01-01T00:00:00+00:01");
	refuses("9999-12-31T23:59:59-00:01");
}

static void format_prints_a_fraction_only_when_there_is_one(void **state)
{
	(void)state;
	prints(1795424400 * US, "2026-11-23T09:00:00Z");
	prints(1795424400 * US + 5, "2026-11-23T09:00:00.000005Z");
	prints(-1, "1969-12-31T23:59:59.999999Z");
}

static void http_dates_have_weekday_and_month(void **state)
{
	char text[TIME_TEXT_MAX];
	time_us t;

	(void)state;
	assert_int_equal(time_format_http(text, 1795424400 * US + 999999), 29);
	assert_string_equal(text, "Mon, 23 Nov 2026 09:00:00 GMT");
	time_format_http(text, 784111777 * US);
	assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_true(time_parse(STR("1000-01-01T00:00:00Z"), &t));
	time_format_http(text, t);
	assert_string_equal(text, "Wed, 01 Jan 1000 00:00:00 GMT");
}

/* Every day of the range, and the C library's calendar as the judge. */
static void split_agrees_with_the_c_library(void **state)
{
	struct time_fields f;
	struct tm tm;
	time_us t, last, back;

	(void)state;
	assert_true(time_parse(STR("1000-01-01T12:34:56Z"), &t));
	assert_true(time_parse(STR("9999-12-31T23:59:59Z"), &last));
	for (; t <= last; t += 86400 * US) {
		time_t seconds = t / US;

		time_split(t, &f);
		assert_non_null(gmtime_r(&seconds, &tm));
		if (f.year != tm.tm_year + 1900 || f.month != tm.tm_mon + 1 ||
			f.day != tm.tm_mday || f.hour != 12 || f.minute != 34 || f.second != 56)
			fail_msg("%lld is split wrongly", (long long)t);
		if (!time_join(&f, &back) || back != t)
			fail_msg("%lld is joined wrongly", (long long)t);
	}
}

static void join_refuses_what_is_not_real(void **state)
{
	static const struct time_fields bad[] = {{0, 0, 0, 0, 0, 0, 0}, {2026, 2, 30, 0, 0, 0, 0},
		{2026, 1, 1, 0, 0, 60, 0}, {2026, 1, 1, 0, 0, 0, 1000000},
		{2026, 1, 1, -1, 0, 0, 0}, {10000, 1, 1, 0, 0, 0, 0}, {2026, 1, 1, 0, 0, 0, -1}};
	time_us t = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(time_join(&bad[i], &t));
	assert_int_equal(t, 42);
}

static void clocks_run(void **state)
{
	int64_t before = time_monotonic_us();

	assert_true(time_now() > 1700000000 * US);
	assert_true(time_monotonic_us() >= before);
	assert_str_is(time_str(*state, 0), "1970-01-01T00:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_reads_rfc3339),
		cmocka_unit_test(parse_folds_offsets_in),
		cmocka_unit_test(parse_knows_the_calendar),
		cmocka_unit_test(parse_refuses_other_shapes),
		cmocka_unit_test(years_are_1000_to_9999),
		cmocka_unit_test(format_prints_a_fraction_only_when_there_is_one),
		cmocka_unit_test(http_dates_have_weekday_and_month),
		cmocka_unit_test(split_agrees_with_the_c_library),
		cmocka_unit_test(join_refuses_what_is_not_real),
		UNIT_TEST(clocks_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
