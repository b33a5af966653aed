#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/json_in.h"

static struct json_node *parsed(struct arena *a, struct str text)
{
	struct json_node *node = NULL;
	struct err *e = json_parse(a, text, &node);

	if (e)
		fail_msg("%.*s: %.*s", STR_ARG(text), STR_ARG(e->detail));
	return node;
}

static void refuses(struct arena *a, struct str text, enum err_code code, const char *detail_end)
{
	struct json_node *node = NULL;
	struct err *e = json_parse(a, text, &node);

	if (!e)
		fail_msg("%.*s was read", STR_ARG(text));
	assert_int_equal(e->code, code);
	assert_null(node);
	if (!str_ends(e->detail, detail_end))
		fail_msg("%.*s", STR_ARG(e->detail));
}

static void every_type(void **state)
{
	const struct json_node *n = parsed(*state,
		STR(" {\"z\": null, \"b\": true, \"f\": false, \"i\": -7, \"r\": 1.5, "
		    "\"t\": \"\\u00e4\\n\", \"a\": [1, [], {}], \"\": \"\"} "));
	const struct json_node *a = json_member(n, "a");

	assert_int_equal(n->type, JSON_OBJECT);
	assert_int_equal(n->count, 8);
	assert_int_equal(json_member(n, "z")->type, JSON_NULL);
	assert_int_equal(json_member(n, "b")->type, JSON_BOOL);
	assert_int_equal(json_member(n, "b")->num, 1);
	assert_int_equal(json_member(n, "f")->num, 0);
	assert_int_equal(json_member(n, "i")->type, JSON_INT);
	assert_int_equal(json_member(n, "i")->num, -7);
	assert_int_equal(json_member(n, "r")->type, JSON_REAL);
	assert_str_is(json_member(n, "t")->text, "\xc3\xa4\n");
	assert_int_equal(json_member(n, "")->type, JSON_TEXT);
	assert_str_is(json_member(n, "")->text, "");
	assert_int_equal(a->type, JSON_ARRAY);
	assert_int_equal(a->count, 3);
	assert_int_equal(a->child->next->next->type, JSON_OBJECT);
	assert_null(a->child->next->next->next);
	assert_null(json_member(n, "missing"));
	assert_null(json_member(a, "a"));
}

static void members_keep_their_order(void **state)
{
	const struct json_node *n = parsed(*state,
		STR("{\"q\":1,\"a\":2,\"z\":3,\"m\":4,\"b\":5,\"y\":6,\"c\":7,\"x\":8,"
		    "\"d\":9,\"w\":10}"));
	int64_t want = 1;

	for (n = n->child; n; n = n->next)
		assert_int_equal(n->num, want++);
	assert_int_equal(want, 11);
}

static void single_values(void **state)
{
	assert_int_equal(parsed(*state, STR("9223372036854775807"))->num, INT64_MAX);
	assert_int_equal(parsed(*state, STR("-9223372036854775808"))->num, INT64_MIN);
	assert_str_is(parsed(*state, STR("\"a\""))->text, "a");
	assert_int_equal(parsed(*state, STR(" null "))->type, JSON_NULL);
}

static void nodes_do_not_refer_to_the_text(void **state)
{
	char text[] = "{\"name\":\"value\"}";
	const struct json_node *n = parsed(*state, str_of(text));

	memset(text, 'x', sizeof(text));
	assert_str_is(n->child->name, "name");
	assert_str_is(n->child->text, "value");
}

