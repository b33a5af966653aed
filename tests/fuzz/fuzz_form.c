/* One declaration reads the same bytes as JSON, as a form and as a query. Whatever comes in, what
 * is accepted keeps its limits, and what is refused says where. */
#include <stdint.h>
#include <stdlib.h>

#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const choices[] = {"a", "bb", NULL};
static const struct field row[] = {
	{.name = "s", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 8},
	{.name = "q", .type = FIELD_QTY, .flags = FIELD_POSITIVE},
	{.name = NULL},
};
static const struct field fields[] = {
	{.name = "t", .type = FIELD_TEXT, .max = 8},
	{.name = "m", .type = FIELD_MULTILINE, .flags = FIELD_NULLABLE, .max = 8},
	{.name = "i", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = 99},
	{.name = "b", .type = FIELD_BOOL},
	{.name = "w", .type = FIELD_TIME},
	{.name = "c", .type = FIELD_CHOICE, .choices = choices},
	{.name = "o", .type = FIELD_SORT, .choices = choices},
	{.name = "l", .type = FIELD_TEXTS, .max = 4},
	{.name = "r", .type = FIELD_ROWS, .max = 4, .row = row},
	{.name = "p", .type = FIELD_INT, .flags = FIELD_QUERY},
	{.name = NULL},
};

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_values(const struct value *v)
{
	check(!v[0].set || (str_is_utf8(v[0].text) && str_code_points(v[0].text) <= 8));
	check(!v[1].null || (v[1].set && !v[1].text.n));
	check(!v[2].set || (v[2].num >= 0 && v[2].num <= 99));
	check(v[5].num >= 0 && v[5].num <= 1 && v[6].num >= 0 && v[6].num <= 1);
	check(v[7].n <= 4 && v[8].n <= 4);
	for (size_t i = 0; i < v[8].n; i++)
		check(v[8].rows[i][0].text.n && (!v[8].rows[i][1].set || v[8].rows[i][1].num > 0));
}

static void read_as(struct arena *a, enum form_source source, const char *type, struct str text)
{
	struct request rq = {.arena = a, .body = text, .content_type = str_of(type)};
	struct value *v = NULL;
	struct err *e;

	if (source == FORM_QUERY && http_parse_pairs(a, text, &rq.query))
		return;
	e = form_read(&rq, source, fields, &v);
	check(v != NULL);
	if (!e)
		check_values(v);
	else
		check(e->code != ERR_INVALID || (e->fields && e->fields->code));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)256 * 1024 * 1024);
	struct str text = {(const char *)data, n};

	read_as(a, FORM_BODY_JSON, "application/json", text);
	read_as(a, FORM_BODY_FORM, "application/x-www-form-urlencoded", text);
	read_as(a, FORM_QUERY, NULL, text);
	arena_free(a);
	return 0;
}
