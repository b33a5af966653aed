/* From the table of types (domain/event_type.h) and the description's schemas. */
#include "web/docs_events.h"

#include <assert.h>
#include <string.h>

#include "base/json_copy.h"
#include "domain/event_type.h"
#include "web/docs_answers.h"

#define SCHEMA_BYTES_MAX ((size_t)64 * 1024)

/* ---- a schema as text, with what it refers to in it ---- */

static void add_line(struct buf *b, int depth)
{
	buf_add_char(b, '\n');
	while (depth-- > 0)
		buf_add_cstr(b, "  ");
}

static void add_scalar(struct buf *b, const struct json_node *n)
{
	struct json_out j;

	json_init(&j, b);
	json_copy(&j, NULL, n);
}

static void add_name(struct buf *b, struct str name)
{
	struct json_out j;

	json_init(&j, b);
	json_str(&j, NULL, name);
	buf_add_cstr(b, ": ");
}

static void add_value(
	struct buf *b, const struct json_node *schemas, const struct json_node *n, int depth);

/* The members, but those that `instead` has as well, and references. */
static bool add_members(struct buf *b, const struct json_node *schemas, const struct json_node *of,
	const struct json_node *instead, int depth, bool first)
{
	for (const struct json_node *m = of->child; m; m = m->next) {
		if (str_is(m->name, "$ref") ||
			(instead && json_member(instead, str_cstr(b->arena, m->name))))
			continue;
		if (!first)
			buf_add_char(b, ',');
		add_line(b, depth);
		add_name(b, m->name);
		add_value(b, schemas, m, depth);
		first = false;
	}
	return first;
}

static void add_object(
	struct buf *b, const struct json_node *schemas, const struct json_node *n, int depth)
{
	struct str ref = docs_referred(n);
	bool first = true;

	buf_add_char(b, '{');
	if (ref.p)
		first = add_members(b, schemas, json_member(schemas, str_cstr(b->arena, ref)), n,
			depth + 1, first);
	add_members(b, schemas, n, NULL, depth + 1, first);
	add_line(b, depth);
	buf_add_char(b, '}');
}

static void add_value(
	struct buf *b, const struct json_node *schemas, const struct json_node *n, int depth)
{
	if (n->type == JSON_OBJECT)
		add_object(b, schemas, n, depth);
	else /* an array in a schema of ours holds names */
		add_scalar(b, n);
}

static struct str schema_text(
	struct arena *a, const struct json_node *schemas, const struct json_node *schema)
{
	struct buf b;

	buf_init(&b, a, SCHEMA_BYTES_MAX);
	add_value(&b, schemas, schema, 0);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- the page ---- */

static void show_types(struct call *c)
{
	for (size_t i = 0; i < event_type_count; i++) {
		const struct event_resource *resource = event_type_resource(&event_types[i]);
		struct page_row *r = page_row(c, "types", i);

		row_set_cstr(r, "name", event_types[i].name);
		row_set_cstr(r, "summary", event_types[i].summary);
		row_set_cstr(r, "permission", permission_name(resource->permission));
		row_set_cstr(r, "schema", resource->schema);
	}
}

static void show_schema(
	struct page_row *r, const struct json_node *schemas, const char *name, const char *subject)
{
	const struct json_node *schema = json_member(schemas, name);

	assert(schema);
	row_set_cstr(r, "name", name);
	row_set_cstr(r, "subject", subject);
	docs_show_fields(r, schema);
	row_set(r, "text", schema_text(node_arena(r), schemas, schema));
}

struct err *docs_events_show(struct call *c)
{
	const struct json_node *schemas;

	TRY(docs_schemas(c, &schemas));
	show_types(c);
	show_schema(page_node(c, "envelope"), schemas, "Event", NULL);
	for (size_t i = 0; i < event_resource_count; i++) {
		const struct event_resource *resource = &event_resources[i];

		show_schema(page_row(c, "schemas", i), schemas, resource->schema,
			arena_printf(c->arena, "%s/%s", resource->path,
				resource->permission == PERM_STOCK_READ ? "ITEM_ID/LOCATION_ID"
									: "ID"));
	}
	page_api(c, "/v1/events");
	page_template(c, "docs/events", "Events");
	return NULL;
}
