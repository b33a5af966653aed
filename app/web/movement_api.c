#include "web/movement_api.h"

#include "domain/ledger.h"
#include "domain/movement.h"
#include "web/list_fields.h"

/* ---- posting ---- */

enum post_field { POST_TYPE, POST_REFERENCE, POST_REASON, POST_OCCURRED_AT, POST_LINES };
enum line_field { LINE_SKU, LINE_ITEM_ID, LINE_FROM, LINE_TO, LINE_QUANTITY };

/* clang-format off */
static const char *const post_types[] = {"receipt", "issue", "transfer", "adjustment", "return", "scrap",
					 "production", NULL};

static const struct field line_fields[] = {
	[LINE_SKU] = {.name = "sku", .type = FIELD_CODE, .max = 64, .help = "The item's SKU; or item_id"},
	[LINE_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			  .help = "The item's id; or sku"},
	[LINE_FROM] = {.name = "from", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64,
		       .help = "Code of the location that it comes from"},
	[LINE_TO] = {.name = "to", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64,
		     .help = "Code of the location that it goes to"},
	[LINE_QUANTITY] = {.name = "quantity", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_POSITIVE,
			   .help = "In the item's unit, as a decimal string"},
	{.name = NULL},
};

const struct field movement_post_fields[] = {
	[POST_TYPE] = {.name = "type", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = post_types,
		       .help = "What kind of event it is"},
	[POST_REFERENCE] = {.name = "reference", .type = FIELD_TEXT, .max = 120,
			    .help = "The document behind it, such as PO-17"},
	[POST_REASON] = {.name = "reason", .type = FIELD_TEXT, .max = 255, .help = "Why, in words"},
	[POST_OCCURRED_AT] = {.name = "occurred_at", .type = FIELD_TIME,
			      .help = "When it happened; now unless told; not in the future"},
	[POST_LINES] = {.name = "lines", .type = FIELD_ROWS, .flags = FIELD_REQUIRED, .max = LEDGER_LINES_MAX,
			.row = line_fields, .help = "1 to 1,000 lines, applied whole or not at all"},
	{.name = NULL},
};
/* clang-format on */

static void line_from_input(const struct value *v, struct ledger_line *out)
{
	*out = (struct ledger_line){
		.sku = value_text(&v[LINE_SKU]),
		.item_id = call_id_of(&v[LINE_ITEM_ID]),
		.from = v[LINE_FROM].text,
		.to = v[LINE_TO].text,
		.quantity = v[LINE_QUANTITY].num,
	};
}

static void movement_from_input(
	struct arena *a, const struct value *in, struct ledger_movement *out)
{
	const struct value *rows = &in[POST_LINES];
	struct ledger_line *lines = ARENA_ARRAY(a, rows->n, struct ledger_line);

	for (size_t i = 0; i < rows->n; i++)
		line_from_input(rows->rows[i], &lines[i]);
	*out = (struct ledger_movement){
		.type = (enum movement_type)in[POST_TYPE].num,
		.reference = in[POST_REFERENCE].text,
		.reason = in[POST_REASON].text,
		.has_occurred_at = in[POST_OCCURRED_AT].set,
		.occurred_at = in[POST_OCCURRED_AT].num,
		.lines = lines,
		.n = rows->n,
	};
}

void movement_api_posted(struct call *c, const struct posted *p)
{
	call_made(c, "/v1/movements", p->id);
	if (!c->ctx.once->replayed)
		call_json_text(c, p->json);
}

struct err *movement_api_post(struct call *c)
{
	struct ledger_movement m;
	struct posted p = {0};

	movement_from_input(c->arena, c->in, &m);
	TRY(ledger_post(&c->ctx, &m, &p));
	movement_api_posted(c, &p);
	return NULL;
}

/* clang-format off */
const struct field movement_reverse_fields[] = {
	{.name = "reason", .type = FIELD_TEXT, .max = 255, .help = "Why, in words"},
	{.name = NULL},
};
/* clang-format on */

struct err *movement_api_reverse(struct call *c)
{
	struct posted p = {0};

	TRY(ledger_reverse(&c->ctx, c->id, c->in[0].text, &p));
	movement_api_posted(c, &p);
	return NULL;
}

/* ---- reading ---- */

struct err *movement_api_get(struct call *c)
{
	struct posted p;
	struct json_out j;

	TRY(ledger_read(&c->ctx, c->id, &p));
	j = call_json(c);
	ledger_to_json(&j, &p);
	/* A movement never changes but once: by being reversed. Its items may be renamed. */
	(void)call_etag(c, p.reversed_by ? 2 : 1);
	return NULL;
}

enum list_field {
	LIST_SKU,
	LIST_ITEM_ID,
	LIST_LOCATION,
	LIST_LOCATION_ID,
	LIST_TYPE,
	LIST_REFERENCE,
	LIST_OCCURRED_FROM,
	LIST_OCCURRED_BEFORE,
	LIST_LIMIT,
	LIST_CURSOR,
};

/* clang-format off */
const struct field movement_list_fields[] = {
	[LIST_SKU] = {.name = "sku", .type = FIELD_CODE, .max = 64, .help = "With lines of this item"},
	[LIST_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			  .help = "With lines of this item"},
	[LIST_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64, .help = "From or to this location"},
	[LIST_LOCATION_ID] = {.name = "location_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			      .help = "From or to this location"},
	[LIST_TYPE] = {.name = "type", .type = FIELD_CHOICE, .choices = movement_type_names,
		       .help = "Of this type"},
	[LIST_REFERENCE] = {.name = "reference", .type = FIELD_TEXT, .max = 120, .help = "With this reference"},
	[LIST_OCCURRED_FROM] = {.name = "occurred_from", .type = FIELD_TIME, .help = "Occurred then or later"},
	[LIST_OCCURRED_BEFORE] = {.name = "occurred_before", .type = FIELD_TIME, .help = "Occurred earlier"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
/* clang-format on */

static struct movement_filter filter_from_input(
	const struct value *in, const struct list_cursor *cursor)
{
	return (struct movement_filter){
		.sku = value_text(&in[LIST_SKU]),
		.item_id = in[LIST_ITEM_ID].num,
		.location = value_text(&in[LIST_LOCATION]),
		.location_id = in[LIST_LOCATION_ID].num,
		.type = in[LIST_TYPE].set ? (int)in[LIST_TYPE].num : -1,
		.reference = value_text(&in[LIST_REFERENCE]),
		.occurred_from = value_time(&in[LIST_OCCURRED_FROM]),
		.occurred_before = value_time(&in[LIST_OCCURRED_BEFORE]),
		.after_id = cursor->id,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
}

struct err *movement_api_list(struct call *c)
{
	struct list_cursor cursor, next = {.text = STR_NONE};
	struct posted_list list;
	struct json_out j;
	size_t limit = (size_t)list_limit(&c->in[LIST_LIMIT]), shown;
	struct movement_filter f;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], "movements", &cursor));
	f = filter_from_input(c->in, &cursor);
	TRY(movement_list(&c->ctx, &f, &list));
	shown = list.n > limit ? limit : list.n;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < shown; i++)
		ledger_to_json(&j, &list.rows[i]);
	if (shown > 0)
		next.id = list.rows[shown - 1].id;
	list_end(c, &j, "movements", list.n > limit ? &next : NULL);
	return NULL;
}
