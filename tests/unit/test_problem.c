#include "tests/unit/unit.h"

#include "http/problem.h"

static struct response render(struct arena *a, const struct err *e)
{
	struct request rq = {.arena = a, .id = STR("request-1")};
	struct response rs;

	response_init(&rs, a);
	response_header(&rs, "X-Old", "1");
	buf_add_cstr(&rs.body, "old");
	problem_render(&rs, &rq, e);
	assert_str_is(str_of(rs.content_type), "application/problem+json");
	assert_null(strstr(buf_cstr(&rs.headers), "X-Old"));
	return rs;
}

static void all_wrong_fields(void **state)
{
	struct err *e = NULL;
	struct err_field *f = err_add_field(&e, *state, STR("/lines/0/quantity"),
		"insufficient_stock", "Only %d are there.", 3);
	struct response rs;

	f->extra_name = STR("available");
	f->extra_value = STR("3");
	(void)err_add_field(&e, *state, STR(""), "wrong_type", "No.");
	rs = render(*state, e);
	assert_int_equal(rs.status, 422);
	assert_string_equal(buf_cstr(&rs.body) + strcspn(buf_cstr(&rs.body), "["),
		"[{\"pointer\":\"/lines/0/quantity\",\"code\":\"insufficient_stock\",\"available\":\"3\","
		"\"detail\":\"Only 3 are there.\"},{\"pointer\":\"\",\"code\":\"wrong_type\","
		"\"detail\":\"No.\"}]}");
}

static void members(void **state)
{
	struct response rs = render(*state, err_new(*state, ERR_NOT_FOUND, "No item %d.", 7));

	assert_str_is(buf_str(&rs.body),
		"{\"type\":\"/problems/not-found\",\"title\":\"Not found\",\"status\":404,"
		"\"detail\":\"No item 7.\",\"instance\":\"request-1\"}");
}

static void server_errors_show_nothing(void **state)
{
	struct err *e = err_because(err_new(*state, ERR_INTERNAL, "Inner detail."), "secret cause");
	struct response rs = render(*state, e);

	assert_int_equal(rs.status, 500);
	assert_null(strstr(buf_cstr(&rs.body), "Inner"));
	assert_null(strstr(buf_cstr(&rs.body), "secret"));
}

static void headers(void **state)
{
	struct err *e = err_new(*state, ERR_RATE, "Slow down.");
	struct response rs;

	e->retry_after_s = 30;
	rs = render(*state, e);
	assert_non_null(strstr(buf_cstr(&rs.headers), "Retry-After: 30\r\n"));
	rs = render(*state, err_new(*state, ERR_UNAVAILABLE, "x"));
	assert_non_null(strstr(buf_cstr(&rs.headers), "Retry-After: "));
	rs = render(*state, err_new(*state, ERR_UNAUTHENTICATED, "x"));
	assert_non_null(
		strstr(buf_cstr(&rs.headers), "WWW-Authenticate: Bearer realm=\"bincard\"\r\n"));
	rs = render(*state, err_new(*state, ERR_INVALID_TOKEN, "x"));
	assert_non_null(strstr(buf_cstr(&rs.headers), "error=\"invalid_token\"\r\n"));
	rs = render(*state, err_new(*state, ERR_INVALID_CLIENT, "x"));
	assert_non_null(strstr(buf_cstr(&rs.headers), "WWW-Authenticate: Basic "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(all_wrong_fields),
		UNIT_TEST(members),
		UNIT_TEST(server_errors_show_nothing),
		UNIT_TEST(headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
