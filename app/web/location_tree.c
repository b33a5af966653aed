/* The tree of locations as one page. */
#include <stdlib.h>

#include "domain/location.h"
#include "domain/overview.h"
#include "web/list_fields.h"
#include "web/location_page.h"
#include "web/page.h"

#define TREE_MAX 1000 /* locations on one page */
#define LIST_NAME "locations page:path"

static const char *const statuses[] = {"active", "archived", "any", NULL};

enum { LIST_Q, LIST_STATUS, LIST_CURSOR, LIST_DONE };
const struct field location_page_list_fields[] = {
	{.name = "q", .type = FIELD_TEXT, .max = 120},
	{.name = "status", .type = FIELD_CHOICE, .choices = statuses},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static int by_location(const void *a, const void *b)
{
	const struct location_use *x = a, *y = b;

	return (x->location_id > y->location_id) - (x->location_id < y->location_id);
}

struct uses {
	struct location_use *rows;
	size_t n;
};

static void show_node(struct page_row *r, const struct location *l, const struct uses *uses)
{
	struct location_use key = {.location_id = l->id};
	const struct location_use *use =
		uses->n ? bsearch(&key, uses->rows, uses->n, sizeof(key), by_location) : NULL;

	row_set_int(r, "id", l->id);
	row_set(r, "code", l->code);
	row_set(r, "name", l->name);
	row_set_cstr(r, "kind", location_kind_names[l->kind]);
	row_set_cstr(r, "role", location_role_names[l->role]);
	if (use)
		row_set_int(r, "lines", use->items);
	if (!l->active)
		row_set_cstr(r, "archived", "1");
}

/* Rows come in the order of their paths, a parent before what is below it: the open branch is a
 * stack. A location whose parent is not on this page (another page, or filtered away) stands at the
 * top. */
static void show_tree(struct call *c, const struct location_rows *rows, const struct uses *uses)
{
	struct {
		int64_t id;
		struct page_row *node;
		size_t children;
	} open[LOCATION_DEPTH_MAX + 1];
	size_t depth = 0, roots = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct location *l = &rows->rows[i];
		struct page_row *r;

		while (depth && open[depth - 1].id != l->parent_id)
			depth--;
		if (depth)
			r = row_child(open[depth - 1].node, "children", open[depth - 1].children++);
		else
			r = page_row(c, "tree", roots++);
		show_node(r, l, uses);
		if (depth <= LOCATION_DEPTH_MAX) {
			open[depth].id = l->id;
			open[depth].node = r;
			open[depth++].children = 0;
		}
	}
}

/* The built-in ones, where stock comes from and goes to. */
static struct err *show_ends(struct call *c)
{
	struct location_filter f = {.kind = STR("virtual"), .limit = LOCATION_ROLES};
	struct location_rows rows;
	struct uses none = {NULL, 0};

	TRY(location_list(&c->ctx, &f, &rows));
	for (size_t i = 0; i < rows.n; i++)
		show_node(page_row(c, "ends", i), &rows.rows[i], &none);
	return NULL;
}

static struct err *read_uses(struct call *c, const struct location_rows *rows, struct uses *uses)
{
	int64_t *ids = ARENA_ARRAY(c->arena, rows->n, int64_t);

	*uses = (struct uses){NULL, 0};
	if (!perm_has(c->who.permissions, PERM_STOCK_READ))
		return NULL;
	for (size_t i = 0; i < rows->n; i++)
		ids[i] = rows->rows[i].id;
	return overview_location_uses(&c->ctx, ids, rows->n, &uses->rows, &uses->n);
}

static void show_api(struct call *c, const struct location_filter *f)
{
	const struct page_pair query[] = {
		{"q", f->q},
		{"status", f->status},
		{"sort", STR("path")},
	};

	page_api_query(c, "/v1/locations", query, sizeof(query) / sizeof(query[0]));
}

struct err *location_page_list(struct call *c)
{
	const struct value *in = c->in;
	struct str status = in[LIST_STATUS].set ? in[LIST_STATUS].text : STR("active");
	bool filtered = in[LIST_Q].set || in[LIST_STATUS].set;
	struct list_cursor at, next;
	struct location_rows rows;
	struct uses uses;

	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &at));
	struct location_filter f = {
		.q = in[LIST_Q].set ? in[LIST_Q].text : STR_NONE,
		.status = str_is(status, "any") ? STR_NONE : status,
		.sort = LOCATION_SORT_PATH,
		.after_text = at.text,
		.after_id = at.id,
		.limit = TREE_MAX + 1,
	};
	TRY(location_list(&c->ctx, &f, &rows));
	bool more = rows.n > TREE_MAX;

	rows.n -= more;
	TRY(read_uses(c, &rows, &uses));
	if (more)
		next = (struct list_cursor){
			.text = rows.rows[rows.n - 1].path, .id = rows.rows[rows.n - 1].id};
	show_tree(c, &rows, &uses);
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_form(c, NULL);
	page_set(c, "form.status.value", status);
	if (filtered)
		page_set_cstr(c, "filtered", "1");
	page_notice(c, &in[LIST_DONE]);
	show_api(c, &f);
	page_template(c, "location/list", "Locations");
	return filtered ? NULL : show_ends(c);
}
