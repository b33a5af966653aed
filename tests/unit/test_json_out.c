#include "tests/unit/unit.h"

#include "base/json_in.h"
#include "base/json_out.h"

static struct arena *arena;
static struct buf out;
static struct json_out j;

static int begin(void **state)
{
	unit_arena(state);
	arena = *state;
	buf_init(&out, arena, 1000000);
	json_init(&j, &out);
	return 0;
}

#define OUT_TEST(f) cmocka_unit_test_setup_teardown(f, begin, unit_arena_free)

static void commas_and_nesting(void **state)
{
	(void)state;
	json_object(&j, NULL);
	json_int(&j, "a", -5);
	json_array(&j, "b");
	json_array(&j, NULL);
	json_array_end(&j);
	json_object(&j, NULL);
	json_object_end(&j);
	json_bool(&j, NULL, true);
	json_bool(&j, NULL, false);
	json_null(&j, NULL);
	json_array_end(&j);
	json_cstr(&j, "c", "x");
	json_object(&j, "d");
	json_raw(&j, "e", STR("[1,2]"));
	json_raw(&j, "f", STR_NONE);
	json_object_end(&j);
	json_object_end(&j);
	assert_str_is(buf_str(&out),
		"{\"a\":-5,\"b\":[[],{},true,false,null],\"c\":\"x\",\"d\":{\"e\":[1,2],\"f\":null}}");
}

static void one_value_at_the_top(void **state)
{
	(void)state;
	json_str(&j, NULL, STR(""));
	assert_str_is(buf_str(&out), "\"\"");
}

static void quantities_and_times_are_text(void **state)
{
	(void)state;
	json_array(&j, NULL);
	json_qty(&j, NULL, 12500000);
	json_qty(&j, NULL, -QTY_MAX);
	json_time(&j, NULL, 1);
	json_str(&j, NULL, STR_NONE);
	json_cstr(&j, NULL, NULL);
	json_int(&j, NULL, INT64_MIN);
	json_array_end(&j);
	assert_str_is(buf_str(&out),
		"[\"12.5\",\"-999999999999.999999\","
		"\"1970-01-01T00:00:00.000001Z\",null,null,"
		"-9223372036854775808]");
}

static void writes(struct str in, const char *want)
{
	buf_clear(&out);
	json_init(&j, &out);
	json_str(&j, NULL, in);
	assert_str_is(buf_str(&out), want);
}

static void text_is_escaped_where_needed(void **state)
{
	(void)state;
	writes(STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	writes(STR("\b\f\n\r\t\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	writes(STR("a\0b"), "\"a\\u0000b\"");
	writes(STR("</script>&"), "\"\\u003c/script\\u003e\\u0026\"");
	writes(STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 plain text behind"),
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 plain text behind\"");
	writes(STR("a\xff\xc3z\xed\xa0\x80"),
		"\"a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void names_are_escaped_too(void **state)
{
	(void)state;
	json_object(&j, NULL);
	json_int(&j, "a\"b", 1);
	json_cstr(&j, "<", "x");
	json_object_end(&j);
	assert_str_is(buf_str(&out), "{\"a\\\"b\":1,\"\\u003c\":\"x\"}");
}

/* Each byte at each place of text around the steps of eight; what comes back is what went in. */
static void every_byte_at_every_place(void **state)
{
	struct json_node *node;
	char text[20];

	(void)state;
	for (int c = 1; c < 0x80; c++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			arena_reset(arena);
			buf_init(&out, arena, 1000);
			json_init(&j, &out);
			memset(text, '~', sizeof(text));
			text[at] = (char)c;
			json_str(&j, NULL, (struct str){text, sizeof(text)});
			assert_null(json_parse(arena, buf_str(&out), &node));
			assert_int_equal(node->text.n, sizeof(text));
			assert_memory_equal(node->text.p, text, sizeof(text));
		}
	}
}

static void depth_has_a_maximum(void **state)
{
	(void)state;
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		i % 2 ? json_object(&j, NULL) : json_array(&j, i ? "a" : NULL);
	for (int i = JSON_DEPTH_MAX - 1; i >= 0; i--)
		i % 2 ? json_object_end(&j) : json_array_end(&j);
	assert_int_equal(j.depth, 0);
}

static void too_deep(void)
{
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array(&j, NULL);
}

static void wrong_end(void)
{
	json_object(&j, NULL);
	json_array_end(&j);
}

static void end_without_begin(void)
{
	json_object_end(&j);
}

static void name_in_array(void)
{
	json_array(&j, NULL);
	json_int(&j, "a", 1);
}

static void no_name_in_object(void)
{
	json_object(&j, NULL);
	json_int(&j, NULL, 1);
}

static void two_values_at_the_top(void)
{
	json_int(&j, NULL, 1);
	json_int(&j, NULL, 1);
}

static void wrong_nesting_aborts(void **state)
{
	static void (*const wrong[])(void) = {too_deep, wrong_end, end_without_begin, name_in_array,
		no_name_in_object, two_values_at_the_top};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_true(unit_aborts(wrong[i]));
}

static void a_full_buffer_only_overflows(void **state)
{
	(void)state;
	for (size_t max = 0; max < 60; max++) {
		buf_init(&out, arena, max);
		json_init(&j, &out);
		json_object(&j, NULL);
		json_cstr(&j, "text", "plain");
		json_cstr(&j, "esc\n", "<<");
		json_qty(&j, "qty", 5);
		json_time(&j, "time", 5);
		json_int(&j, "int", 5);
		json_raw(&j, "raw", STR("[]"));
		json_object_end(&j);
		assert_true(out.overflow);
		assert_true(out.n <= max);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUT_TEST(commas_and_nesting),
		OUT_TEST(one_value_at_the_top),
		OUT_TEST(quantities_and_times_are_text),
		OUT_TEST(text_is_escaped_where_needed),
		OUT_TEST(names_are_escaped_too),
		OUT_TEST(every_byte_at_every_place),
		OUT_TEST(depth_has_a_maximum),
		OUT_TEST(wrong_nesting_aborts),
		OUT_TEST(a_full_buffer_only_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
