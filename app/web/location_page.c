#include "web/location_page.h"

#include "domain/location.h"
#include "domain/reach.h"
#include "domain/stock.h"
#include "web/list_fields.h"
#include "web/location_api.h"
#include "web/page.h"

#define CHILDREN_MAX 100
#define STOCK_LINES 50

/* ---- one location ---- */

enum { SHOW_BELOW, SHOW_CURSOR, SHOW_DONE };
const struct field location_page_show_fields[] = {
	{.name = "below", .type = FIELD_BOOL},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_location(struct call *c, const struct location *l)
{
	page_set_int(c, "location.id", l->id);
	page_set(c, "location.code", l->code);
	page_set(c, "location.name", l->name);
	page_set_cstr(c, "location.kind", location_kind_names[l->kind]);
	page_set_cstr(c, "location.role", location_role_names[l->role]);
	page_set_int(c, "location.version", l->version);
	page_set_time(c, "location.created_at", l->created_at);
	page_set_time(c, "location.updated_at", l->updated_at);
	if (!l->active)
		page_set_cstr(c, "location.archived", "1");
}

/* The way down from the root: ids from the path, codes beside them; the location itself is left
 * out. */
static void show_path(struct call *c, const struct location *l)
{
	struct str ids = {l->path.p + 1, l->path.n - 1}, codes = l->path_codes;

	for (size_t i = 0; codes.n; i++) {
		struct str id = str_cut(ids, '/', &ids);
		struct str code = str_cut(codes, '\n', &codes);
		struct page_row *r;

		if (!codes.n)
			break;
		r = page_row(c, "path_to", i);
		if (reach_has(&c->ctx, PERM_LOCATIONS_READ,
			    (struct str){l->path.p, (size_t)(ids.p - l->path.p)}))
			row_set(r, "id", id);
		row_set(r, "code", code);
	}
}

static struct err *show_children(struct call *c, const struct location *l)
{
	struct location_filter f = {.parent_id = l->id, .limit = CHILDREN_MAX + 1};
	struct location_rows rows;

	TRY(location_list(&c->ctx, &f, &rows));
	for (size_t i = 0; i < rows.n && i < CHILDREN_MAX; i++) {
		struct page_row *r = page_row(c, "children", i);

		row_set_int(r, "id", rows.rows[i].id);
		row_set(r, "code", rows.rows[i].code);
		row_set(r, "name", rows.rows[i].name);
		if (!rows.rows[i].active)
			row_set_cstr(r, "archived", "1");
	}
	if (rows.n > CHILDREN_MAX)
		page_set_cstr(c, "children_more", "1");
	return NULL;
}

static void show_stock_line(struct page_row *r, const struct stock_level *s)
{
	row_set_int(r, "item_id", s->item_id);
	row_set(r, "sku", s->sku);
	row_set(r, "item_name", s->item_name);
	row_set_int(r, "location_id", s->location_id);
	row_set(r, "location", s->location);
	row_set_qty(r, "on_hand", s->on_hand);
	row_set_int(r, "version", s->version);
	row_set(r, "unit", s->unit);
}

static struct err *show_stock(
	struct call *c, const struct location *l, bool below, const struct value *cursor)
{
	const char *list = arena_printf(c->arena, "stock page:%lld:%d", (long long)l->id, below);
	struct list_cursor at, next;
	struct stock_rows rows;

	TRY(list_cursor_read(c, cursor, list, &at));
	struct stock_filter f = {
		.location_id = below ? 0 : l->id,
		.under = below ? l->code : STR_NONE,
		.non_zero = true,
		.after_item = at.id,
		.after_location = at.num,
		.limit = STOCK_LINES + 1,
	};
	TRY(stock_list(&c->ctx, &f, &rows));
	bool more = rows.n > STOCK_LINES;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_stock_line(page_row(c, "stock", i), &rows.rows[i]);
		next = (struct list_cursor){
			.num = rows.rows[i].location_id, .id = rows.rows[i].item_id};
	}
	page_pages(c, list, more ? &next : NULL);
	if (below)
		page_set_cstr(c, "below", "1");
	return NULL;
}

/* The whole page; after a refused archiving as well, whose form does not say what of the stock is
 * shown. */
static struct err *show_page(
	struct call *c, const struct location *l, bool below, const struct value *cursor)
{
	show_location(c, l);
	show_path(c, l);
	page_api(c, "/v1/locations/%lld", (long long)l->id);
	page_template(c, "location/show", "%.*s %.*s", STR_ARG(l->code), STR_ARG(l->name));
	if (l->kind == LOCATION_VIRTUAL)
		return NULL;
	if (perm_has(c->who.permissions, PERM_STOCK_READ))
		TRY(show_stock(c, l, below, cursor));
	return show_children(c, l);
}

struct err *location_page_show(struct call *c)
{
	struct location l;

	TRY(page_live(c, LIVE_STOCK | LIVE_LOCATIONS, "&location_id=%lld", (long long)c->id));
	TRY(location_read(&c->ctx, c->id, &l));
	TRY(show_page(c, &l, c->in[SHOW_BELOW].num != 0, &c->in[SHOW_CURSOR]));
	page_notice(c, &c->in[SHOW_DONE]);
	return NULL;
}

