/*
 * The form that posts a movement. A person thinks "receive", "issue", "move"; this turns it into
 * lines with two ends: the far end of each kind is built in, and a location left empty is that of
 * the line above.
 */
#include <string.h>

#include "domain/item.h"
#include "domain/ledger.h"
#include "domain/location.h"
#include "domain/scan.h"
#include "web/movement_page.h"
#include "web/page.h"

#define LINES_MAX 200
#define LINES_FIRST 3 /* empty lines of a new form */
#define LINES_MORE 5 /* and of one that was asked for more */

struct kind {
	const char *type, *label, *submit, *explain;
	const char *from, *to; /* the far end; NULL: asked for */
	const char *from_label, *to_label; /* of those asked for */
	enum movement_type movement;
};

static const char adjustment_end[] = "@adjustment";

static const char *const kind_names[] = {
	"receipt", "issue", "transfer", "adjustment", "return", "scrap", NULL};
/* clang-format off */
static const struct kind kinds[] = {
	{"receipt", "Receive", "Post receipt", "Goods that came in from a supplier.",
	 "@supplier", NULL, NULL, "To location", MOVEMENT_RECEIPT},
	{"issue", "Issue", "Post issue", "Goods that go out to a customer.",
	 NULL, "@customer", "From location", NULL, MOVEMENT_ISSUE},
	{"transfer", "Move", "Post move", "Goods that change their place.",
	 NULL, NULL, "From location", "To location", MOVEMENT_TRANSFER},
	{"adjustment", "Adjust", "Post adjustment", "A difference between what is there and what the books say.",
	 adjustment_end, NULL, NULL, "Location", MOVEMENT_ADJUSTMENT},
	{"return", "Take back", "Post return", "Goods that a customer brought back.",
	 "@customer", NULL, NULL, "To location", MOVEMENT_RETURN},
	{"scrap", "Scrap", "Post scrap", "Goods that are thrown away.",
	 NULL, "@scrap", "From location", NULL, MOVEMENT_SCRAP},
};
/* clang-format on */
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *const directions[] = {"found", "missing", NULL};
enum { FOUND, MISSING };

/* ---- what is declared ---- */

enum { NEW_TYPE, NEW_ITEM, NEW_LOCATION };
const struct field posting_page_new_fields[] = {
	{.name = "type", .type = FIELD_CHOICE, .choices = kind_names},
	{.name = "item", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX},
	{.name = "location", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX},
	{.name = NULL},
};

enum { LINE_SKU, LINE_FROM, LINE_TO, LINE_QUANTITY, LINE_FIELDS };
static const struct field line_fields[] = {
	{.name = "sku",
		.type = FIELD_CODE,
		.flags = FIELD_REQUIRED,
		.max = ITEM_SKU_MAX,
		.label = ITEM_TYPED},
	{.name = "from", .type = FIELD_CODE, .max = LOCATION_CODE_MAX},
	{.name = "to", .type = FIELD_CODE, .max = LOCATION_CODE_MAX},
	{.name = "quantity",
		.type = FIELD_QTY,
		.flags = FIELD_REQUIRED | FIELD_POSITIVE,
		.label = "Quantity"},
	{.name = NULL},
};
enum {
	POST_TYPE,
	POST_DIRECTION,
	POST_REFERENCE,
	POST_REASON,
	POST_OCCURRED_AT,
	POST_ONCE,
	POST_MORE,
	POST_LINES
};
const struct field posting_page_fields[] = {
	{.name = "type", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = kind_names},
	{.name = "direction", .type = FIELD_CHOICE, .choices = directions},
	{.name = "reference", .type = FIELD_TEXT, .max = 120, .label = "Reference"},
	{.name = "reason", .type = FIELD_TEXT, .max = 255, .label = "Reason"},
	{.name = "occurred_at", .type = FIELD_TIME, .label = "When it happened, UTC"},
	{.name = "once", .type = FIELD_CODE, .max = 255},
	{.name = "more", .type = FIELD_BOOL},
	{.name = "lines", .type = FIELD_ROWS, .max = LINES_MAX, .row = line_fields},
	{.name = NULL},
};

