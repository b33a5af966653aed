#include "tests/unit/unit.h"

#include "base/buf.h"

static void adds_up(void **state)
{
	struct buf b;

	buf_init(&b, *state, 1000);
	assert_str_is(buf_str(&b), "");
	assert_string_equal(buf_cstr(&b), "");
	buf_add_cstr(&b, "ab");
	buf_add_char(&b, 'c');
	buf_add_str(&b, STR_NONE);
	buf_add_int(&b, INT64_MIN);
	buf_add_char(&b, ' ');
	buf_add_int(&b, 0);
	buf_printf(&b, "[%03d]", 7);
	assert_string_equal(buf_cstr(&b), "abc-9223372036854775808 0[007]");
	assert_false(b.overflow);
	buf_clear(&b);
	buf_add_int(&b, INT64_MAX);
	assert_str_is(buf_str(&b), "9223372036854775807");
}

static void grows_up_to_the_maximum_exactly(void **state)
{
	struct buf b;

	buf_init(&b, *state, 70000);
	for (int i = 0; i < 70000; i++)
		buf_add_char(&b, (char)('a' + i % 26));
	assert_false(b.overflow);
	assert_int_equal(strlen(buf_cstr(&b)), 70000);
	for (int i = 0; i < 70000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	buf_add_char(&b, 'x');
	assert_true(b.overflow);
	assert_int_equal(b.n, 70000);
}

static void overflow_adds_nothing_and_stays(void **state)
{
	struct buf b;

	buf_init(&b, *state, 10);
	buf_add_cstr(&b, "12345");
	buf_add_cstr(&b, "678901");
	assert_true(b.overflow);
	buf_add_char(&b, '6');
	buf_printf(&b, "%d", 6);
	assert_string_equal(buf_cstr(&b), "12345");
	assert_null(buf_room(&b, 1));
	buf_clear(&b);
	assert_false(b.overflow);
	buf_printf(&b, "%s", "1234567890");
	assert_false(b.overflow);
	assert_string_equal(buf_cstr(&b), "1234567890");
}

static void two_grow_side_by_side(void **state)
{
	struct buf a, b;

	buf_init(&a, *state, 100000);
	buf_init(&b, *state, 100000);
	for (int i = 0; i < 20000; i++) {
		buf_add_char(&a, 'a');
		buf_add_cstr(&b, "bb");
	}
	assert_int_equal(strspn(buf_cstr(&a), "a"), 20000);
	assert_int_equal(strspn(buf_cstr(&b), "b"), 40000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(adds_up),
		UNIT_TEST(grows_up_to_the_maximum_exactly),
		UNIT_TEST(overflow_adds_nothing_and_stays),
		UNIT_TEST(two_grow_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
