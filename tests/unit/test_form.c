#include "tests/unit/unit.h"

#include "base/json_out.h"
#include "http/form.h"
#include "http/response.h"

static const char *const kinds[] = {"receipt", "issue", NULL};
static const struct field line_fields[] = {
	{.name = "sku", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	{.name = "quantity", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_POSITIVE},
	{.name = "note", .type = FIELD_TEXT, .max = 20},
	{.name = NULL},
};

enum { NAME, NOTE, CODE, COUNT, QTY, ON, AT, KIND, TAGS, SORT, LINES, PAGE, WORD, FIELDS };
static const struct field fields[] = {
	[NAME] = {.name = "name", .type = FIELD_TEXT, .max = 5},
	[NOTE] = {.name = "note", .type = FIELD_MULTILINE, .flags = FIELD_NULLABLE},
	[CODE] = {.name = "code", .type = FIELD_CODE, .max = 64},
	[COUNT] = {.name = "count", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = 200},
	[QTY] = {.name = "quantity", .type = FIELD_QTY, .flags = FIELD_POSITIVE},
	[ON] = {.name = "on", .type = FIELD_BOOL},
	[AT] = {.name = "at", .type = FIELD_TIME},
	[KIND] = {.name = "kind", .type = FIELD_CHOICE, .choices = kinds},
	[TAGS] = {.name = "tags", .type = FIELD_TEXTS, .max = 3},
	[SORT] = {.name = "sort", .type = FIELD_SORT, .choices = kinds},
	[LINES] = {.name = "lines", .type = FIELD_ROWS, .max = 3, .row = line_fields},
	[PAGE] = {.name = "page", .type = FIELD_INT, .flags = FIELD_QUERY},
	[WORD] = {.name = "word", .type = FIELD_TEXT, .flags = FIELD_PASSWORD},
	[FIELDS] = {.name = NULL},
};

static struct err *read_as(struct arena *a, enum form_source source, const char *text,
	const struct field *declared, struct value **out)
{
	struct request *rq = ARENA_NEW(a, struct request);

	rq->arena = a;
	rq->target = source == FORM_QUERY ? str_printf(a, "/?%s", text) : STR("/");
	rq->body = source == FORM_QUERY ? STR("") : str_of(text);
	if (source == FORM_BODY_JSON)
		rq->content_type = STR("application/json");
	if (source == FORM_BODY_FORM)
		rq->content_type = STR("application/x-www-form-urlencoded");
	assert_null(request_parse_target(rq));
	return form_read(rq, source, declared, out);
}

static struct value *good(struct arena *a, enum form_source source, const char *text)
{
	struct value *v;
	struct err *e = read_as(a, source, text, fields, &v);

	if (e)
		print_error("%s: %s %.*s\n", text, e->fields ? e->fields->code : err_slug(e->code),
			STR_ARG(e->fields ? e->fields->pointer : e->detail));
	assert_null(e);
	return v;
}

/* Every wrong field as "pointer code", in order, joined by "; ". */
static void wrong(struct arena *a, enum form_source source, const char *text, const char *expected)
{
	struct value *v;
	struct err *e = read_as(a, source, text, fields, &v);
	struct str all = STR("");

	assert_non_null(e);
	assert_int_equal(e->code, ERR_INVALID);
	for (struct err_field *f = e->fields; f; f = f->next)
		all = str_printf(a, "%.*s%s%.*s %s", STR_ARG(all), all.n ? "; " : "",
			STR_ARG(f->pointer), f->code);
	assert_str_is(all, expected);
}

static void json_scalars(void **state)
{
	struct value *v = good(*state, FORM_BODY_JSON,
		"{\"name\":\" a \",\"note\":\"a\\tb\\nc\",\"count\":7,\"quantity\":12,"
		"\"on\":true,\"at\":\"2026-11-23T09:00:00Z\",\"kind\":\"issue\","
		"\"sort\":\"-receipt\",\"tags\":[\"x\",\"y\"]}");

	assert_str_is(v[NAME].text, " a ");
	assert_str_is(v[NOTE].text, "a\tb\nc");
	assert_int_equal(v[COUNT].num, 7);
	assert_str_is(v[COUNT].text, "7");
	assert_int_equal(v[QTY].num, 12 * QTY_ONE);
	assert_int_equal(v[ON].num, 1);
	assert_int_equal(v[AT].num, 1795424400000000);
	assert_int_equal(v[KIND].num, 1);
	assert_true(v[SORT].descending && v[SORT].num == 0);
	assert_int_equal(v[TAGS].n, 2);
	assert_str_is(v[TAGS].texts[1], "y");
	assert_false(v[CODE].set || v[CODE].null);
}

static void json_absent_null_and_empty(void **state)
{
	struct value *v = good(*state, FORM_BODY_JSON, "{\"note\":null,\"name\":\"\"}");

	assert_true(v[NOTE].set && v[NOTE].null);
	assert_true(v[NAME].set && !v[NAME].null && v[NAME].text.n == 0);
	assert_false(v[COUNT].set || v[COUNT].null);
	wrong(*state, FORM_BODY_JSON, "{\"name\":null}", "/name wrong_type");
}

static void json_mistakes_all_at_once(void **state)
{
	wrong(*state, FORM_BODY_JSON,
		"{\"a/b~c\":1,\"name\":\"123456\",\"count\":-1,\"quantity\":1.5,\"on\":\"true\","
		"\"at\":\"now\",\"kind\":\"x\",\"tags\":[\"a\",2,\" b\"],\"page\":1}",
		"/a~1b~0c unknown; /page unknown; /name too_long; /count negative; /quantity wrong_type; "
		"/on wrong_type; /at invalid_time; /kind invalid_choice; /tags/1 wrong_type; "
		"/tags/2 invalid_text");
	wrong(*state, FORM_BODY_JSON, "{\"tags\":[\"a\",\"b\",\"c\",\"d\"],\"count\":201}",
		"/count too_large; /tags too_many");
	wrong(*state, FORM_BODY_JSON, "{\"quantity\":\"0\",\"count\":\"1\",\"name\":1}",
		"/name wrong_type; /count wrong_type; /quantity not_positive");
	wrong(*state, FORM_BODY_JSON, "{\"quantity\":\"1.2345678\"}", "/quantity too_precise");
	wrong(*state, FORM_BODY_JSON, "{\"quantity\":1000000000000}", "/quantity too_large");
	wrong(*state, FORM_BODY_JSON, "{\"quantity\":\"1e3\"}", "/quantity not_a_number");
	wrong(*state, FORM_BODY_JSON, "{\"name\":\"a\\u0007\",\"note\":\"\\r\"}",
		"/name invalid_text; /note invalid_text");
}

static void json_must_be_an_object(void **state)
{
	struct value *v;
	struct err *e;

	wrong(*state, FORM_BODY_JSON, "[]", " wrong_type");
	wrong(*state, FORM_BODY_JSON, "null", " wrong_type");
	e = read_as(*state, FORM_BODY_JSON, "{", fields, &v);
	assert_int_equal(e->code, ERR_BAD_REQUEST);
	assert_non_null(v);
	e = read_as(*state, FORM_BODY_JSON, "", fields, &v);
	assert_int_equal(e->code, ERR_BAD_REQUEST);
}

static void json_rows(void **state)
{
	struct value *v = good(*state, FORM_BODY_JSON,
		"{\"lines\":[{\"sku\":\"A\",\"quantity\":1},"
		"{\"sku\":\"B\",\"quantity\":\"0.5\"}]}");

	assert_int_equal(v[LINES].n, 2);
	assert_str_is(v[LINES].rows[1][0].text, "B");
	assert_int_equal(v[LINES].rows[1][1].num, QTY_ONE / 2);
	wrong(*state, FORM_BODY_JSON,
		"{\"lines\":[{\"sku\":\"A\"},7,{\"x\":1,\"sku\":\"\",\"quantity\":1}]}",
		"/lines/0/quantity required; /lines/1 wrong_type; /lines/2/x unknown; /lines/2/sku required");
	wrong(*state, FORM_BODY_JSON, "{\"lines\":[{},{},{},{}]}", "/lines too_many");
	wrong(*state, FORM_BODY_JSON, "{\"lines\":{}}", "/lines wrong_type");
	assert_true(good(*state, FORM_BODY_JSON, "{\"lines\":[]}")[LINES].set);
}

static void required(void **state)
{
	static const struct field declared[] = {
		{.name = "a", .type = FIELD_TEXT, .flags = FIELD_REQUIRED},
		{.name = "rows",
			.type = FIELD_ROWS,
			.flags = FIELD_REQUIRED,
			.max = 2,
			.row = line_fields},
		{.name = NULL},
	};
	struct value *v;
	struct err *e = read_as(*state, FORM_BODY_JSON, "{\"a\":\"\"}", declared, &v);

	assert_int_equal(e->field_count, 2);
	assert_string_equal(e->fields->code, "required");
	e = read_as(*state, FORM_BODY_FORM, "a=+", declared, &v);
	assert_int_equal(e->field_count, 2);
	e = read_as(*state, FORM_BODY_FORM, "a=x&rows.0.sku=+", declared, &v);
	assert_int_equal(e->field_count, 1);
	assert_string_equal(e->fields->code, "too_few");
}

static void form_scalars(void **state)
{
	struct value *v = good(*state, FORM_BODY_FORM,
		"csrf=abc&name=+ab+&note=a%0D%0Ab&code=+A-1+&count=&on=on&quantity=2.50&"
		"at=2026-11-23T09:00&tags=x%0D%0A%0D%0Ay&word=+p+");

	assert_str_is(v[NAME].text, "ab");
	assert_str_is(v[NOTE].text, "a\nb");
	assert_str_is(v[CODE].text, "A-1");
	assert_false(v[COUNT].set);
	assert_int_equal(v[ON].num, 1);
	assert_int_equal(v[QTY].num, 2500000);
	assert_str_is(v[QTY].text, "2.50");
	assert_int_equal(v[AT].num, 1795424400000000);
	assert_int_equal(v[TAGS].n, 2);
	assert_str_is(v[WORD].text, " p ");
	assert_true(good(*state, FORM_BODY_FORM, "note=")[NOTE].null);
}

static void form_mistakes(void **state)
{
	struct value *v;

	wrong(*state, FORM_BODY_FORM, "name=a&name=b&x.y=1&count=1.5&count=2&page=1",
		"/name duplicate; /x.y unknown; /count duplicate; /page unknown; /count not_a_number");
	wrong(*state, FORM_BODY_FORM, "count=99999999999999999999", "/count too_large");
	assert_non_null(read_as(*state, FORM_BODY_FORM, "name=toolong&code=X", fields, &v));
	assert_str_is(v[NAME].text, "toolong");
	assert_str_is(v[CODE].text, "X");
}

static void form_rows_without_the_empty_ones(void **state)
{
	struct value *v = good(*state, FORM_BODY_FORM,
		"lines.2.sku=C&lines.2.quantity=3&lines.0.sku=A&lines.0.quantity=1&"
		"lines.1.sku=+&lines.1.quantity=");

	assert_int_equal(v[LINES].n, 2);
	assert_str_is(v[LINES].rows[0][0].text, "A");
	assert_str_is(v[LINES].rows[1][0].text, "C");
	wrong(*state, FORM_BODY_FORM, "lines.0.sku=&lines.1.sku=A", "/lines/0/quantity required");
	wrong(*state, FORM_BODY_FORM, "lines.3.sku=A", "/lines too_many");
	wrong(*state, FORM_BODY_FORM,
		"lines.0.x=1&lines.01.sku=1&lines=1&lines.-1.sku=A&lines..sku=A",
		"/lines.0.x unknown; /lines.01.sku unknown; /lines unknown; /lines.-1.sku unknown; "
		"/lines..sku unknown");
	wrong(*state, FORM_BODY_FORM, "lines.0.sku=A&lines.0.quantity=1&lines.0.sku=B",
		"/lines/0/sku duplicate");
}

static void query(void **state)
{
	struct value *v = good(*state, FORM_QUERY, "tags=a,b,&sort=-issue&page=2");

	assert_int_equal(v[TAGS].n, 2);
	assert_true(v[SORT].descending && v[SORT].num == 1);
	assert_int_equal(v[PAGE].num, 2);
	wrong(*state, FORM_QUERY, "csrf=1&name=a&name=a", "/csrf unknown; /name duplicate");
}

static void query_beside_a_body(void **state)
{
	struct request rq = {.arena = *state, .target = STR("/?page=3&name=x")};
	struct value *v;
	struct err *e;

	assert_null(request_parse_target(&rq));
	e = form_read(&rq, FORM_BODY_JSON, fields, &v);
	assert_int_equal(v[PAGE].num, 3);
	assert_int_equal(e->field_count, 1);
	assert_str_is(e->fields->pointer, "/name");
}

static void media_types(void **state)
{
	struct request rq = {.arena = *state, .target = STR("/")};
	struct value *v;

	assert_null(form_read(&rq, FORM_BODY_JSON, fields, &v));
	assert_null(form_read(&rq, FORM_BODY_FORM, fields, &v));
	rq.body = STR("{}");
	assert_int_equal(form_read(&rq, FORM_BODY_JSON, fields, &v)->code, ERR_MEDIA_TYPE);
	rq.content_type = STR("text/plain");
	assert_int_equal(form_read(&rq, FORM_BODY_JSON, fields, &v)->code, ERR_MEDIA_TYPE);
	assert_int_equal(form_read(&rq, FORM_BODY_FORM, fields, &v)->code, ERR_MEDIA_TYPE);
	rq.content_type = STR("application/merge-patch+json");
	assert_null(form_read(&rq, FORM_BODY_JSON, fields, &v));
}

/* What people type in other scripts goes through unchanged. */
static void odd_but_allowed_text(void **state)
{
	static const char odd[] = "\xc2\x85\xe2\x80\xae\xef\xbb\xbf\xf0\x9f\x92\xa9";
	static const struct field declared[] = {
		{.name = "t", .type = FIELD_TEXT, .max = 4}, {.name = NULL}};
	struct value *v;
	char *json = arena_printf(*state, "{\"t\":\"%s\"}", odd);

	assert_null(read_as(*state, FORM_BODY_JSON, json, declared, &v));
	assert_str_is(v[0].text, odd);
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	}
	return false;
}

