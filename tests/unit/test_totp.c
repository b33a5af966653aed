/* Codes by the time, with the vectors of RFC 4226 and RFC 6238, and the window in which one is taken. */
#include "tests/unit/unit.h"

#include "domain/totp.h"

#define SECRET STR("12345678901234567890")

static const time_us second = 1000000;

/* RFC 4226, appendix D: the counters 0 to 9 */
static void counters_give_the_codes_of_the_rfc(void **state)
{
	static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489"};

	for (int i = 0; i < 10; i++)
		assert_str_is(totp_code(*state, SECRET, i), codes[i]);
}

/* RFC 6238, appendix B, whose eight digits end with our six */
static void times_give_the_codes_of_the_rfc(void **state)
{
	static const struct {
		time_us at;
		const char *code;
	} known[] = {
		{59, "287082"},
		{1111111109, "081804"},
		{1111111111, "050471"},
		{1234567890, "005924"},
		{2000000000, "279037"},
		{20000000000, "353130"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_str_is(
			totp_code(*state, SECRET, totp_step(known[i].at * second)), known[i].code);
}

static int64_t found(struct arena *a, int64_t step, int64_t present, int64_t last)
{
	time_us now = (present * TOTP_STEP_S + 17) * second;

	return totp_find(a, SECRET, totp_code(a, SECRET, step), now, last);
}

static void a_code_is_taken_one_step_early_and_one_late(void **state)
{
	const int64_t present = 40000000;

	for (int64_t off = -3; off <= 3; off++)
		assert_int_equal(found(*state, present + off, present, 0),
			off >= -1 && off <= 1 ? present + off : 0);
}

static void a_step_that_was_used_is_not_found_again(void **state)
{
	const int64_t present = 40000000;

	assert_int_equal(found(*state, present, present, present - 1), present);
	assert_int_equal(found(*state, present, present, present), 0);
	assert_int_equal(found(*state, present - 1, present, present), 0);
	assert_int_equal(found(*state, present + 1, present, present), present + 1);
}

static void what_is_no_code_is_not_found(void **state)
{
	static const char *const wrong[] = {"", "75522", "7552244", "abcdef", "755224 ", "+75522"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(totp_find(*state, SECRET, str_of(wrong[i]), second, -1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(counters_give_the_codes_of_the_rfc),
		UNIT_TEST(times_give_the_codes_of_the_rfc),
		UNIT_TEST(a_code_is_taken_one_step_early_and_one_late),
		UNIT_TEST(a_step_that_was_used_is_not_found_again),
		UNIT_TEST(what_is_no_code_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