/* ---- the tabs ---- */

static void tab(struct call *c, size_t *n, const char *href, const char *label, bool current)
{
	struct page_row *r = page_row(c, "tabs", (*n)++);

	row_set_cstr(r, "href", href);
	row_set_cstr(r, "label", label);
	if (current)
		row_set_cstr(r, "current", "1");
}

void posting_page_tabs(struct call *c, const char *current)
{
	size_t n = 0;

	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		if (k->movement == MOVEMENT_ADJUSTMENT &&
			perm_has(c->who.permissions, PERM_STOCK_WRITE) &&
			perm_has(c->who.permissions, PERM_STOCK_READ))
			tab(c, &n, "/movements/count", "Count", strcmp(current, "count") == 0);
		if (perm_has(c->who.permissions, PERM_MOVEMENTS_WRITE))
			tab(c, &n, arena_printf(c->arena, "/movements/new?type=%s", k->type),
				k->label, strcmp(current, k->type) == 0);
	}
}

/* ---- the form as it is shown ---- */

static const char *label_of(const struct kind *k, int field)
{
	switch (field) {
	case LINE_FROM:
		return k->from_label;
	case LINE_TO:
		return k->to_label;
	case LINE_QUANTITY:
		return k->movement == MOVEMENT_ADJUSTMENT ? "Difference" : line_fields[field].label;
	default:
		return line_fields[field].label;
	}
}

static bool asked(const struct kind *k, int field)
{
	return (field != LINE_FROM || !k->from) && (field != LINE_TO || !k->to);
}

/* Ids and names of a line's controls; the first empty one on the page gets the focus. */
static void show_line(struct call *c, const struct kind *k, size_t i, bool *focused)
{
	struct arena *a = c->arena;

	for (int f = 0; f < LINE_FIELDS; f++) {
		const char *name = line_fields[f].name;
		struct page_row *cell = page_node(c, arena_printf(a, "form.lines.%zu.%s", i, name));

		row_set_cstr(cell, "label", label_of(k, f));
		if (line_fields[f].max)
			row_set_int(cell, "max", (int64_t)line_fields[f].max);
		row_set_cstr(cell, "id", arena_printf(a, "lines-%zu-%s", i, name));
		row_set_cstr(cell, "field", arena_printf(a, "lines.%zu.%s", i, name));
		if (*focused || !asked(k, f) || node_find(cell, "value"))
			continue;
		row_set_cstr(cell, "focus", "1");
		*focused = true;
	}
}

static struct err *form_page(struct call *c, const struct kind *k, size_t lines)
{
	bool focused = false;

	page_form_fields(c, posting_page_fields);
	posting_page_tabs(c, k->type);
	for (size_t i = 0; i < lines && i < LINES_MAX; i++)
		show_line(c, k, i, &focused);
	page_set_cstr(c, "form.type.value", k->type);
	page_set_cstr(c, "explain", k->explain);
	page_set_cstr(c, "submit_label", k->submit);
	if (!k->from)
		page_set_cstr(c, "ask_from", "1");
	if (!k->to)
		page_set_cstr(c, "ask_to", "1");
	page_api(c, "/v1/movements?type=%s", k->type);
	page_template(c, "movement/form", "%s", k->label);
	return NULL;
}

struct err *posting_page_new(struct call *c)
{
	const struct kind *k = &kinds[c->in[NEW_TYPE].set ? c->in[NEW_TYPE].num : 0];
	struct item item;
	struct location l;

	movement_page_once(c);
	/* What one may not see is not looked up either. */
	if (c->in[NEW_ITEM].set && perm_has(c->who.permissions, PERM_ITEMS_READ)) {
		TRY(item_read(&c->ctx, c->in[NEW_ITEM].num, &item));
		page_set(c, "form.lines.0.sku.value", item.sku);
	}
	if (c->in[NEW_LOCATION].set && perm_has(c->who.permissions, PERM_LOCATIONS_READ)) {
		TRY(location_read(&c->ctx, c->in[NEW_LOCATION].num, &l));
		page_set(c, k->from ? "form.lines.0.to.value" : "form.lines.0.from.value", l.code);
	}
	return form_page(c, k, LINES_FIRST);
}

