/* Schemas as the description has them, read from its text: this page alone needs them in pieces. */
#include "web/docs_answers.h"

#include <string.h>

#include "web/app.h"

/* ---- what a schema says ---- */

static struct str text_of(const struct json_node *schema, const char *member)
{
	const struct json_node *node = json_member(schema, member);

	return node && node->type == JSON_TEXT ? node->text : STR_NONE;
}

struct str docs_referred(const struct json_node *schema)
{
	struct str ref = text_of(schema, "$ref");

	while (ref.n) {
		struct str rest, step = str_cut(ref, '/', &rest);

		if (!rest.p)
			return step;
		ref = rest;
	}
	return STR_NONE;
}

/* The one type, or the first of several. */
static struct str type_of(const struct json_node *schema)
{
	const struct json_node *type = json_member(schema, "type");

	if (type && type->type == JSON_ARRAY)
		type = type->child;
	return type ? type->text : STR_NONE;
}

static bool may_be_null(const struct json_node *schema)
{
	const struct json_node *type = json_member(schema, "type");

	return type && type->type == JSON_ARRAY;
}

/* In the words of the inputs' table. */
static const char *type_words(const struct json_node *schema)
{
	struct str type = type_of(schema);

	if (json_member(schema, "enum"))
		return "choice";
	if (str_is(text_of(schema, "format"), "date-time"))
		return "time, RFC 3339";
	if (str_is(type, "string"))
		return "text";
	if (str_is(type, "boolean"))
		return "true or false";
	if (str_is(type, "integer"))
		return "integer";
	return "object";
}

static struct str choices_of(struct arena *a, const struct json_node *schema)
{
	const struct json_node *choices = json_member(schema, "enum");
	struct str all = STR_NONE;

	for (const struct json_node *n = choices ? choices->child : NULL; n; n = n->next)
		all = all.p ? str_printf(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(n->text)) : n->text;
	return all;
}

static bool is_always_there(const struct json_node *object, struct str name)
{
	const struct json_node *required = json_member(object, "required");

	for (const struct json_node *n = required ? required->child : NULL; n; n = n->next)
		if (str_eq(n->text, name))
			return true;
	return false;
}

/* ---- rows of the table ---- */

static void show_type(struct page_row *r, const struct json_node *schema, bool array)
{
	struct arena *a = node_arena(r);
	struct str name = docs_referred(schema);

	if (name.p) {
		row_set_cstr(r, "type", array ? "array of" : "");
		row_set(r, "ref", name);
		return;
	}
	row_set_cstr(r, "type",
		arena_printf(a, "%s%s%s%s", array ? "array of " : "", type_words(schema),
			array && str_is(type_of(schema), "object") ? "s" : "",
			may_be_null(schema) ? " or null" : ""));
	row_set(r, "choices", choices_of(a, schema));
}

static size_t show_members(
	struct page_row *answer, const struct json_node *object, const char *prefix, size_t n)
{
	struct arena *a = node_arena(answer);
	const struct json_node *members = json_member(object, "properties");

	for (const struct json_node *m = members ? members->child : NULL; m; m = m->next) {
		bool array = str_is(type_of(m), "array");
		const struct json_node *each = array ? json_member(m, "items") : m;
		struct page_row *r = row_child(answer, "fields", n++);
		const char *name = arena_printf(a, "%s%.*s", prefix, STR_ARG(m->name));

		row_set_cstr(r, "name", name);
		row_set(r, "help", text_of(m, "description"));
		if (!is_always_there(object, m->name))
			row_set_cstr(r, "optional", "1");
		show_type(r, each, array);
		n = show_members(
			answer, each, arena_printf(a, "%s%s.", name, array ? "[]" : ""), n);
	}
	return n;
}

void docs_show_fields(struct page_row *r, const struct json_node *schema)
{
	show_members(r, schema, "", 0);
}

struct err *docs_schemas(struct call *c, const struct json_node **out)
{
	struct json_node *document;

	TRY(json_parse(c->arena, c->app->openapi, &document));
	*out = json_member(json_member(document, "components"), "schemas");
	return NULL;
}

struct err *docs_show_answers(struct call *c)
{
	const struct json_node *schemas;
	size_t n = 0;

	TRY(docs_schemas(c, &schemas));
	for (const struct json_node *s = schemas->child; s; s = s->next) {
		struct page_row *r = page_row(c, "answers", n++);

		row_set(r, "name", s->name);
		row_set(r, "help", text_of(s, "description"));
		docs_show_fields(r, s);
	}
	return NULL;
}
