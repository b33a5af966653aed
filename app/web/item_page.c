#include "web/item_page.h"

#include "domain/item.h"
#include "domain/location.h"
#include "domain/movement.h"
#include "domain/stock.h"
#include "web/category_page.h"
#include "web/item_api.h"
#include "web/list_fields.h"
#include "web/page.h"

#define PLACES_MAX 100 /* locations of one item on its page */
#define CARD_LINES 50
#define APART_MAX ((time_us)60 * 1000000) /* occurred and recorded, to be called the same time */

/* ---- the list ---- */

static const char *const statuses[] = {"active", "archived", NULL};
static const char *const sorts[] = {"sku", "name", "updated_at", NULL}; /* as enum item_sort */

enum { LIST_Q, LIST_CATEGORY, LIST_STATUS, LIST_SORT, LIST_CURSOR, LIST_DONE };
const struct field item_page_list_fields[] = {
	{.name = "q", .type = FIELD_TEXT, .max = 120},
	{.name = "category_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX},
	{.name = "status", .type = FIELD_CHOICE, .choices = statuses},
	{.name = "sort", .type = FIELD_SORT, .choices = sorts},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_rows(struct call *c, const struct item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct page_row *r = page_row(c, "rows", i);

		row_set_int(r, "id", items[i].id);
		row_set(r, "sku", items[i].sku);
		row_set(r, "name", items[i].name);
		row_set(r, "category", items[i].category);
		row_set_qty(r, "on_hand", items[i].on_hand);
		row_set(r, "unit", items[i].unit);
		row_set_minute(r, "updated_at", items[i].updated_at);
		if (!items[i].active)
			row_set_cstr(r, "archived", "1");
	}
}

static void show_api(struct call *c)
{
	const struct value *in = c->in;
	const struct page_pair query[] = {
		{"q", in[LIST_Q].text},
		{"category_id", in[LIST_CATEGORY].text},
		{"status", in[LIST_STATUS].text},
		{"sort", in[LIST_SORT].text},
	};

	page_api_query(c, "/v1/items", query, sizeof(query) / sizeof(query[0]));
}

/* *id is the item whose barcode was searched for, 0 when it was something else. */
static struct err *find_scanned(struct call *c, int64_t *id)
{
	const struct value *in = c->in;
	struct item item;
	struct err *e;

	*id = 0;
	if (!in[LIST_Q].set || in[LIST_CATEGORY].set || in[LIST_STATUS].set || in[LIST_CURSOR].set)
		return NULL;
	e = item_by_barcode(&c->ctx, in[LIST_Q].text, &item);
	if (e)
		return e->code == ERR_NOT_FOUND ? NULL : e;
	*id = item.id;
	return NULL;
}

struct err *item_page_list(struct call *c)
{
	const struct value *in = c->in;
	int64_t scanned;
	const char *list = arena_printf(c->arena, "items page:%s",
		page_sorts(c, &item_page_list_fields[LIST_SORT], &in[LIST_SORT]));
	struct list_cursor at, next;
	struct item_rows rows;

	TRY(find_scanned(c, &scanned));
	if (scanned)
		return page_see_other(c, "/items/%lld?done=found", (long long)scanned);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], list, &at));
	struct item_filter f = {
		.q = in[LIST_Q].set ? in[LIST_Q].text : STR_NONE,
		.category_id = in[LIST_CATEGORY].num,
		.status = in[LIST_STATUS].set ? in[LIST_STATUS].text : STR_NONE,
		.sort = in[LIST_SORT].set ? (enum item_sort)in[LIST_SORT].num : ITEM_SORT_SKU,
		.descending = in[LIST_SORT].descending,
		.after_text = at.text,
		.after_num = at.num,
		.after_id = at.id,
		.limit = LIST_LIMIT_DEFAULT + 1,
		.brief = true,
	};
	TRY(page_live(c, LIVE_STOCK | LIVE_ITEMS, "%s", ""));
	TRY(item_list(&c->ctx, &f, &rows));
	page_pages(c, list, item_next(&f, &rows, &next));
	show_rows(c, rows.rows, rows.n);
	page_form(c, NULL);
	if (in[LIST_Q].set || in[LIST_CATEGORY].set || in[LIST_STATUS].set)
		page_set_cstr(c, "filtered", "1");
	page_notice(c, &in[LIST_DONE]);
	show_api(c);
	page_template(c, "item/list", "Items");
	return category_page_remembered_choices(c, in[LIST_CATEGORY].num);
}

