/* After the sign-in nobody is led to another site, and no other site's form signs anybody in. */
#include "tests/unit/unit.h"

#include "web/login_page.h"

static void paths_of_this_site_are_kept(void **state)
{
	static const char *const good[] = {"/", "/items", "/items?q=a%20b&sort=-sku",
		"/items/7#bin-card", "/a//b", "/@evil.example", "/items?next=//evil.example"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_str_is(login_target(str_of(good[i])), good[i]);
}

static void what_could_be_another_site_is_not(void **state)
{
	static const char *const wrong[] = {"", "//evil.example", "///evil.example",
		"/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
		"\t//evil.example", " //evil.example", "https://evil.example/",
		"javascript:alert(1)", "evil.example", "/items\r\nSet-Cookie: a=b", "/items x",
		"/caf\xc3\xa9", "/a\\b", "/login", "/logout", "/login?next=/login",
		"\xe2\x80\xaf/evil", "@evil.example", "./items", "?x", "#x"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_str_is(login_target(str_of(wrong[i])), "/");
	assert_str_is(login_target(STR("/a\0b")), "/");
	assert_str_is(login_target(STR_NONE), "/");
}

static void a_long_path_is_dropped(void **state)
{
	char text[LOGIN_TARGET_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	assert_int_equal(login_target((struct str){text, LOGIN_TARGET_MAX}).n, LOGIN_TARGET_MAX);
	assert_str_is(login_target((struct str){text, LOGIN_TARGET_MAX + 1}), "/");
}

static bool same(struct arena *a, const char *host, const char *origin, const char *site)
{
	struct http_pair site_pair = {STR("sec-fetch-site"), str_of(site), NULL};
	struct http_pair origin_pair = {STR("origin"), str_of(origin), site ? &site_pair : NULL};
	struct request rq = {.arena = a,
		.host = str_of(host),
		.headers = origin ? &origin_pair
			: site    ? &site_pair
				  : NULL};

	return login_same_origin(&rq);
}

static void the_origin_is_this_host(void **state)
{
	struct arena *a = *state;

	assert_true(same(a, "stock.example", NULL, NULL)); /* no browser */
	assert_true(same(a, "stock.example", "https://stock.example", NULL));
	assert_true(same(a, "Stock.example", "https://stock.example", "same-origin"));
	assert_true(same(a, "127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"));
	assert_false(same(a, "127.0.0.1:8080", "http://127.0.0.1:8081", NULL));
	assert_false(same(a, "127.0.0.1:8080", "http://127.0.0.1", NULL));
	assert_false(same(a, "stock.example", "https://evil.example", NULL));
	assert_false(same(a, "stock.example", "https://stock.example.evil.example", NULL));
	assert_false(same(a, "stock.example", "https://evilstock.example", NULL));
	assert_false(same(a, "stock.example", "null", NULL));
	assert_false(same(a, "stock.example", "", NULL));
	assert_false(same(a, "", "https://", NULL));
	assert_false(same(a, "stock.example", "ftp://stock.example", NULL));
	assert_false(same(a, "stock.example", NULL, "cross-site"));
	assert_false(same(a, "stock.example", "https://stock.example", "cross-site"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(paths_of_this_site_are_kept),
		UNIT_TEST(what_could_be_another_site_is_not),
		UNIT_TEST(a_long_path_is_dropped),
		UNIT_TEST(the_origin_is_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
