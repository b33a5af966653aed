#include "web/stock_api.h"

#include "domain/stock.h"
#include "web/list_fields.h"
#include "web/movement_api.h"

/* ---- lists ---- */

enum list_field {
	LIST_SKU,
	LIST_ITEM_ID,
	LIST_LOCATION,
	LIST_LOCATION_ID,
	LIST_UNDER,
	LIST_NON_ZERO,
	LIST_LIMIT,
	LIST_CURSOR,
};

/* clang-format off */
const struct field stock_list_fields[] = {
	[LIST_SKU] = {.name = "sku", .type = FIELD_CODE, .max = 64, .help = "Of this item"},
	[LIST_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			  .help = "Of this item"},
	[LIST_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64, .help = "At exactly this location"},
	[LIST_LOCATION_ID] = {.name = "location_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			      .help = "At exactly this location"},
	[LIST_UNDER] = {.name = "under", .type = FIELD_CODE, .max = 64,
			.help = "At this location and all below it, by code"},
	[LIST_NON_ZERO] = {.name = "non_zero", .type = FIELD_BOOL, .help = "Only where something is on hand"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
/* clang-format on */

static struct err *filter_from_input(struct call *c, struct stock_filter *f)
{
	const struct value *in = c->in;
	struct list_cursor cursor;
	struct err *e = NULL;

	if (in[LIST_UNDER].set && (in[LIST_LOCATION].set || in[LIST_LOCATION_ID].set))
		err_add_field(&e, c->arena, STR("/under"), "conflict",
			"Give location or under, not both.");
	TRY(e);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], "stock-levels", &cursor));
	*f = (struct stock_filter){
		.sku = value_text(&in[LIST_SKU]),
		.item_id = in[LIST_ITEM_ID].num,
		.location = value_text(&in[LIST_LOCATION]),
		.location_id = in[LIST_LOCATION_ID].num,
		.under = value_text(&in[LIST_UNDER]),
		.non_zero = in[LIST_NON_ZERO].num != 0,
		.after_item = cursor.id,
		.after_location = cursor.num,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	return NULL;
}

struct err *stock_api_list(struct call *c)
{
	struct stock_filter f;
	struct stock_rows rows;
	struct list_cursor next = {.text = STR_NONE};
	struct json_out j;
	size_t limit, shown;

	TRY(filter_from_input(c, &f));
	TRY(stock_list(&c->ctx, &f, &rows));
	limit = (size_t)f.limit - 1;
	shown = rows.n > limit ? limit : rows.n;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < shown; i++)
		stock_level_to_json(&j, NULL, &rows.rows[i]);
	if (shown > 0) {
		next.id = rows.rows[shown - 1].item_id;
		next.num = rows.rows[shown - 1].location_id;
	}
	list_end(c, &j, "stock-levels", rows.n > limit ? &next : NULL);
	return NULL;
}

/* ---- many at once ---- */

enum question_field { QUESTION_SKU, QUESTION_ITEM_ID, QUESTION_LOCATION, QUESTION_LOCATION_ID };

/* clang-format off */
static const struct field question_fields[] = {
	[QUESTION_SKU] = {.name = "sku", .type = FIELD_CODE, .max = 64, .help = "The item's SKU; or item_id"},
	[QUESTION_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
			      .help = "The item's id; or sku"},
	[QUESTION_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64,
			       .help = "Code of a location; without one, the sum over all"},
	[QUESTION_LOCATION_ID] = {.name = "location_id", .type = FIELD_INT, .flags = FIELD_POSITIVE,
				  .max = INT64_MAX, .help = "Id of a location"},
	{.name = NULL},
};

const struct field stock_query_fields[] = {
	{.name = "lines", .type = FIELD_ROWS, .flags = FIELD_REQUIRED, .max = LEDGER_LINES_MAX,
	 .row = question_fields, .help = "1 to 1,000 questions; the answer has a row for each, in order"},
	{.name = NULL},
};
/* clang-format on */