/* ---- what was typed becomes a movement ---- */

static struct str end_of(const struct value *v, const char *built_in, struct str above)
{
	if (built_in)
		return str_of(built_in);
	return v->set ? v->text : above;
}

static void swap_ends(struct ledger_line *l)
{
	struct str from = l->from;

	l->from = l->to;
	l->to = from;
}

static struct err *read_lines(struct call *c, const struct kind *k, struct ledger_line *lines)
{
	const struct value *v = &c->in[POST_LINES];
	struct str *texts = ARENA_ARRAY(c->arena, v->n, struct str);
	int64_t *ids = ARENA_ARRAY(c->arena, v->n, int64_t);
	struct str from = STR_NONE, to = STR_NONE;

	for (size_t i = 0; i < v->n; i++)
		texts[i] = v->rows[i][LINE_SKU].text;
	TRY(scan_items(&c->ctx, texts, v->n, ids));
	for (size_t i = 0; i < v->n; i++) {
		from = end_of(&v->rows[i][LINE_FROM], k->from, from);
		to = end_of(&v->rows[i][LINE_TO], k->to, to);
		lines[i] = (struct ledger_line){
			.sku = ids[i] ? STR_NONE : texts[i],
			.item_id = ids[i],
			.from = from,
			.to = to,
			.quantity = v->rows[i][LINE_QUANTITY].num,
		};
		if (k->movement == MOVEMENT_ADJUSTMENT && c->in[POST_DIRECTION].num == MISSING)
			swap_ends(&lines[i]);
	}
	return NULL;
}

/* The ledger names both ends, and the item by id; the form asks for one end and for a SKU. */
static void point_at_controls(struct call *c, const struct kind *k, struct err *e)
{
	for (struct err_field *f = e->fields; f; f = f->next) {
		struct str stem = f->pointer;
		const char *name = NULL;

		if (str_ends(stem, "/item_id"))
			name = "sku";
		else if (str_ends(stem, "/from") || str_ends(stem, "/from_id"))
			name = k->from ? "to" : "from";
		else if (str_ends(stem, "/to") || str_ends(stem, "/to_id"))
			name = k->to ? "from" : "to";
		if (!name)
			continue;
		while (stem.n && stem.p[stem.n - 1] != '/')
			stem.n--;
		f->pointer = str_printf(c->arena, "%.*s%s", STR_ARG(stem), name);
	}
}

static struct err *post(struct call *c, const struct kind *k)
{
	const struct value *in = c->in;
	struct ledger_line *lines = ARENA_ARRAY(c->arena, in[POST_LINES].n, struct ledger_line);
	struct ledger_movement m = {
		.type = k->movement,
		.reference = in[POST_REFERENCE].set ? in[POST_REFERENCE].text : STR(""),
		.reason = in[POST_REASON].set ? in[POST_REASON].text : STR(""),
		.has_occurred_at = in[POST_OCCURRED_AT].set,
		.occurred_at = in[POST_OCCURRED_AT].num,
		.lines = lines,
		.n = in[POST_LINES].n,
		.import_key = STR_NONE,
	};
	struct posted p;

	c->ctx.mistakes = c->input_err;
	TRY(read_lines(c, k, lines));
	TRY(ledger_post(&c->ctx, &m, &p));
	return movement_page_posted(c, &p, "posted");
}

/* Without a script the button "More lines" sends the form: it comes back with more of them. */
static struct err *more_lines(struct call *c, const struct kind *k)
{
	page_form(c, NULL);
	c->rs->status = 200;
	return form_page(c, k, c->in[POST_LINES].n + LINES_MORE);
}

struct err *posting_page_post(struct call *c)
{
	const struct kind *k = &kinds[c->in[POST_TYPE].set ? c->in[POST_TYPE].num : 0];
	struct err *e;

	if (c->in[POST_MORE].num)
		return more_lines(c, k);
	e = post(c, k);
	if (!e)
		return NULL;
	point_at_controls(c, k, e);
	TRY(movement_page_again(c, e));
	return form_page(c, k, c->in[POST_LINES].n + 1);
}