/* ---- the form ---- */

const struct field location_page_new_fields[] = {
	{.name = "parent", .type = FIELD_CODE, .max = LOCATION_CODE_MAX},
	{.name = NULL},
};
enum { FORM_CODE, FORM_NAME, FORM_KIND, FORM_ROLE, FORM_PARENT, FORM_VERSION };
const struct field location_page_form_fields[] = {
	{.name = "code",
		.type = FIELD_CODE,
		.flags = FIELD_REQUIRED,
		.max = LOCATION_CODE_MAX,
		.label = "Code"},
	{.name = "name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = LOCATION_NAME_MAX,
		.label = "Name"},
	{.name = "kind",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = location_real_kinds,
		.label = "Kind"},
	{.name = "role",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = location_real_roles,
		.label = "Role"},
	{.name = "parent", .type = FIELD_CODE, .max = LOCATION_CODE_MAX, .label = "Inside"},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

static struct err *form_page(struct call *c, const struct location *l)
{
	page_form_fields(c, location_page_form_fields);
	if (l) {
		page_set_int(c, "location.id", l->id);
		page_set(c, "location.code", l->code);
		page_api(c, "/v1/locations/%lld", (long long)l->id);
		page_template(c, "location/form", "Edit %.*s", STR_ARG(l->code));
	} else {
		page_template(c, "location/form", "New location");
	}
	return NULL;
}

struct err *location_page_new(struct call *c)
{
	page_form(c, NULL);
	page_set_cstr(c, "form.kind.value", "bin");
	page_set_cstr(c, "form.role.value", "storage");
	return form_page(c, NULL);
}

struct err *location_page_edit(struct call *c)
{
	struct location l;

	TRY(location_read(&c->ctx, c->id, &l));
	page_set(c, "form.code.value", l.code);
	page_set(c, "form.name.value", l.name);
	page_set_cstr(c, "form.kind.value", location_kind_names[l.kind]);
	page_set_cstr(c, "form.role.value", location_role_names[l.role]);
	page_set(c, "form.parent.value", l.parent);
	page_set_int(c, "form.version.value", l.version);
	return form_page(c, &l);
}

static struct location_input input_of(const struct value *in)
{
	return (struct location_input){
		.code = in[FORM_CODE].text,
		.name = in[FORM_NAME].text,
		.has_kind = true,
		.kind = (enum location_kind)in[FORM_KIND].num,
		.has_role = true,
		.role = (enum location_role)in[FORM_ROLE].num,
		.has_parent = true,
		.parent = in[FORM_PARENT].set ? in[FORM_PARENT].text : STR_NONE,
	};
}

struct err *location_page_create(struct call *c)
{
	struct location_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct location l;

	if (!e)
		e = location_create(&c->ctx, &in, &l);
	if (!e)
		return page_see_other(c, "/locations/%lld?done=made", (long long)l.id);
	TRY(page_form_again(c, e));
	return form_page(c, NULL);
}

static void show_conflict(struct call *c, const struct location *now)
{
	struct str kind = str_of(location_kind_names[now->kind]);
	struct str role = str_of(location_role_names[now->role]);

	page_form_now(c, FORM_CODE, now->code, now->code);
	page_form_now(c, FORM_NAME, now->name, now->name);
	page_form_now(c, FORM_KIND, kind, kind);
	page_form_now(c, FORM_ROLE, role, role);
	page_form_now(c, FORM_PARENT, now->parent, now->parent);
	page_set_int(c, "form.version.value", now->version);
}

struct err *location_page_save(struct call *c)
{
	struct location_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct location l;

	if (!e)
		e = location_update(&c->ctx, c->id, c->in[FORM_VERSION].num, &in, &l);
	if (!e)
		return page_see_other(c, "/locations/%lld?done=saved", (long long)l.id);
	TRY(page_edit_again(c, e));
	TRY(location_read(&c->ctx, c->id, &l));
	if (e->code == ERR_PRECONDITION)
		show_conflict(c, &l);
	return form_page(c, &l);
}

/* ---- archive and restore ---- */

typedef struct err *location_change_fn(
	struct ctx *c, int64_t id, int64_t version, struct location *out);

static struct err *change(struct call *c, location_change_fn *fn, const char *done)
{
	const struct value first_page = {.set = false};
	struct location l;
	struct err *e = fn(&c->ctx, c->id, c->in[0].num, &l);

	if (!e)
		return page_see_other(c, "/locations/%lld?done=%s", (long long)l.id, done);
	TRY(page_form_again(c, e));
	TRY(location_read(&c->ctx, c->id, &l));
	page_address(c, "/locations/%lld", (long long)l.id);
	return show_page(c, &l, false, &first_page);
}

struct err *location_page_archive(struct call *c)
{
	return change(c, location_archive, "archived");
}

struct err *location_page_restore(struct call *c)
{
	return change(c, location_restore, "restored");
}