/* ---- one item ---- */

enum { SHOW_CURSOR, SHOW_LOCATION, SHOW_DONE };
const struct field item_page_show_fields[] = {
	LIST_FIELD_CURSOR,
	{.name = "location", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX},
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_item(struct call *c, const struct item *item)
{
	page_set_int(c, "item.id", item->id);
	page_set(c, "item.sku", item->sku);
	page_set(c, "item.name", item->name);
	page_set(c, "item.unit", item->unit);
	page_set(c, "item.description", item->description);
	page_set(c, "item.barcodes", item->barcodes);
	if (item->category_id)
		page_set_int(c, "item.category_id", item->category_id);
	page_set(c, "item.category", item->category);
	page_set_int(c, "item.version", item->version);
	page_set_qty(c, "item.on_hand", item->on_hand);
	page_set_time(c, "item.created_at", item->created_at);
	page_set_time(c, "item.updated_at", item->updated_at);
	if (!item->active)
		page_set_cstr(c, "item.archived", "1");
}

/* In steps of five, as the stylesheet has classes for. */
static int64_t share(qty_sum_t part, qty_sum_t whole)
{
	qty_sum_t twentieth = whole / 20;

	return twentieth <= 0 || part / twentieth >= 20 ? 100 : (int64_t)(part / twentieth) * 5;
}

static struct err *show_stock(struct call *c, const struct item *item)
{
	struct stock_filter f = {.item_id = item->id, .non_zero = true, .limit = PLACES_MAX + 1};
	struct stock_rows rows;

	TRY(stock_list(&c->ctx, &f, &rows));
	for (size_t i = 0; i < rows.n && i < PLACES_MAX; i++) {
		const struct stock_level *s = &rows.rows[i];
		struct page_row *r = page_row(c, "stock", i);

		row_set_int(r, "location_id", s->location_id);
		row_set(r, "location", s->location);
		row_set(r, "location_name", s->location_name);
		row_set_qty(r, "on_hand", s->on_hand);
		row_set_int(r, "version", s->version);
		if (s->reserved)
			row_set_qty(r, "reserved", s->reserved);
		row_set_int(r, "share", share(s->on_hand, item->on_hand));
	}
	if (rows.n > PLACES_MAX)
		page_set_int(c, "stock_more", PLACES_MAX);
	return NULL;
}

static void show_change(struct page_row *r, qty_t change)
{
	struct arena *a = node_arena(r);
	struct str text = qty_str(a, change < 0 ? -change : change);

	row_set_cstr(r, "change",
		arena_printf(a, "%s%.*s",
			change > 0           ? "+"
				: change < 0 ? "\u2212"
					     : "",
			STR_ARG(text)));
	if (change)
		row_set_cstr(r, "sign", change > 0 ? "in" : "out");
}

/* A card is in the order of recording: there is its balance. */
static bool is_recorded_later(const struct bin_card_line *l)
{
	time_us apart = l->recorded_at - l->occurred_at;

	return apart > APART_MAX || apart < -APART_MAX;
}

static void show_card_line(struct page_row *r, const struct bin_card_line *l)
{
	row_set_time(r, "occurred_at", l->occurred_at);
	if (is_recorded_later(l))
		row_set_minute(r, "recorded_at", l->recorded_at);
	row_set_int(r, "movement_id", l->movement_id);
	row_set_cstr(r, "type", movement_type_names[l->type]);
	row_set(r, "from", l->from);
	row_set(r, "to", l->to);
	row_set(r, "reference", l->reference);
	row_set(r, "reason", l->reason);
	row_set(r, "actor", l->actor_name.p ? l->actor_name : l->actor);
	show_change(r, l->change);
	row_set_qty(r, "balance", l->balance);
}

static struct err *show_card(
	struct call *c, int64_t item_id, int64_t location_id, const struct value *cursor)
{
	const char *list = arena_printf(
		c->arena, "bin card:%lld:%lld", (long long)item_id, (long long)location_id);
	struct list_cursor at, next;
	struct bin_card card;

	TRY(list_cursor_read(c, cursor, list, &at));
	TRY(movement_bin_card(
		&c->ctx, item_id, location_id, at.id, (int)at.num, CARD_LINES + 1, &card));
	bool more = card.n > CARD_LINES;

	card.n -= more;
	for (size_t i = 0; i < card.n; i++) {
		show_card_line(page_row(c, "card", i), &card.lines[i]);
		if (is_recorded_later(&card.lines[i]))
			page_set_cstr(c, "card_apart", "1");
	}
	if (more) {
		const struct bin_card_line *last = &card.lines[card.n - 1];

		next = (struct list_cursor){.num = last->line_no, .id = last->movement_id};
	}
	page_pages(c, list, more ? &next : NULL);
	return NULL;
}

/* The whole page; after a refused archiving as well, whose form names neither a place nor a page of
 * the card. */
static struct err *show_page(
	struct call *c, const struct item *item, int64_t location_id, const struct value *cursor)
{
	show_item(c, item);
	if (perm_has(c->who.permissions, PERM_STOCK_READ))
		TRY(show_stock(c, item));
	if (perm_has(c->who.permissions, PERM_MOVEMENTS_READ))
		TRY(show_card(c, item->id, location_id, cursor));
	page_api(c, "/v1/items/%lld", (long long)item->id);
	page_template(c, "item/show", "%.*s %.*s", STR_ARG(item->sku), STR_ARG(item->name));
	return NULL;
}

struct err *item_page_show(struct call *c)
{
	int64_t location_id = c->in[SHOW_LOCATION].num;
	struct location l;
	struct item item;

	if (location_id) {
		TRY(location_read(&c->ctx, location_id, &l));
		if (l.kind == LOCATION_VIRTUAL) /* no stock is kept there: it has no card */
			return page_see_other(c, "/items/%lld", (long long)c->id);
		page_set(c, "card_location", l.code);
	}
	TRY(page_live(c, LIVE_STOCK | LIVE_MOVEMENTS, "&item_id=%lld", (long long)c->id));
	TRY(item_read(&c->ctx, c->id, &item));
	TRY(show_page(c, &item, location_id, &c->in[SHOW_CURSOR]));
	page_notice(c, &c->in[SHOW_DONE]);
	if (c->in[SHOW_DONE].set && str_is(c->in[SHOW_DONE].text, "found"))
		page_set_cstr(c, "find_focus", "1"); /* for the next scan */
	return NULL;
}

/* ---- the form ---- */

enum {
	FORM_SKU,
	FORM_NAME,
	FORM_UNIT,
	FORM_CATEGORY,
	FORM_BARCODES,
	FORM_DESCRIPTION,
	FORM_VERSION
};
const struct field item_page_form_fields[] = {
	{.name = "sku",
		.type = FIELD_CODE,
		.flags = FIELD_REQUIRED,
		.max = ITEM_SKU_MAX,
		.label = "SKU"},
	{.name = "name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = ITEM_NAME_MAX,
		.label = "Name"},
	{.name = "unit",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = ITEM_UNIT_MAX,
		.label = "Unit"},
	{.name = "category_id",
		.type = FIELD_INT,
		.flags = FIELD_POSITIVE,
		.max = INT64_MAX,
		.label = "Category"},
	{.name = "barcodes", .type = FIELD_TEXTS, .max = ITEM_BARCODES_MAX, .label = "Barcodes"},
	{.name = "description",
		.type = FIELD_MULTILINE,
		.max = ITEM_DESCRIPTION_MAX,
		.label = "Description"},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

static struct err *form_page(struct call *c, const struct item *item, int64_t category_id)
{
	page_form_fields(c, item_page_form_fields);
	if (item) {
		page_set_int(c, "item.id", item->id);
		page_set(c, "item.sku", item->sku);
		page_api(c, "/v1/items/%lld", (long long)item->id);
		page_template(c, "item/form", "Edit %.*s", STR_ARG(item->sku));
	} else {
		page_template(c, "item/form", "New item");
	}
	return category_page_choices(c, category_id);
}

struct err *item_page_new(struct call *c)
{
	page_set_cstr(c, "form.unit.value", "each");
	return form_page(c, NULL, 0);
}

struct err *item_page_edit(struct call *c)
{
	struct item item;

	TRY(item_read(&c->ctx, c->id, &item));
	page_set(c, "form.sku.value", item.sku);
	page_set(c, "form.name.value", item.name);
	page_set(c, "form.unit.value", item.unit);
	if (item.category_id)
		page_set_int(c, "form.category_id.value", item.category_id);
	page_set(c, "form.barcodes.value", item.barcodes);
	page_set(c, "form.description.value", item.description);
	page_set_int(c, "form.version.value", item.version);
	return form_page(c, &item, item.category_id);
}

/* A form holds all of the item: what is empty in it is cleared. */
static struct item_input input_of(const struct value *in)
{
	return (struct item_input){
		.sku = in[FORM_SKU].text,
		.name = in[FORM_NAME].text,
		.unit = in[FORM_UNIT].text,
		.description = in[FORM_DESCRIPTION].set ? in[FORM_DESCRIPTION].text : STR(""),
		.has_category = true,
		.category_id = in[FORM_CATEGORY].num,
		.has_barcodes = true,
		.barcodes = in[FORM_BARCODES].texts,
		.barcode_count = in[FORM_BARCODES].n,
	};
}

struct err *item_page_create(struct call *c)
{
	struct item_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct item item;

	if (!e)
		e = item_create(&c->ctx, &in, &item);
	if (!e)
		return page_see_other(c, "/items/%lld?done=made", (long long)item.id);
	TRY(page_form_again(c, e));
	return form_page(c, NULL, in.category_id);
}

static void show_conflict(struct call *c, const struct item *now)
{
	struct str category_id = now->category_id
		? str_printf(c->arena, "%lld", (long long)now->category_id)
		: STR_NONE;

	page_form_now(c, FORM_SKU, now->sku, now->sku);
	page_form_now(c, FORM_NAME, now->name, now->name);
	page_form_now(c, FORM_UNIT, now->unit, now->unit);
	page_form_now(c, FORM_CATEGORY, category_id, now->category);
	page_form_now(c, FORM_BARCODES, now->barcodes, now->barcodes);
	page_form_now(c, FORM_DESCRIPTION, now->description, now->description);
	page_set_int(c, "form.version.value", now->version);
}

struct err *item_page_save(struct call *c)
{
	struct item_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct item item;

	if (!e)
		e = item_update(&c->ctx, c->id, c->in[FORM_VERSION].num, &in, &item);
	if (!e)
		return page_see_other(c, "/items/%lld?done=saved", (long long)item.id);
	TRY(page_edit_again(c, e));
	TRY(item_read(&c->ctx, c->id, &item));
	if (e->code == ERR_PRECONDITION)
		show_conflict(c, &item);
	return form_page(c, &item, in.category_id);
}

/* ---- archive and restore ---- */

typedef struct err *item_change_fn(struct ctx *c, int64_t id, int64_t version, struct item *out);

static struct err *change(struct call *c, item_change_fn *fn, const char *done)
{
	const struct value first_page = {.set = false};
	struct item item;
	struct err *e = fn(&c->ctx, c->id, c->in[0].num, &item);

	if (!e)
		return page_see_other(c, "/items/%lld?done=%s", (long long)item.id, done);
	TRY(page_form_again(c, e));
	TRY(item_read(&c->ctx, c->id, &item));
	page_address(c, "/items/%lld", (long long)item.id);
	return show_page(c, &item, 0, &first_page);
}

struct err *item_page_archive(struct call *c)
{
	return change(c, item_archive, "archived");
}

struct err *item_page_restore(struct call *c)
{
	return change(c, item_restore, "restored");
}