struct err *stock_api_query(struct call *c)
{
	const struct value *lines = &c->in[0];
	struct stock_question *q = ARENA_ARRAY(c->arena, lines->n, struct stock_question);
	struct stock_rows rows;
	struct json_out j;

	for (size_t i = 0; i < lines->n; i++) {
		const struct value *v = lines->rows[i];

		q[i] = (struct stock_question){
			.sku = value_text(&v[QUESTION_SKU]),
			.item_id = call_id_of(&v[QUESTION_ITEM_ID]),
			.location = value_text(&v[QUESTION_LOCATION]),
			.location_id = call_id_of(&v[QUESTION_LOCATION_ID]),
		};
	}
	TRY(stock_query(&c->ctx, q, lines->n, &rows));
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		stock_level_to_json(&j, NULL, &rows.rows[i]);
	list_end(c, &j, "stock-levels", NULL);
	return NULL;
}

/* ---- corrections ---- */

enum correction_field {
	FIX_SKU,
	FIX_ITEM_ID,
	FIX_LOCATION,
	FIX_REASON,
	FIX_REFERENCE,
	FIX_OCCURRED_AT,
	FIX_QUANTITY, /* the delta, or the new quantity */
	FIX_EXPECTED,
};

/* clang-format off */
#define FIX_FIELDS \
	[FIX_SKU] = {.name = "sku", .type = FIELD_CODE, .max = 64, .help = "The item's SKU; or item_id"}, \
	[FIX_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX, \
			 .help = "The item's id; or sku"}, \
	[FIX_LOCATION] = {.name = "location", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64, \
			  .help = "Code of the location"}, \
	[FIX_REASON] = {.name = "reason", .type = FIELD_TEXT, .max = 255, .help = "Why, in words"}, \
	[FIX_REFERENCE] = {.name = "reference", .type = FIELD_TEXT, .max = 120, .help = "The document behind it"}, \
	[FIX_OCCURRED_AT] = {.name = "occurred_at", .type = FIELD_TIME, .help = "When it happened; now unless told"}

const struct field stock_adjust_fields[] = {
	FIX_FIELDS,
	[FIX_QUANTITY] = {.name = "delta", .type = FIELD_QTY, .flags = FIELD_REQUIRED,
			  .help = "What to add, or with '-' what to take away; not 0"},
	{.name = NULL},
};

const struct field stock_set_fields[] = {
	FIX_FIELDS,
	[FIX_QUANTITY] = {.name = "quantity", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_NOT_NEGATIVE,
			  .help = "What is there"},
	[FIX_EXPECTED] = {.name = "expected", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_NOT_NEGATIVE,
			  .help = "What the balance is expected to say now; 409 when it says something else"},
	{.name = NULL},
};
/* clang-format on */

static struct stock_correction correction_from_input(const struct value *in)
{
	return (struct stock_correction){
		.sku = value_text(&in[FIX_SKU]),
		.item_id = call_id_of(&in[FIX_ITEM_ID]),
		.location = in[FIX_LOCATION].text,
		.reason = in[FIX_REASON].text,
		.reference = in[FIX_REFERENCE].text,
		.has_occurred_at = in[FIX_OCCURRED_AT].set,
		.occurred_at = in[FIX_OCCURRED_AT].num,
	};
}

struct err *stock_api_adjust(struct call *c)
{
	struct stock_correction k = correction_from_input(c->in);
	struct posted p = {0};

	TRY(stock_adjust(&c->ctx, &k, c->in[FIX_QUANTITY].num, &p));
	movement_api_posted(c, &p);
	return NULL;
}

/* The movement that was posted, or {"id": null} when the balance was right. */
struct err *stock_api_set(struct call *c)
{
	struct stock_correction k = correction_from_input(c->in);
	struct posted p = {0};

	TRY(stock_set(&c->ctx, &k, c->in[FIX_QUANTITY].num, c->in[FIX_EXPECTED].num, &p));
	if (!c->ctx.once->replayed)
		call_json_text(c, p.json);
	return NULL;
}
