#include "tests/unit/unit.h"

#include "http/router.h"

static struct router *make(struct arena *a)
{
	struct router *r = router_new(a);

	router_add(r, HTTP_GET, "/", 0);
	router_add(r, HTTP_GET, "/v1/items", 1);
	router_add(r, HTTP_POST, "/v1/items", 2);
	router_add(r, HTTP_GET, "/v1/items/{id}", 3);
	router_add(r, HTTP_PATCH, "/v1/items/{id}", 4);
	router_add(r, HTTP_GET, "/v1/items/lookup", 5);
	router_add(r, HTTP_POST, "/v1/items/{id}/archive", 6);
	router_add(r, HTTP_GET, "/docs/{name}", 7);
	router_add(r, HTTP_DELETE, "/v1/items/{id}/barcodes/{code}", 8);
	router_add(r, HTTP_GET, "/docs/new/draft", 9);
	router_add(r, HTTP_GET, "/docs/{name}/text", 10);
	return r;
}

static int row(const struct router *r, enum http_method m, const char *path)
{
	return router_find(r, m, str_of(path)).row;
}

static void finds_rows(void **state)
{
	struct router *r = make(*state);
	struct route_match m;

	assert_int_equal(row(r, HTTP_GET, "/"), 0);
	assert_int_equal(row(r, HTTP_GET, "/v1/items"), 1);
	assert_int_equal(row(r, HTTP_HEAD, "/v1/items"), 1);
	assert_int_equal(row(r, HTTP_POST, "/v1/items"), 2);
	assert_int_equal(row(r, HTTP_GET, "/v1/items/lookup"), 5);
	m = router_find(r, HTTP_PATCH, STR("/v1/items/42"));
	assert_int_equal(m.row, 4);
	assert_int_equal(m.id, 42);
	m = router_find(r, HTTP_DELETE, STR("/v1/items/7/barcodes/A B"));
	assert_int_equal(m.row, 8);
	assert_int_equal(m.id, 7);
	assert_str_is(m.segment, "A B");
	m = router_find(r, HTTP_GET, STR("/docs/new/text"));
	assert_int_equal(m.row, 10);
	assert_str_is(m.segment, "new");
	assert_int_equal(row(r, HTTP_GET, "/docs/new/draft"), 9);
}

static void nothing_there(void **state)
{
	static const char *const paths[] = {"", "x", "//", "/v1", "/v1/items/", "/v1//items",
		"/v1/items/0", "/v1/items/-1", "/v1/items/01", "/v1/items/1/x",
		"/v1/items/99999999999999999999", "/docs/", "/v1/../v1/items",
		"/v1/items/1/archive/"};
	struct router *r = make(*state);

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct route_match m = router_find(r, HTTP_GET, str_of(paths[i]));

		assert_int_equal(m.row, -1);
		assert_int_equal(m.methods, 0);
	}
}

static void other_methods(void **state)
{
	struct router *r = make(*state);
	struct route_match m = router_find(r, HTTP_DELETE, STR("/v1/items"));

	assert_int_equal(m.row, -1);
	assert_str_is(router_allow(*state, m.methods), "GET, HEAD, POST");
	m = router_find(r, HTTP_OTHER, STR("/v1/items/1/archive"));
	assert_str_is(router_allow(*state, m.methods), "POST");
	assert_str_is(router_allow(*state, 0), "");
}

static void add_twice(void)
{
	struct router *r = make(arena_new(UNIT_ARENA_BYTES));

	router_add(r, HTTP_GET, "/v1/items", 11);
}

static void twice_is_an_assert(void **state)
{
	(void)state;
	assert_true(unit_aborts(add_twice));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_rows),
		UNIT_TEST(nothing_there),
		UNIT_TEST(other_methods),
		UNIT_TEST(twice_is_an_assert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
