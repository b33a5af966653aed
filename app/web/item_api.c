#include "web/item_api.h"

#include "domain/item.h"
#include "web/list_fields.h"

static const char *const statuses[] = {"active", "archived", NULL};
static const char *const sorts[] = {
	[ITEM_SORT_SKU] = "sku",
	[ITEM_SORT_NAME] = "name",
	[ITEM_SORT_UPDATED_AT] = "updated_at",
	[ITEM_SORT_ID] = "id",
	[ITEM_SORTS] = NULL,
};

enum list_field {
	LIST_Q,
	LIST_SKU,
	LIST_CATEGORY,
	LIST_CATEGORY_ID,
	LIST_STATUS,
	LIST_UPDATED_SINCE,
	LIST_SORT,
	LIST_LIMIT,
	LIST_CURSOR,
};

/* Of item_create_fields and item_update_fields. */
enum item_field {
	ITEM_SKU,
	ITEM_NAME,
	ITEM_DESCRIPTION,
	ITEM_UNIT,
	ITEM_CATEGORY,
	ITEM_CATEGORY_ID,
	ITEM_BARCODES,
};

/* clang-format off */
const struct field item_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = ITEM_NAME_MAX,
		.help = "In the SKU or the name, or a whole barcode"},
	[LIST_SKU] = {.name = "sku", .type = FIELD_CODE, .max = ITEM_SKU_MAX, .help = "Exactly this SKU"},
	[LIST_CATEGORY] = {.name = "category", .type = FIELD_TEXT, .max = 120, .help = "Name of the category"},
	[LIST_CATEGORY_ID] = {.name = "category_id", .type = FIELD_INT, .flags = FIELD_POSITIVE,
		.help = "Id of the category"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = statuses, .help = "Both unless told"},
	[LIST_UPDATED_SINCE] = {.name = "updated_since", .type = FIELD_TIME,
		.help = "Changed at that instant or later"},
	[LIST_SORT] = {.name = "sort", .type = FIELD_SORT, .choices = sorts,
		.help = "By sku unless told; with - before it the other way"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define ITEM_BODY(required) \
	[ITEM_SKU] = {.name = "sku", .type = FIELD_CODE, .flags = (required), .max = ITEM_SKU_MAX, \
		.help = "Unique, compared exactly"}, \
	[ITEM_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = (required), .max = ITEM_NAME_MAX, \
		.help = "What people call it"}, \
	[ITEM_DESCRIPTION] = {.name = "description", .type = FIELD_MULTILINE, .max = ITEM_DESCRIPTION_MAX, \
		.help = "Free text"}, \
	[ITEM_UNIT] = {.name = "unit", .type = FIELD_CODE, .max = ITEM_UNIT_MAX, \
		.help = "What every quantity of it counts: each unless told"}, \
	[ITEM_CATEGORY] = {.name = "category", .type = FIELD_TEXT, .flags = FIELD_NULLABLE, .max = 120, \
		.help = "Name of its category; null for none"}, \
	[ITEM_CATEGORY_ID] = {.name = "category_id", .type = FIELD_INT, .flags = FIELD_NULLABLE | FIELD_POSITIVE, \
		.help = "Or the id of its category"}, \
	[ITEM_BARCODES] = {.name = "barcodes", .type = FIELD_TEXTS, .flags = FIELD_NULLABLE, .max = ITEM_BARCODES_MAX, \
		.help = "All of its barcodes; each means one item"}, \
	{.name = NULL}

const struct field item_create_fields[] = {ITEM_BODY(FIELD_REQUIRED)};
const struct field item_update_fields[] = {ITEM_BODY(0)};

const struct field item_lookup_fields[] = {
	{.name = "barcode", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = ITEM_BARCODE_MAX,
	 .help = "The whole barcode, as scanned"},
	{.name = NULL},
};
/* clang-format on */

/* ---- input ---- */

static struct item_input input_of(const struct value *in)
{
	const struct value *category = &in[ITEM_CATEGORY], *category_id = &in[ITEM_CATEGORY_ID];

	return (struct item_input){
		.sku = value_text(&in[ITEM_SKU]),
		.name = value_text(&in[ITEM_NAME]),
		.description = value_text(&in[ITEM_DESCRIPTION]),
		.unit = value_text(&in[ITEM_UNIT]),
		.has_category = category->set || category_id->set,
		.category = category->set && !category->null ? category->text : STR_NONE,
		.category_id = category_id->set && !category_id->null ? category_id->num : 0,
		.has_barcodes = in[ITEM_BARCODES].set,
		.barcodes = in[ITEM_BARCODES].texts,
		.barcode_count = in[ITEM_BARCODES].n,
	};
}

/* A filter that asks for one row more than the limit; *list names list and order for its cursors. */
static struct err *filter_of(struct call *c, struct item_filter *out, const char **list)
{
	const struct value *in = c->in;
	const struct value *sort = &in[LIST_SORT];
	struct list_cursor after;

	*out = (struct item_filter){
		.q = value_text(&in[LIST_Q]),
		.sku = value_text(&in[LIST_SKU]),
		.category = value_text(&in[LIST_CATEGORY]),
		.category_id = in[LIST_CATEGORY_ID].num,
		.status = value_text(&in[LIST_STATUS]),
		.updated_since = in[LIST_UPDATED_SINCE].num,
		.sort = sort->set ? (enum item_sort)sort->num : ITEM_SORT_SKU,
		.descending = sort->descending,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	*list = arena_printf(c->arena, "items:%s%s", out->descending ? "-" : "", sorts[out->sort]);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], *list, &after));
	out->after_text = after.text;
	out->after_num = after.num;
	out->after_id = after.id;
	return NULL;
}

