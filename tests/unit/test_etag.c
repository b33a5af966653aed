#include "tests/unit/unit.h"

#include "http/request.h"

static void strong(void **state)
{
	(void)state;
	assert_true(http_etag_matches(STR("\"1\""), STR("\"1\""), false));
	assert_true(http_etag_matches(STR("\"0\", \"1\""), STR("\"1\""), false));
	assert_true(http_etag_matches(STR(" ,\"0\",,\"1\""), STR("\"1\""), false));
	assert_true(http_etag_matches(STR("\"a,b\",\"1\""), STR("\"1\""), false));
	assert_true(http_etag_matches(STR(" * "), STR("\"1\""), false));
	assert_false(http_etag_matches(STR("W/\"1\""), STR("\"1\""), false));
	assert_false(http_etag_matches(STR("W/\"1\""), STR("W/\"1\""), false));
	assert_false(http_etag_matches(STR("\"11\""), STR("\"1\""), false));
}

static void weak(void **state)
{
	(void)state;
	assert_true(http_etag_matches(STR("W/\"1\""), STR("\"1\""), true));
	assert_true(http_etag_matches(STR("\"1\""), STR("W/\"1\""), true));
	assert_false(http_etag_matches(STR("w/\"1\""), STR("\"1\""), true));
}

static void nonsense_matches_nothing(void **state)
{
	(void)state;
	assert_false(http_etag_matches(STR_NONE, STR("\"1\""), true));
	assert_false(http_etag_matches(STR(""), STR("\"1\""), true));
	assert_false(http_etag_matches(STR("1"), STR("\"1\""), true));
	assert_false(http_etag_matches(STR("\"1"), STR("\"1\""), true));
	assert_false(http_etag_matches(STR("W/"), STR("\"1\""), true));
	assert_false(http_etag_matches(STR("\"0\" x \"1\""), STR("\"1\""), true));
}

static void version_of_a_tag(void **state)
{
	int64_t version = -1;

	(void)state;
	assert_true(http_etag_version(STR("\"7\""), &version));
	assert_int_equal(version, 7);
	assert_true(http_etag_version(STR(" \"12-1f2e3d4c5b6a7988-gzip\" "), &version));
	assert_int_equal(version, 12);
	assert_true(http_etag_version(STR("*"), &version));
	assert_int_equal(version, 0);
	assert_false(http_etag_version(STR_NONE, &version));
	assert_false(http_etag_version(STR(""), &version));
	assert_false(http_etag_version(STR("7"), &version));
	assert_false(http_etag_version(STR("W/\"7\""), &version));
	assert_false(http_etag_version(STR("\"7\", \"8\""), &version));
	assert_false(http_etag_version(STR("\"0\""), &version));
	assert_false(http_etag_version(STR("\"-7\""), &version));
	assert_false(http_etag_version(STR("\"7x\""), &version));
	assert_false(http_etag_version(STR("\"99999999999999999999\""), &version));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(strong),
		UNIT_TEST(weak),
		UNIT_TEST(nonsense_matches_nothing),
		UNIT_TEST(version_of_a_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
