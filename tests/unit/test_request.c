#include "tests/unit/unit.h"

#include "http/fcgi_wire.h"
#include "http/request.h"
#include "http/response.h"

static struct err *parse(struct arena *a, const char *target, struct request *rq)
{
	*rq = (struct request){.arena = a, .target = str_of(target)};
	return request_parse_target(rq);
}

static void targets(void **state)
{
	struct request rq;

	assert_null(parse(*state, "/a%20b/c?x=1+2&y=%26&x=3&&z", &rq));
	assert_str_is(rq.path, "/a b/c");
	assert_str_is(request_query(&rq, "x"), "1 2");
	assert_str_is(request_query(&rq, "y"), "&");
	assert_str_is(request_query(&rq, "z"), "");
	assert_null(request_query(&rq, "none").p);
	assert_null(parse(*state, "/a+b", &rq));
	assert_str_is(rq.path, "/a+b");
	assert_null(parse(*state, "/%2525", &rq));
	assert_str_is(rq.path, "/%25");
	assert_null(parse(*state, "//x/../y?", &rq));
	assert_str_is(rq.path, "//x/../y");
	assert_null(parse(*state, "http://host/p?q=1", &rq));
	assert_str_is(rq.path, "/p");
	assert_null(parse(*state, "http://host", &rq));
	assert_str_is(rq.path, "/");
}

static void bad_targets(void **state)
{
	static const char *const bad[] = {"", "*", "a", "/%", "/%4", "/%zz", "/%00", "/%ff",
		"/a%2Fb", "/a%2fb", "/?a=%0", "/?%ff=1", "/?a=%00", "/\x01", "/\xc3", "/?%C0%AF"};
	struct request rq;
	char *longest = arena_alloc(*state, HTTP_PATH_MAX + 2);

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = parse(*state, bad[i], &rq);

		if (!e)
			print_error("accepted: %s\n", bad[i]);
		assert_non_null(e);
		assert_int_equal(e->code, ERR_BAD_REQUEST);
		assert_int_equal(rq.path.p[0], '/');
	}
	memset(longest, '/', HTTP_PATH_MAX + 1);
	assert_non_null(parse(*state, longest, &rq));
	longest[HTTP_PATH_MAX] = '\0';
	assert_null(parse(*state, longest, &rq));
}

static void pairs_have_a_maximum(void **state)
{
	char *text = arena_alloc(*state, HTTP_PAIRS_MAX * 2 + 3);
	struct http_pair *pairs;

	for (size_t i = 0; i <= HTTP_PAIRS_MAX; i++)
		memcpy(text + 2 * i, "a&", 2);
	assert_non_null(http_parse_pairs(*state, str_of(text), &pairs));
	assert_null(pairs);
	assert_null(http_parse_pairs(*state, (struct str){text, HTTP_PAIRS_MAX * 2}, &pairs));
	assert_null(http_parse_pairs(*state, STR_NONE, &pairs));
}

static void cookies(void **state)
{
	(void)state;
	assert_str_is(http_cookie(STR("a=1; b=2;c=\"3\""), "b"), "2");
	assert_str_is(http_cookie(STR("a=1; b=2;c=\"3\""), "c"), "3");
	assert_str_is(http_cookie(STR("a=1; a=2"), "a"), "1");
	assert_null(http_cookie(STR("aa=1; a"), "a").p);
	assert_null(http_cookie(STR("A=1"), "a").p);
	assert_null(http_cookie(STR("a=x y"), "a").p);
	assert_null(http_cookie(STR_NONE, "a").p);
}

static void credentials(void **state)
{
	struct str user, password;

	assert_str_is(http_bearer(STR("Bearer abc.d-_~+/==")), "abc.d-_~+/==");
	assert_str_is(http_bearer(STR("bEARER  x")), "x");
	assert_null(http_bearer(STR("Bearer ")).p);
	assert_null(http_bearer(STR("Bearer a b")).p);
	assert_null(http_bearer(STR("Bearer =a")).p);
	assert_null(http_bearer(STR("Basic abc")).p);
	assert_null(http_bearer(STR_NONE).p);
	assert_true(http_basic(*state, STR("Basic YSUyMGI6YzpkKzE="), &user, &password));
	assert_str_is(user, "a b");
	assert_str_is(password, "c:d 1");
	assert_false(http_basic(*state, STR("Basic YWI="), &user, &password));
	assert_false(http_basic(*state, STR("Basic !"), &user, &password));
	assert_false(http_basic(*state, STR_NONE, &user, &password));
}

static void params(void **state)
{
	char method[] = "REQUEST_METHOD=POST", uri[] = "REQUEST_URI=/x?y=1";
	char type[] = "CONTENT_TYPE=Application/JSON ; charset=utf-8",
	     length[] = "CONTENT_LENGTH=12";
	char match[] = "HTTP_IF_MATCH=\"a=b\"", host[] = "HTTP_HOST=h", https[] = "HTTPS=on";
	char id[] = "HTTP_X_REQUEST_ID=abcd.1234", odd[] = "NO_EQUALS_SIGN";
	char *envp[] = {method, uri, type, length, match, host, https, id, odd, NULL};
	struct request rq = {.arena = *state};

	assert_int_equal(fcgi_params_read(&rq, envp), 12);
	assert_null(rq.broken);
	assert_int_equal(rq.method, HTTP_POST);
	assert_str_is(rq.path, "/x");
	assert_str_is(rq.content_type, "application/json");
	assert_str_is(request_header(&rq, "if-match"), "\"a=b\"");
	assert_str_is(rq.host, "h");
	assert_true(rq.https);
	assert_str_is(rq.id, "abcd.1234");
}

static void params_that_are_wrong(void **state)
{
	char method[] = "REQUEST_METHOD=get", uri[] = "REQUEST_URI=/",
	     length[] = "CONTENT_LENGTH=1x";
	char *envp[] = {method, uri, length, NULL}, *none[] = {NULL};
	struct request rq = {.arena = *state};

	assert_int_equal(fcgi_params_read(&rq, envp), FCGI_LENGTH_UNKNOWN);
	assert_int_equal(rq.method, HTTP_OTHER);
	assert_non_null(rq.broken);
	assert_int_equal(rq.id.n, 32);
	rq = (struct request){.arena = *state};
	assert_int_equal(fcgi_params_read(&rq, none), FCGI_LENGTH_UNKNOWN);
	assert_non_null(rq.broken);
	assert_str_is(rq.path, "/");
}

static void new_ids(void **state)
{
	request_id_seed();
	assert_false(
		str_eq(request_id_choose(*state, STR_NONE), request_id_choose(*state, STR_NONE)));
	assert_int_equal(request_id_choose(*state, STR("short")).n, 32);
	assert_int_equal(request_id_choose(*state, STR("with space here")).n, 32);
	assert_str_is(request_id_choose(*state, STR("A-z_0.12")), "A-z_0.12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(targets),
		UNIT_TEST(bad_targets),
		UNIT_TEST(pairs_have_a_maximum),
		UNIT_TEST(cookies),
		UNIT_TEST(credentials),
		UNIT_TEST(params),
		UNIT_TEST(params_that_are_wrong),
		UNIT_TEST(new_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