static void goes_through(struct arena *a, struct str text)
{
	static const struct field declared[] = {{.name = "t", .type = FIELD_TEXT}, {.name = NULL}};
	struct json_out j;
	struct buf b;
	struct value *v;

	buf_init(&b, a, 65536);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_str(&j, "t", text);
	json_object_end(&j);
	assert_null(read_as(a, FORM_BODY_JSON, buf_cstr(&b), declared, &v));
	assert_true(str_eq(v[0].text, text));
	assert_null(read_as(a, FORM_BODY_FORM,
		arena_printf(a, "t=%.*s", STR_ARG(http_escape(a, text))), declared, &v));
	assert_true(str_eq(v[0].text, str_trim(text)));
}

/* The big list of naughty strings, where the data is at hand. */
static void naughty_strings(void **state)
{
	const char *data = getenv("BINCARD_DATA"), *source = getenv("BINCARD_SRCDIR");
	char *path = arena_printf(*state, "%s%s/blns/blns.txt.gz",
		data             ? data
			: source ? source
				 : ".",
		data ? "" : "/../shared/data");
	FILE *pipe;
	char line[8192];
	size_t count = 0;

	if (access(path, R_OK) != 0) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	pipe = popen(arena_printf(*state, "gzip -dc '%s'", path), "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		struct str text = {line, strcspn(line, "\n")};

		if (!text.n || text.p[0] == '#' || has_control(text) || !str_is_utf8(text))
			continue;
		goes_through(*state, text);
		count++;
	}
	assert_int_equal(pclose(pipe), 0);
	assert_true(count > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(json_scalars),
		UNIT_TEST(json_absent_null_and_empty),
		UNIT_TEST(json_mistakes_all_at_once),
		UNIT_TEST(json_must_be_an_object),
		UNIT_TEST(json_rows),
		UNIT_TEST(required),
		UNIT_TEST(form_scalars),
		UNIT_TEST(form_mistakes),
		UNIT_TEST(form_rows_without_the_empty_ones),
		UNIT_TEST(query),
		UNIT_TEST(query_beside_a_body),
		UNIT_TEST(media_types),
		UNIT_TEST(odd_but_allowed_text),
		UNIT_TEST(naughty_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
