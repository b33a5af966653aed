#include "web/movement_page.h"

#include "domain/movement.h"
#include "domain/names.h"
#include "domain/scan.h"
#include "web/list_fields.h"
#include "web/page.h"

#define LIST_NAME "movements page"

/* ---- the list ---- */

enum { LIST_SKU, LIST_LOCATION, LIST_TYPE, LIST_REFERENCE, LIST_FROM, LIST_TO, LIST_CURSOR };
const struct field movement_page_list_fields[] = {
	{.name = "sku", .type = FIELD_CODE, .max = 64},
	{.name = "location", .type = FIELD_CODE, .max = 64},
	{.name = "type", .type = FIELD_CHOICE, .choices = movement_type_names},
	{.name = "reference", .type = FIELD_TEXT, .max = 120},
	{.name = "from", .type = FIELD_TEXT, .max = 10},
	{.name = "to", .type = FIELD_TEXT, .max = 10},
	LIST_FIELD_CURSOR,
	{.name = NULL},
};

void movement_page_rows(struct call *c, const struct posted_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct posted *m = &list->rows[i];
		const struct posted_line *l = m->n ? &m->lines[0] : NULL;
		struct page_row *r = page_row(c, "rows", i);

		row_set_int(r, "id", m->id);
		row_set_cstr(r, "type", movement_type_names[m->type]);
		row_set_minute(r, "occurred_at", m->occurred_at);
		row_set(r, "reference", m->reference);
		row_set(r, "actor", m->actor_name.p ? m->actor_name : m->actor);
		if (m->reversed_by)
			row_set_cstr(r, "reversed_by", "1");
		if (!l)
			continue;
		row_set_int(r, "item_id", l->item_id);
		row_set(r, "sku", l->sku);
		row_set(r, "name", l->name);
		row_set(r, "from", l->from);
		row_set(r, "to", l->to);
		row_set_qty(r, "quantity", l->quantity);
		row_set(r, "unit", l->unit);
		if (m->line_count > 1)
			row_set_int(r, "more", m->line_count - 1);
	}
}

/* What was typed or scanned for an item: its SKU, or a barcode. What is neither stays a SKU, which the
 * list then does not know. */
static struct err *find_item(struct call *c, struct movement_filter *f)
{
	if (!c->in[LIST_SKU].set)
		return NULL;
	TRY(scan_items(&c->ctx, &c->in[LIST_SKU].text, 1, &f->item_id));
	f->sku = f->item_id ? STR_NONE : c->in[LIST_SKU].text;
	return NULL;
}

static struct str time_text(struct call *c, time_us t)
{
	return t == TIME_NONE ? STR_NONE : time_str(c->arena, t);
}

static void show_api(struct call *c, const struct movement_filter *f)
{
	struct str item_id =
		f->item_id ? str_printf(c->arena, "%lld", (long long)f->item_id) : STR_NONE;
	const struct page_pair query[] = {
		{"item_id", item_id},
		{"sku", f->sku},
		{"location", f->location},
		{"type", c->in[LIST_TYPE].text},
		{"reference", f->reference},
		{"occurred_from", time_text(c, f->occurred_from)},
		{"occurred_before", time_text(c, f->occurred_before)},
	};

	page_api_query(c, "/v1/movements", query, sizeof(query) / sizeof(query[0]));
}

static struct err *read_list(struct call *c, struct posted_list *list)
{
	const struct value *in = c->in;
	struct err *e = c->input_err;
	struct list_cursor at, next;
	bool more;