static void reasons(void **state)
{
	refuses(*state, STR("{\"a\":1,\"a\":2}"), ERR_BAD_REQUEST,
		"a name stands twice in one object.");
	refuses(*state, STR("[\"\\u0000\"]"), ERR_BAD_REQUEST, "text may not hold U+0000.");
	refuses(*state, STR("{\"\\u0000\":1}"), ERR_BAD_REQUEST, "text may not hold U+0000.");
	refuses(*state, STR("[\"\xff\"]"), ERR_BAD_REQUEST, "not valid UTF-8.");
	refuses(*state, STR("[\"\xed\xa0\x80\"]"), ERR_BAD_REQUEST, "not valid UTF-8.");
	refuses(*state, STR("[\"\xc0\xaf\"]"), ERR_BAD_REQUEST, "not valid UTF-8.");
	refuses(*state, STR("[1] x"), ERR_BAD_REQUEST, "something follows the value.");
	refuses(*state, STR("[9223372036854775808]"), ERR_BAD_REQUEST, "the number is too large.");
	refuses(*state, STR("[-9223372036854775809]"), ERR_BAD_REQUEST, "the number is too large.");
	refuses(*state, STR("[1e9999]"), ERR_BAD_REQUEST, "the number is too large.");
	refuses(*state, STR("[1\0]"), ERR_BAD_REQUEST, "it holds a zero byte.");
	refuses(*state, STR("1\0"), ERR_BAD_REQUEST, "it holds a zero byte.");
	refuses(*state, STR("[1,"), ERR_BAD_REQUEST, "the text ends too early.");
	refuses(*state, STR("{\n \"a\": tru}"), ERR_BAD_REQUEST, "line 2, column 9: syntax error.");
}

static void what_is_not_json(void **state)
{
	static const char *const bad[] = {"", " ", "{", "[1,]", "{\"a\":1,}", "[01]", "[+1]",
		"[.5]", "[1.]", "['a']", "{a:1}", "[NaN]", "[Infinity]", "// x\n1", "/**/1",
		"[\"\t\"]", "[\"\\x\"]", "[\"\\ud800\"]", "[\"\\udc00\\ud800\"]", "\"a",
		"[\"a\\\"]", "nul", "True", "\xef\xbb\xbf{}", "[1 2]", "{\"a\" 1}", "[1}", "]",
		"}}}", "\xc3\xa4"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses(*state, str_of(bad[i]), ERR_BAD_REQUEST, ".");
	refuses(*state, STR_NONE, ERR_BAD_REQUEST, ".");
	refuses(*state, STR("[1]\0"), ERR_BAD_REQUEST, ".");
	refuses(*state, STR("[\0]"), ERR_BAD_REQUEST, ".");
	refuses(*state, STR("[\"a\0b\"]"), ERR_BAD_REQUEST, ".");
}

static struct str nested(struct arena *a, int depth)
{
	char *text = arena_alloc(a, (size_t)depth * 2 + 1);

	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	return str_of(text);
}

static void depth_has_a_maximum(void **state)
{
	const struct json_node *n = parsed(*state, nested(*state, JSON_IN_DEPTH_MAX));
	int depth = 1;

	while ((n = n->child))
		depth++;
	assert_int_equal(depth, JSON_IN_DEPTH_MAX);
	refuses(*state, nested(*state, JSON_IN_DEPTH_MAX + 1), ERR_BAD_REQUEST,
		"line 1, column 65: nested deeper than 64 levels.");
	refuses(*state, nested(*state, 100000), ERR_BAD_REQUEST, "nested deeper than 64 levels.");
	parsed(*state,
		STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"));
}

/* "[{},{},...]" with `values` values in all. */
static struct str many(struct arena *a, int values)
{
	struct buf b;

	buf_init(&b, a, 1 << 20);
	buf_add_cstr(&b, "[{}");
	for (int i = 2; i < values; i++)
		buf_add_cstr(&b, ",{}");
	buf_add_char(&b, ']');
	assert_false(b.overflow);
	return buf_str(&b);
}

static void the_number_of_values_has_a_maximum(void **state)
{
	struct arena *small = arena_new(32 * 1024 * 1024);

	/* The scan counts the "{" and the "," of a member: half of the maximum fits in any case. */
	assert_int_equal(parsed(small, many(*state, JSON_IN_VALUES_MAX / 2))->count,
		JSON_IN_VALUES_MAX / 2 - 1);
	arena_free(small);
	refuses(*state, many(*state, JSON_IN_VALUES_MAX * 2), ERR_TOO_LARGE,
		"The JSON holds more than 50000 values.");
	parsed(*state, str_printf(*state, "\"%0*d,,,,\"", 60000, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_type),
		UNIT_TEST(members_keep_their_order),
		UNIT_TEST(single_values),
		UNIT_TEST(nodes_do_not_refer_to_the_text),
		UNIT_TEST(reasons),
		UNIT_TEST(what_is_not_json),
		UNIT_TEST(depth_has_a_maximum),
		UNIT_TEST(the_number_of_values_has_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
