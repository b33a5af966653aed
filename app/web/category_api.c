#include "web/category_api.h"

#include "domain/category.h"
#include "web/list_fields.h"

static const char *const sorts[] = {
	[CATEGORY_SORT_NAME] = "name",
	[CATEGORY_SORT_ID] = "id",
	[CATEGORY_SORTS] = NULL,
};

enum list_field {
	LIST_Q,
	LIST_NAME,
	LIST_PARENT,
	LIST_PARENT_ID,
	LIST_UPDATED_SINCE,
	LIST_SORT,
	LIST_LIMIT,
	LIST_CURSOR,
};

/* Of category_create_fields and category_update_fields. */
enum category_field {
	CATEGORY_NAME,
	CATEGORY_PARENT,
	CATEGORY_PARENT_ID,
};

/* clang-format off */
const struct field category_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = CATEGORY_NAME_MAX, .help = "In the name"},
	[LIST_NAME] = {.name = "name", .type = FIELD_TEXT, .max = CATEGORY_NAME_MAX, .help = "This name"},
	[LIST_PARENT] = {.name = "parent", .type = FIELD_TEXT, .max = CATEGORY_NAME_MAX,
		.help = "Directly below the category of this name"},
	[LIST_PARENT_ID] = {.name = "parent_id", .type = FIELD_INT, .flags = FIELD_POSITIVE,
		.help = "Directly below the category of this id"},
	[LIST_UPDATED_SINCE] = {.name = "updated_since", .type = FIELD_TIME,
		.help = "Changed at that instant or later"},
	[LIST_SORT] = {.name = "sort", .type = FIELD_SORT, .choices = sorts,
		.help = "By name unless told; with - before it the other way"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define CATEGORY_BODY(required) \
	[CATEGORY_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = (required), .max = CATEGORY_NAME_MAX, \
		.help = "Unique, whatever the case of its letters"}, \
	[CATEGORY_PARENT] = {.name = "parent", .type = FIELD_TEXT, .flags = FIELD_NULLABLE, .max = CATEGORY_NAME_MAX, \
		.help = "Name of the category that it stands in; null for none"}, \
	[CATEGORY_PARENT_ID] = {.name = "parent_id", .type = FIELD_INT, .flags = FIELD_NULLABLE | FIELD_POSITIVE, \
		.help = "Or the id of that category"}, \
	{.name = NULL}

const struct field category_create_fields[] = {CATEGORY_BODY(FIELD_REQUIRED)};
const struct field category_update_fields[] = {CATEGORY_BODY(0)};
/* clang-format on */

static struct category_input input_of(const struct value *in)
{
	const struct value *parent = &in[CATEGORY_PARENT], *parent_id = &in[CATEGORY_PARENT_ID];

	return (struct category_input){
		.name = value_text(&in[CATEGORY_NAME]),
		.has_parent = parent->set || parent_id->set,
		.parent = parent->set && !parent->null ? parent->text : STR_NONE,
		.parent_id = parent_id->set && !parent_id->null ? parent_id->num : 0,
	};
}

static struct err *filter_of(struct call *c, struct category_filter *out, const char **list)
{
	const struct value *in = c->in, *sort = &in[LIST_SORT];
	struct list_cursor after;

	*out = (struct category_filter){
		.q = value_text(&in[LIST_Q]),
		.name = value_text(&in[LIST_NAME]),
		.parent = value_text(&in[LIST_PARENT]),
		.parent_id = in[LIST_PARENT_ID].num,
		.updated_since = in[LIST_UPDATED_SINCE].num,
		.sort = sort->set ? (enum category_sort)sort->num : CATEGORY_SORT_NAME,
		.descending = sort->descending,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	*list = arena_printf(
		c->arena, "categories:%s%s", out->descending ? "-" : "", sorts[out->sort]);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], *list, &after));
	out->after_text = after.text;
	out->after_id = after.id;
	return NULL;
}

/* ---- handlers ---- */

static void answer(struct call *c, const struct category *category)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return;
	j = call_json(c);
	category_to_json(&j, NULL, category);
	(void)call_etag(c, category->version);
}

struct err *category_api_list(struct call *c)
{
	struct category_filter filter;
	struct category_rows rows;
	struct list_cursor next;
	struct json_out j;
	const char *list;
	bool more;

	TRY(filter_of(c, &filter, &list));
	TRY(category_list(&c->ctx, &filter, &rows));
	more = rows.n == (size_t)filter.limit;
	if (more)
		rows.n--;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		category_to_json(&j, NULL, &rows.rows[i]);
	if (more)
		next = (struct list_cursor){
			.text = rows.rows[rows.n - 1].name, .id = rows.rows[rows.n - 1].id};
	list_end(c, &j, list, more ? &next : NULL);
	return NULL;
}

struct err *category_api_create(struct call *c)
{
	struct category_input in = input_of(c->in);
	struct category category = {0};

	TRY(category_create(&c->ctx, &in, &category));
	answer(c, &category);
	call_made(c, "/v1/categories", category.id);
	return NULL;
}

struct err *category_api_get(struct call *c)
{
	struct category category;

	TRY(category_read(&c->ctx, c->id, &category));
	answer(c, &category);
	return NULL;
}

struct err *category_api_update(struct call *c)
{
	struct category_input in = input_of(c->in);
	struct category category;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(category_update(&c->ctx, c->id, version, &in, &category));
	answer(c, &category);
	return NULL;
}

struct err *category_api_delete(struct call *c)
{
	int64_t version;

	TRY(call_if_match(c, &version));
	return category_delete(&c->ctx, c->id, version);
}
