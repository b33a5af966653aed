/*
 * Counting: what is there, of one item at one place. A person says what was counted and sees what the
 * books say; the difference is not for people to compute. First the item and the place are chosen,
 * which one scan each can do; then comes the form that posts.
 */
#include "domain/item.h"
#include "domain/location.h"
#include "domain/names.h"
#include "domain/scan.h"
#include "domain/stock.h"
#include "web/movement_page.h"
#include "web/page.h"

#define COUNT_SKU                                                                           \
	{                                                                                   \
		.name = "sku", .type = FIELD_CODE, .max = ITEM_SKU_MAX, .label = ITEM_TYPED \
	}
#define COUNT_LOCATION                                                            \
	{                                                                         \
		.name = "location", .type = FIELD_CODE, .max = LOCATION_CODE_MAX, \
		.label = "Location"                                               \
	}

enum { SHOW_SKU, SHOW_LOCATION, SHOW_DONE };
const struct field count_page_show_fields[] = {
	COUNT_SKU,
	COUNT_LOCATION,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

enum {
	POST_SKU,
	POST_LOCATION,
	POST_EXPECTED,
	POST_QUANTITY,
	POST_REFERENCE,
	POST_REASON,
	POST_ONCE
};
const struct field count_page_fields[] = {
	COUNT_SKU,
	COUNT_LOCATION,
	{.name = "expected", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_NOT_NEGATIVE},
	{.name = "quantity",
		.type = FIELD_QTY,
		.flags = FIELD_REQUIRED | FIELD_NOT_NEGATIVE,
		.label = "Counted quantity"},
	{.name = "reference", .type = FIELD_TEXT, .max = 120, .label = "Reference"},
	{.name = "reason", .type = FIELD_TEXT, .max = 255, .label = "Reason"},
	{.name = "once", .type = FIELD_CODE, .max = 255},
	{.name = NULL},
};

/* ---- what is counted ---- */

/* The domain answers many questions at once: "/lines/0/sku" is the form's "/sku". */
static struct err *point_at_controls(struct err *e)
{
	const size_t prefix = sizeof("/lines/0") - 1;

	for (struct err_field *f = e ? e->fields : NULL; f; f = f->next) {
		if (str_starts(f->pointer, "/lines/0/"))
			f->pointer = (struct str){f->pointer.p + prefix, f->pointer.n - prefix};
	}
	return e;
}

/* ERR_INVALID at "/sku" or "/location" when one of them is not there. ERR_FORBIDDEN for who may not see what is. */
static struct err *look_up(
	struct call *c, struct str sku, struct str location, struct stock_level *out)
{
	struct stock_question q = {.sku = sku, .location = location};
	struct stock_rows rows;
	struct err *e = NULL;

	if (!perm_has(c->who.permissions, PERM_STOCK_READ))
		return err_new(c->arena, ERR_FORBIDDEN,
			"Counting compares with what the books say, and you may not see that: "
			"stock:read is missing.");
	TRY(scan_items(&c->ctx, &sku, 1, &q.item_id));
	if (q.item_id)
		q.sku = STR_NONE;
	TRY(point_at_controls(stock_query(&c->ctx, &q, 1, &rows)));
	*out = rows.rows[0];
	if (location_is_virtual(out->location_id))
		err_add_field(&e, c->arena, STR("/location"), "virtual", "No stock is kept there.");
	return e;
}

/* ---- the page ---- */

static void show_level(struct call *c, const struct stock_level *level)
{
	page_set_int(c, "count.item_id", level->item_id);
	page_set(c, "count.name", level->item_name);
	page_set(c, "count.unit", level->unit);
	page_set_int(c, "count.location_id", level->location_id);
	page_set(c, "count.location_name", level->location_name);
	page_set_int(c, "count.version", level->version);
	page_set(c, "form.sku.value", level->sku);
	page_set(c, "form.location.value", level->location);
	page_api(c, "/v1/stock-levels?item_id=%lld&location_id=%lld", (long long)level->item_id,
		(long long)level->location_id);
}

/* `level` NULL: item or place is still to be chosen. */
static struct err *show_page(struct call *c, const struct stock_level *level)
{
	page_form_fields(c, count_page_fields);
	posting_page_tabs(c, "count");
	page_template(c, "movement/count", "Count");
	if (level)
		show_level(c, level);
	else
		page_api(c, "/v1/stock-levels");
	return NULL;
}

struct err *count_page_show(struct call *c)
{
	const struct value *in = c->in;
	struct stock_level level;
	struct err *e = c->input_err;
	bool chosen = in[SHOW_SKU].set && in[SHOW_LOCATION].set;

	if (!e && chosen) {
		TRY(page_live_begin(c));
		e = look_up(c, in[SHOW_SKU].text, in[SHOW_LOCATION].text, &level);
	}
	if (e) {
		TRY(page_form_again(c, e));
		return show_page(c, NULL);
	}
	page_form(c, NULL);
	page_notice(c, &in[SHOW_DONE]);
	if (!chosen) {
		page_set_cstr(c, in[SHOW_SKU].set ? "form.location.focus" : "form.sku.focus", "1");
		return show_page(c, NULL);
	}
	movement_page_once(c);
	page_set_qty(c, "form.expected.value", level.on_hand);
	page_live_query(c, LIVE_STOCK, "&subject=stock-levels/%lld/%lld", (long long)level.item_id,
		(long long)level.location_id);
	return show_page(c, &level);
}

/* ---- posting ---- */

/* The figure is not a mistake of whoever counted: the new one is shown, and the count is asked to be
 * looked at again. */
static void show_changed(struct call *c, struct err *e, const struct stock_level *now)
{
	for (struct err_field *f = e->fields; f; f = f->next) {
		f->pointer = STR("/quantity");
		f->detail = str_printf(c->arena,
			"The books said %.*s and say %.*s now: something was posted meanwhile. "
			"Does your count still hold?",
			STR_ARG(qty_str(c->arena, c->in[POST_EXPECTED].num)),
			STR_ARG(qty_str(c->arena, now->on_hand)));
	}
}

static struct err *post_again(struct call *c, struct err *e)
{
	bool changed = e->code == ERR_EXPECTATION;
	struct stock_level now;
	struct err *lost = look_up(c, c->in[POST_SKU].text, c->in[POST_LOCATION].text, &now);

	if (lost && lost->code != ERR_INVALID)
		return lost;
	if (!lost && changed)
		show_changed(c, e, &now);
	TRY(movement_page_again(c, e));
	if (!lost && changed)
		page_set_qty(c, "form.expected.value", now.on_hand);
	return show_page(c, lost ? NULL : &now);
}

struct err *count_page_post(struct call *c)
{
	const struct value *in = c->in;
	struct stock_correction k = {
		.sku = in[POST_SKU].text,
		.location = in[POST_LOCATION].text,
		.reference = in[POST_REFERENCE].set ? in[POST_REFERENCE].text : STR(""),
		.reason = in[POST_REASON].set ? in[POST_REASON].text : STR(""),
	};
	struct err *e = c->input_err;
	struct posted p;

	if (!e)
		e = stock_set(&c->ctx, &k, in[POST_QUANTITY].num, in[POST_EXPECTED].num, &p);
	if (e)
		return post_again(c, e);
	if (p.id)
		return movement_page_posted(c, &p, "counted");
	return page_see_other(c, "/movements/count?location=%.*s&done=agrees",
		STR_ARG(http_escape(c->arena, k.location)));
}
