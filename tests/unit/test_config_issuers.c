/* Sections [issuer NAME]: read, or refused with file, line and key; and what a token's claims permit. */
#include "tests/unit/unit.h"

#include "base/json_in.h"
#include "run/config.h"

#define SOME "[issuer acme]\nissuer = https://login.example\naudience = stock\n"

static struct err *load(struct arena *a, const char *text, struct config **out)
{
	char path[] = "test_config_issuers.XXXXXX";
	int fd = mkstemp(path);
	struct err *e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	e = config_load(a, path, out);
	unlink(path);
	return e;
}

static struct config *good(struct arena *a, const char *text)
{
	struct config *c = NULL;
	struct err *e = load(a, text, &c);

	if (e)
		print_error("%.*s\n", STR_ARG(e->detail));
	assert_null(e);
	return c;
}

static void a_section_is_an_issuer(void **state)
{
	const struct config *c = good(*state,
		SOME "algorithms = ES256  EdDSA\nclaim = a.b\n"
		     "map = reader: items:read stock:read, urn:x:clerk: movements:write,\n"
		     "leeway_seconds = 5\nallow_http = true\njwks_uri = http://127.0.0.1:9/k\n"
		     "[issuer b-2.x]\nissuer = https://b.example/r\naudience = b\n");
	const struct foreign_issuer *one = &c->foreign[0], *two = &c->foreign[1];

	assert_int_equal(c->auth.issuer_count, 2);
	assert_ptr_equal(c->auth.issuers, c->foreign);
	assert_string_equal(one->name, "acme");
	assert_string_equal(one->source.issuer, "https://login.example");
	assert_string_equal(one->source.jwks_uri, "http://127.0.0.1:9/k");
	assert_int_equal(one->source.algorithms, 1u << TOKEN_ES256 | 1u << TOKEN_EDDSA);
	assert_int_equal(one->leeway_s, 5);
	assert_int_equal(one->grant_count, 2);
	assert_str_is(one->grants[1].value, "urn:x:clerk");
	assert_int_equal(one->grants[1].permissions, perm_bit(PERM_MOVEMENTS_WRITE));
	assert_string_equal(two->name, "b-2.x");
	assert_string_equal(two->claim, "scope");
	assert_int_equal(two->source.algorithms, (1u << TOKEN_ALGORITHMS) - 1);
	assert_null(two->source.ca_file);
	assert_false(two->source.allow_http);
	assert_ptr_equal(two->source.fetch, &c->fetch);
}

