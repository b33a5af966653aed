/* Dispatch and the API's description, over a table of this test's own: what a row says that no row
 * of the program says now. */
#include "tests/unit/unit.h"

#include "base/json_in.h"
#include "web/app.h"
#include "web/route.h"

#define DEPRECATED "@1767225600"
#define SUNSET "Thu, 31 Dec 2026 23:59:59 GMT"

static struct err *answer_true(struct call *c)
{
	call_json_text(c, STR("true"));
	return NULL;
}

/* clang-format off */
const struct route routes[] = {
	{HTTP_GET, "/v1/old", ROUTE_API, AUTH_PUBLIC, PERM_NONE, ROUTE_NO_DB, 200, 0, answer_true, NULL,
	 "On its way out", "Health", DEPRECATED, SUNSET},
	{HTTP_GET, "/v1/new", ROUTE_API, AUTH_PUBLIC, PERM_NONE, ROUTE_NO_DB, 200, 0, answer_true, NULL,
	 "Here to stay", "Health", NULL, NULL},
};
/* clang-format on */
const size_t route_count = sizeof(routes) / sizeof(routes[0]);

static const struct db_config no_database;

static struct app *app; /* as long as the process, as in a worker */

static int make_app(void **state)
{
	static struct app_config config;
	struct arena *boot = arena_new(UNIT_ARENA_BYTES);
	const char *source = getenv("BINCARD_SRCDIR");

	(void)state;
	source = source ? source : ".";
	config.templates_dir = arena_printf(boot, "%s/templates", source);
	config.openapi_dir = arena_printf(boot, "%s/openapi", source);
	return app_new(boot, &config, db_new(&no_database, DB_SET_NONE), &app) ? 1 : 0;
}

/* The status of a GET; what the answer has of Deprecation and Sunset is in *headers. */
static int get(struct arena *a, const char *target, const char **headers)
{
	struct request rq = {.arena = a,
		.method = HTTP_GET,
		.method_name = STR("GET"),
		.target = str_of(target),
		.id = STR("r")};
	struct response rs;

	assert_null(request_parse_target(&rq));
	response_init(&rs, a);
	app_serve(app, &rq, &rs);
	*headers = buf_cstr(&rs.headers);
	return rs.status;
}

static void a_route_on_its_way_out_says_since_when_and_until_when(void **state)
{
	const char *headers;

	assert_int_equal(get(*state, "/v1/old", &headers), 200);
	assert_non_null(strstr(headers, "Deprecation: " DEPRECATED "\r\n"));
	assert_non_null(strstr(headers, "Sunset: " SUNSET "\r\n"));
	assert_int_equal(get(*state, "/v1/old?unknown=1", &headers), 422);
	assert_non_null(strstr(headers, "Deprecation: " DEPRECATED "\r\n"));
	assert_non_null(strstr(headers, "Sunset: " SUNSET "\r\n"));
}

static void others_say_nothing_of_the_kind(void **state)
{
	const char *headers;

	assert_int_equal(get(*state, "/v1/new", &headers), 200);
	assert_null(strstr(headers, "Deprecation"));
	assert_null(strstr(headers, "Sunset"));
}

static const struct json_node *member_at(const struct json_node *node, const char *const *names)
{
	for (; node && *names; names++)
		node = json_member(node, *names);
	return node;
}

#define AT(document, ...) member_at(document, (const char *const[]){"paths", __VA_ARGS__, NULL})

static void the_description_says_so_too(void **state)
{
	const struct json_node *deprecated;
	struct json_node *document;

	assert_null(json_parse(*state, app->openapi, &document));
	deprecated = AT(document, "/v1/old", "get", "deprecated");
	assert_true(deprecated && deprecated->num == 1);
	assert_non_null(
		AT(document, "/v1/old", "get", "responses", "200", "headers", "Deprecation"));
	assert_non_null(AT(document, "/v1/old", "get", "responses", "200", "headers", "Sunset"));
	assert_null(AT(document, "/v1/new", "get", "deprecated"));
	assert_null(AT(document, "/v1/new", "get", "responses", "200", "headers", "Sunset"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_route_on_its_way_out_says_since_when_and_until_when),
		UNIT_TEST(others_say_nothing_of_the_kind),
		UNIT_TEST(the_description_says_so_too),
	};

	return cmocka_run_group_tests(tests, make_app, NULL);
}
