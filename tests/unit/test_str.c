#include "tests/unit/unit.h"

static void absent_is_not_empty(void **state)
{
	(void)state;
	assert_true(str_eq(STR_NONE, str_of(NULL)));
	assert_true(str_is(STR(""), ""));
	assert_false(str_eq(STR_NONE, STR("")));
	assert_false(str_is_nocase(STR_NONE, ""));
	assert_false(str_eq_secret(STR_NONE, STR("")));
	assert_false(str_starts(STR_NONE, ""));
}

static void copies_end_in_nul(void **state)
{
	struct str copy = str_copy(*state, (struct str){"abcdef", 3});

	assert_str_is(copy, "abc");
	assert_int_equal(copy.p[3], 0);
	assert_null(str_copy(*state, STR_NONE).p);
	assert_string_equal(str_cstr(*state, STR_NONE), "");
	assert_str_is(str_printf(*state, "%d-%s", 7, "x"), "7-x");
}

static void comparisons(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_is(STR("abc"), "abcd"));
	assert_true(str_is_nocase(STR("Content-TYPE"), "content-type"));
	assert_false(str_is_nocase(STR("["), "{"));
	assert_false(str_is_nocase(STR("\xc3\x84"), "\xc3\xa4"));
	assert_true(str_starts(STR("abc"), "ab"));
	assert_false(str_starts(STR("a"), "ab"));
	assert_true(str_ends(STR("abc"), "bc"));
	assert_false(str_ends(STR("c"), "bc"));
	assert_true(str_eq_secret(STR("s3cret"), STR("s3cret")));
	assert_false(str_eq_secret(STR("s3cret"), STR("s3creu")));
	assert_false(str_eq_secret(STR("s3cret"), STR("s3cre")));
}

static void trim_and_cut(void **state)
{
	struct str rest = STR("x");

	(void)state;
	assert_str_is(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	assert_str_is(str_trim(STR("  ")), "");
	assert_null(str_trim(STR_NONE).p);
	assert_str_is(str_trim_text(STR("\u00a0 \u3000a \u00a0 b \u2003\t\ufeff")), "a \u00a0 b");
	assert_str_is(str_trim_text(STR(" \u200b ")), "");
	assert_null(str_trim_text(STR_NONE).p);
	assert_str_is(str_cut(STR("a=b=c"), '=', &rest), "a");
	assert_str_is(rest, "b=c");
	assert_str_is(str_cut(STR("a="), '=', &rest), "a");
	assert_str_is(rest, "");
	assert_str_is(str_cut(STR("a"), '=', &rest), "a");
	assert_null(rest.p);
	assert_null(str_cut(STR_NONE, '=', &rest).p);
}

static void integers_are_strict(void **state)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1a", "0x1", "1.0", "--1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999"};
	int64_t v = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(str_to_int(str_of(bad[i]), &v));
	assert_false(str_to_int(STR_NONE, &v));
	assert_int_equal(v, 42);
	assert_true(str_to_int(STR("9223372036854775807"), &v) && v == INT64_MAX);
	assert_true(str_to_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_true(str_to_int(STR("-0"), &v) && v == 0);
}

static void utf8_refuses_every_ill_form(void **state)
{
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc3",
		"\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2(\xa1", "\xe2\x82(", "\xf0(\x8c\xbc",
		"\xf0\x90(\xbc", "\xf0\x90\x8c("};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(str_is_utf8(str_of(bad[i])));
		for (int before = 0; before < 17; before++) { /* around the steps of eight */
			snprintf(text, sizeof(text), "%.*s%sxyz", before, "aaaaaaaaaaaaaaaaaaaa",
				bad[i]);
			assert_false(str_is_utf8(str_of(text)));
		}
	}
	assert_false(str_is_utf8(STR("a\0b")));
	assert_false(str_is_utf8(STR("abcdefgh\0bcdefghi")));
	assert_false(str_is_utf8(STR("abcdefg\0abcdefg")));
}

static void utf8_takes_every_code_point(void **state)
{
	char c[4];

	(void)state;
	for (uint32_t u = 1; u <= 0x10ffff; u++) {
		size_t n = u < 0x80 ? 1 : u < 0x800 ? 2 : u < 0x10000 ? 3 : 4;
		static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

		for (size_t i = n - 1, v = u;; v >>= 6, i--) {
			c[i] = (char)(i ? 0x80 | (v & 0x3f) : lead[n] | v);
			if (!i)
				break;
		}
		if (str_is_utf8((struct str){c, n}) != (u < 0xd800 || u > 0xdfff))
			fail_msg("U+%04X", u);
	}
	assert_true(str_is_utf8(STR("")));
	assert_true(str_is_utf8(STR_NONE));
	assert_int_equal(str_code_points(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
	assert_int_equal(str_utf8_step(STR("")), 0);
	assert_int_equal(str_utf8_step(STR("\xe2\x82\xac!")), 3);
}

static void base64url_follows_the_rfc(void **state)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
		{"\xfb\xff\xbf", "-_-_"}};
	struct str bytes;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_str_is(str_base64url(*state, str_of(pairs[i][0])), pairs[i][1]);
		assert_true(str_from_base64url(*state, str_of(pairs[i][1]), &bytes));
		assert_str_is(bytes, pairs[i][0]);
	}
}