	struct movement_filter f = {
		.sku = STR_NONE,
		.location = in[LIST_LOCATION].set ? in[LIST_LOCATION].text : STR_NONE,
		.type = in[LIST_TYPE].set ? (int)in[LIST_TYPE].num : -1,
		.reference = in[LIST_REFERENCE].set ? in[LIST_REFERENCE].text : STR_NONE,
		.names_known = true,
		.limit = LIST_LIMIT_DEFAULT + 1,
	};
	f.occurred_from = page_day(c, LIST_FROM, &e);
	f.occurred_before = page_day_end(c, LIST_TO, &e);
	TRY(e);
	TRY(find_item(c, &f));
	show_api(c, &f);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &at));
	f.after_id = at.id;
	TRY(movement_list(&c->ctx, &f, list));
	more = list->n > LIST_LIMIT_DEFAULT;
	list->n -= more;
	if (more)
		next = (struct list_cursor){.id = list->rows[list->n - 1].id};
	page_pages(c, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *movement_page_list(struct call *c)
{
	struct posted_list list = {NULL, 0};
	struct err *e;

	TRY(page_live(c, LIVE_MOVEMENTS, "%s", ""));
	e = read_list(c, &list);
	if (e) {
		TRY(page_form_again(c, e));
		page_api(c, "/v1/movements");
	} else {
		page_form(c, NULL);
	}
	movement_page_rows(c, &list);
	for (int i = 0; i < MOVEMENT_TYPES; i++)
		node_keep(page_row(c, "types", (size_t)i), movement_type_names[i]);
	for (int i = 0; i < LIST_CURSOR; i++) {
		if (c->in[i].set)
			page_set_cstr(c, "filtered", "1");
	}
	page_template(c, "movement/list", "Movements");
	return NULL;
}

/* ---- one movement ---- */

enum { SHOW_DONE };
const struct field movement_page_show_fields[] = {
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_lines(struct call *c, const struct posted *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct posted_line *l = &m->lines[i];
		struct page_row *r = page_row(c, "lines", i);

		row_set_int(r, "item_id", l->item_id);
		row_set(r, "sku", l->sku);
		row_set(r, "name", l->name);
		row_set_int(r, "from_id", l->from_id);
		row_set(r, "from", l->from);
		row_set_int(r, "to_id", l->to_id);
		row_set(r, "to", l->to);
		row_set_qty(r, "quantity", l->quantity);
		row_set(r, "unit", l->unit);
	}
}

void movement_page_once(struct call *c)
{
	page_set(c, "form.once.value", str_printf(c->arena, "form-%.*s", STR_ARG(c->rq->id)));
}

static void show_page(struct call *c, const struct posted *m)
{
	page_set_int(c, "movement.id", m->id);
	page_set_cstr(c, "movement.type", movement_type_names[m->type]);
	page_set(c, "movement.reference", m->reference);
	page_set(c, "movement.reason", m->reason);
	page_set(c, "movement.actor", m->actor_name.p ? m->actor_name : m->actor);
	page_set(c, "movement.request_id", m->request_id);
	page_set_time(c, "movement.occurred_at", m->occurred_at);
	page_set_time(c, "movement.recorded_at", m->recorded_at);
	page_set_int(c, "movement.line_count", m->line_count);
	if (m->reverses)
		page_set_int(c, "movement.reverses", m->reverses);
	if (m->reversed_by)
		page_set_int(c, "movement.reversed_by", m->reversed_by);
	if (m->type != MOVEMENT_REVERSAL && !m->reversed_by)
		page_set_cstr(c, "can_reverse", "1");
	show_lines(c, m);
	page_form_fields(c, movement_page_reverse_fields);
	movement_page_once(c);
	page_api(c, "/v1/movements/%lld", (long long)m->id);
	page_template(c, "movement/show", "Movement #%lld", (long long)m->id);
}

/* The way on after a posting: the same once more. */
static void show_another(struct call *c, const struct posted *m, struct str done)
{
	const struct posted_line *l = &m->lines[0];
	struct str place = location_is_virtual(l->from_id) ? l->to : l->from;

	if (str_is(done, "counted")) {
		page_set_cstr(c, "another.label", "Count another");
		page_set(c, "another.href",
			str_printf(c->arena, "/movements/count?location=%.*s",
				STR_ARG(http_escape(c->arena, place))));
	} else if (str_is(done, "posted") && m->type < MOVEMENT_PRODUCTION) {
		page_set_cstr(c, "another.label", "Post another");
		page_set(c, "another.href",
			str_printf(
				c->arena, "/movements/new?type=%s", movement_type_names[m->type]));
	}
}

struct err *movement_page_show(struct call *c)
{
	const struct value *done = &c->in[SHOW_DONE];
	struct posted m;

	TRY(ledger_read(&c->ctx, c->id, &m));
	show_page(c, &m);
	page_notice(c, done);
	if (done->set)
		show_another(c, &m, done->text);
	return NULL;
}

/* ---- what follows a posting ---- */

struct err *movement_page_posted(struct call *c, const struct posted *p, const char *done)
{
	return page_see_other(c, "/movements/%lld?done=%s", (long long)p->id, done);
}

struct err *movement_page_again(struct call *c, struct err *e)
{
	bool reused = e->code == ERR_KEY_REUSED;

	if (reused)
		e->detail =
			STR("This form has been posted already. To post once more, send it again.");
	TRY(page_form_again(c, e));
	if (reused)
		movement_page_once(c);
	return NULL;
}

/* ---- reversing ---- */

enum { REVERSE_REASON, REVERSE_ONCE };
const struct field movement_page_reverse_fields[] = {
	{.name = "reason", .type = FIELD_TEXT, .max = 255, .label = "Why"},
	{.name = "once", .type = FIELD_CODE, .max = 255},
	{.name = NULL},
};

struct err *movement_page_reverse(struct call *c)
{
	struct str reason = c->in[REVERSE_REASON].set ? c->in[REVERSE_REASON].text : STR("");
	struct err *e = c->input_err;
	struct posted p, m;

	if (!e)
		e = ledger_reverse(&c->ctx, c->id, reason, &p);
	if (!e)
		return movement_page_posted(c, &p, "reversed");
	TRY(page_form_again(c, e));
	TRY(ledger_read(&c->ctx, c->id, &m));
	show_page(c, &m);
	return NULL;
}