static void each_wrong_section_names_line_and_key(void **state)
{
	struct arena *a = *state;
	static const struct {
		const char *text, *words;
	} table[] = {
		{"[issuer]\nissuer = https://a\n", ":2: [issuer] issuer: there is no such section"},
		{"[issuer A]\nissuer = https://a\n", ":2: [issuer A] issuer: a name is of"},
		{"[issuer a b]\nissuer = https://a\n", "a name is of"},
		{SOME "color = red\n", ":4: [issuer acme] color: there is no such key"},
		{SOME "issuer = https://b\n", ":4: [issuer acme] issuer: given before"},
		{"[issuer a]\naudience = x\n", "[issuer a] issuer: must not be empty"},
		{"[issuer a]\nissuer = https://a\n", "[issuer a] audience: must not be empty"},
		{"[issuer a]\naudience = x\nissuer = http://a.example\n",
			":3: [issuer a] issuer: \"http://a.example\" is no https address"},
		{"[issuer a]\naudience = x\nissuer = http://127.0.0.1\n", "is no https address"},
		{SOME "jwks_uri = file:///etc/passwd\n", ":4: [issuer acme] jwks_uri"},
		{SOME "algorithms = ES256 HS256\n", "\"HS256\" is none of"},
		{SOME "algorithms = none\n", "\"none\" is none of"},
		{SOME "algorithms =\n", "algorithms: must not be empty"},
		{SOME "map = reader\n", ":4: [issuer acme] map: \"reader\" is not"},
		{SOME "map = reader:\n", "\"reader:\" is not"},
		{SOME "map = : items:read\n", "map"},
		{SOME "map = reader: items:fly\n", "\"reader: items:fly\" is not"},
		{SOME "map = items:read\n", "map"},
		{SOME "leeway_seconds = 301\n", "301 is not from 0 to 300"},
		{SOME "allow_http = yes\n", "neither true nor false"},
		{SOME "[issuer b]\nissuer = https://login.example\naudience = x\n",
			":5: [issuer b] issuer: is that of [issuer acme], too"},
		{SOME "[auth]\nissuer = https://login.example\n", "is this service itself"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct config *c = NULL;
		struct err *e = load(a, table[i].text, &c);

		assert_non_null(e);
		assert_int_equal(e->code, ERR_USAGE);
		if (!strstr(str_cstr(a, e->detail), table[i].words))
			fail_msg("%.*s: not %s", STR_ARG(e->detail), table[i].words);
	}
}

static void there_may_be_so_many_and_no_more(void **state)
{
	struct arena *a = *state;
	struct config *c;
	struct err *e;
	struct buf b;

	buf_init(&b, a, 1 << 16);
	for (int i = 0; i < FOREIGN_ISSUERS_MAX; i++)
		buf_printf(&b, "[issuer i%d]\nissuer = https://i%d\naudience = x\n", i, i);
	assert_int_equal(good(a, buf_cstr(&b))->issuer_count, FOREIGN_ISSUERS_MAX);
	buf_add_cstr(&b, "[issuer more]\nissuer = https://more\n");
	e = load(a, buf_cstr(&b), &c);
	assert_non_null(e);
	assert_non_null(strstr(str_cstr(a, e->detail), "there may be 16"));
}

static perm_set permits(struct arena *a, const char *claim, const char *map, const char *claims)
{
	struct foreign_issuer issuer = {.claim = claim};
	struct json_node *node;
	struct str wrong;

	assert_true(foreign_parse_map(str_of(map), &issuer, &wrong));
	assert_null(json_parse(a, str_of(claims), &node));
	return foreign_permissions(a, &issuer, node);
}

static void claims_permit_what_the_map_says(void **state)
{
	struct arena *a = *state;
	const perm_set items = perm_bit(PERM_ITEMS_READ), stock = perm_bit(PERM_STOCK_READ);
	static const char map[] = "r: items:read, s: stock:read, r: stock:read";

	assert_int_equal(
		permits(a, "scope", "", "{\"scope\":\"items:read x stock:read\"}"), items | stock);
	assert_int_equal(permits(a, "scope", "", "{\"scope\":[\"items:read\",1,null]}"), items);
	assert_int_equal(permits(a, "scope", map, "{\"scope\":\"items:read s\"}"), stock);
	assert_int_equal(permits(a, "scope", map, "{\"scope\":\"r\"}"), items | stock);
	assert_int_equal(permits(a, "scope", map, "{\"scope\":\"R rr  \"}"), 0);
	assert_int_equal(permits(a, "a.b", map, "{\"a\":{\"b\":[\"s\"]}}"), stock);
	assert_int_equal(
		permits(a, "https://x.y/roles", map, "{\"https://x.y/roles\":\"s\"}"), stock);
	assert_int_equal(permits(a, "a.b", map, "{\"a\":{\"b\":{\"s\":1}}}"), 0);
	assert_int_equal(permits(a, "a.b", map, "{\"a\":[\"s\"]}"), 0);
	assert_int_equal(permits(a, "a.b", map, "{\"a\":\"s\"}"), 0);
	assert_int_equal(permits(a, "a.b.c", map, "{\"a\":{\"b\":\"s\"}}"), 0);
	assert_int_equal(permits(a, "scope", map, "{}"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_section_is_an_issuer),
		UNIT_TEST(each_wrong_section_names_line_and_key),
		UNIT_TEST(there_may_be_so_many_and_no_more),
		UNIT_TEST(claims_permit_what_the_map_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