static void base64url_is_strict(void **state)
{
	static const char *const bad[] = {"Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm 9v", "Zm9v\n",
		"+/+/", "Zm9vY", "Zm9v!", "Zm9v\xc3\xa4"};
	struct str bytes = STR("kept");

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(str_from_base64url(*state, str_of(bad[i]), &bytes));
	assert_false(str_from_base64url(*state, STR("Zm9\0"), &bytes));
	assert_false(str_from_base64url(*state, STR_NONE, &bytes));
	assert_str_is(bytes, "kept");
}

static void base64_is_strict(void **state)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=",
		"====", "Z===", "Zg==Zg==", "-_-_", "Zm9v\n", "Zg=a"};
	struct str bytes = STR("kept");

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(str_from_base64(*state, str_of(bad[i]), &bytes));
	assert_str_is(bytes, "kept");
	assert_true(str_from_base64(*state, STR("Zg=="), &bytes));
	assert_str_is(bytes, "f");
	assert_true(str_from_base64(*state, STR("Zm8="), &bytes));
	assert_str_is(bytes, "fo");
	assert_true(str_from_base64(*state, STR("+/+/"), &bytes));
	assert_str_is(bytes, "\xfb\xff\xbf");
	assert_true(str_from_base64(*state, STR(""), &bytes));
	assert_str_is(bytes, "");
}

static void base64url_round_trips_all_bytes(void **state)
{
	char all[256];
	struct str back;

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	for (size_t n = 0; n <= sizeof(all); n++) {
		struct str text = str_base64url(*state, (struct str){all, n});

		assert_true(str_from_base64url(*state, text, &back));
		assert_int_equal(back.n, n);
		assert_memory_equal(back.p, all, n);
	}
}

static void text_has_no_control_characters(void **state)
{
	(void)state;
	assert_true(str_is_text(STR("caf\xc3\xa9 ~"), false));
	assert_true(str_is_text(STR(""), false));
	assert_true(str_is_ascii(STR("caf\x7f~")) && str_is_ascii(STR_NONE));
	assert_false(str_is_ascii(STR("caf\xc3\xa9 ~")));
	assert_true(str_is_text(STR("a\tb\nc"), true));
	assert_false(str_is_text(STR("a\tb"), false));
	assert_false(str_is_text(STR("a\nb"), false));
	assert_false(str_is_text(STR("a\rb"), true));
	assert_false(str_is_text(STR("a\x7f"), true));
	assert_false(str_is_text(STR("a\0b"), true));
	assert_false(str_is_text(STR("\xff"), true));
}

/* RFC 4648, section 10, without its padding */
static void base32(void **state)
{
	assert_str_is(str_base32(*state, STR("")), "");
	assert_str_is(str_base32(*state, STR("f")), "MY");
	assert_str_is(str_base32(*state, STR("fo")), "MZXQ");
	assert_str_is(str_base32(*state, STR("foo")), "MZXW6");
	assert_str_is(str_base32(*state, STR("foob")), "MZXW6YQ");
	assert_str_is(str_base32(*state, STR("fooba")), "MZXW6YTB");
	assert_str_is(str_base32(*state, STR("foobar")), "MZXW6YTBOI");
}

static void hex(void **state)
{
	assert_str_is(str_hex(*state, "\x00\x7f\xff", 3), "007fff");
	assert_str_is(str_hex(*state, "", 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(absent_is_not_empty),
		UNIT_TEST(copies_end_in_nul),
		UNIT_TEST(comparisons),
		UNIT_TEST(trim_and_cut),
		UNIT_TEST(integers_are_strict),
		UNIT_TEST(utf8_refuses_every_ill_form),
		UNIT_TEST(utf8_takes_every_code_point),
		UNIT_TEST(base64url_follows_the_rfc),
		UNIT_TEST(base64url_is_strict),
		UNIT_TEST(base64_is_strict),
		UNIT_TEST(base64url_round_trips_all_bytes),
		UNIT_TEST(text_has_no_control_characters),
		UNIT_TEST(base32),
		UNIT_TEST(hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