const struct list_cursor *item_next(
	const struct item_filter *f, struct item_rows *rows, struct list_cursor *next)
{
	const struct item *last;

	if (rows->n < (size_t)f->limit)
		return NULL;
	rows->n--;
	last = &rows->rows[rows->n - 1];
	*next = (struct list_cursor){.id = last->id};
	if (f->sort == ITEM_SORT_SKU)
		next->text = last->sku;
	else if (f->sort == ITEM_SORT_NAME)
		next->text = last->name;
	else if (f->sort == ITEM_SORT_UPDATED_AT)
		next->num = last->updated_at;
	return next;
}

/* ---- handlers ---- */

static void answer(struct call *c, const struct item *item)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return;
	j = call_json(c);
	item_to_json(&j, NULL, item);
	(void)call_etag(c, item->version);
}

struct err *item_api_list(struct call *c)
{
	struct item_filter filter;
	struct list_cursor next;
	const struct list_cursor *more;
	struct item_rows rows;
	struct json_out j;
	const char *list;

	TRY(filter_of(c, &filter, &list));
	TRY(item_list(&c->ctx, &filter, &rows));
	more = item_next(&filter, &rows, &next);
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		item_to_json(&j, NULL, &rows.rows[i]);
	list_end(c, &j, list, more);
	return NULL;
}

struct err *item_api_create(struct call *c)
{
	struct item_input in = input_of(c->in);
	struct item item = {0};

	TRY(item_create(&c->ctx, &in, &item));
	answer(c, &item);
	call_made(c, "/v1/items", item.id);
	return NULL;
}

struct err *item_api_get(struct call *c)
{
	struct item item;

	TRY(item_read(&c->ctx, c->id, &item));
	answer(c, &item);
	return NULL;
}

struct err *item_api_lookup(struct call *c)
{
	struct item item;

	TRY(item_by_barcode(&c->ctx, c->in[0].text, &item));
	answer(c, &item);
	return NULL;
}

struct err *item_api_update(struct call *c)
{
	struct item_input in = input_of(c->in);
	struct item item;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(item_update(&c->ctx, c->id, version, &in, &item));
	answer(c, &item);
	return NULL;
}

struct err *item_api_archive(struct call *c)
{
	struct item item;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(item_archive(&c->ctx, c->id, version, &item));
	answer(c, &item);
	return NULL;
}

struct err *item_api_restore(struct call *c)
{
	struct item item;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(item_restore(&c->ctx, c->id, version, &item));
	answer(c, &item);
	return NULL;
}
