/* What was typed into a form and what is wrong with it, as its template shows them again. */
#include <stdio.h>

#include "web/page.h"

#define INDEX_TEXT_MAX 24

static struct str joined(struct arena *a, const struct value *v)
{
	struct buf b;

	buf_init(&b, a, RESPONSE_BODY_MAX);
	for (size_t i = 0; i < v->n; i++) {
		if (i)
			buf_add_char(&b, '\n');
		buf_add_str(&b, v->texts[i]);
	}
	return buf_str(&b);
}

static void show_value(
	struct arena *a, struct page_row *parent, const struct field *f, const struct value *v)
{
	struct page_row *node = node_at(parent, f->name);

	if (f->flags & FIELD_PASSWORD)
		return;
	if (f->type == FIELD_TEXTS && v->n)
		node_copy(node_at(node, "value"), joined(a, v));
	else if (v->text.n)
		node_copy(node_at(node, "value"), v->text);
}

static void show_rows(
	struct call *c, struct page_row *parent, const struct field *f, const struct value *v)
{
	struct page_row *list = node_at(parent, f->name);

	for (size_t i = 0; i < v->n; i++) {
		struct page_row *row = node_item(list, i);

		for (size_t k = 0; f->row[k].name; k++)
			show_value(c->arena, row, &f->row[k], &v->rows[i][k]);
	}
}

static const struct field *field_named(const struct field *fields, struct str name)
{
	for (; fields && fields->name; fields++) {
		if (str_is(name, fields->name))
			return fields;
	}
	return NULL;
}

/* The node of the field that a JSON Pointer names, or NULL. The pointer's parts are matched with
 * the declaration and never become names themselves. */
static struct page_row *node_of(struct call *c, struct page_row *form, struct str pointer)
{
	struct str rest, first, index, name;
	const struct field *f, *column;
	int64_t n;

	if (!pointer.n)
		return NULL;
	first = str_cut((struct str){pointer.p + 1, pointer.n - 1}, '/', &rest);
	f = field_named(c->route->input, first);
	if (!f)
		return NULL;
	if (f->type != FIELD_ROWS)
		return node_at(form, f->name);
	if (!rest.p)
		return NULL; /* the children of this node are rows and nothing else */
	index = str_cut(rest, '/', &name);
	if (!str_to_int(index, &n) || n < 0)
		return NULL;
	column = name.p ? field_named(f->row, name) : NULL;
	if (column)
		return node_at(form,
			arena_printf(c->arena, "%s.%lld.%s", f->name, (long long)n, column->name));
	return node_at(form, arena_printf(c->arena, "%s.%lld", f->name, (long long)n));
}

/* The id that the field's control has in the page: "/lines/0/sku" is f-lines-0-sku. */
static const char *control_id(struct arena *a, struct str pointer)
{
	char *id = arena_printf(a, "f%.*s", STR_ARG(pointer));

	for (char *p = id; *p; p++) {
		if (*p == '/')
			*p = '-';
	}
	return id;
}

static void show_errors(struct call *c, struct page_row *form, const struct err *e)
{
	size_t shown = 0;

	for (const struct err_field *f = e->fields; f; f = f->next) {
		struct page_row *node = node_of(c, form, f->pointer);
		struct page_row *row = row_child(form, "errors", shown++);

		row_set(row, "detail", f->detail);
		if (!node)
			continue;
		row_set_cstr(row, "control", control_id(c->arena, f->pointer));
		if (!node_find(node, "error"))
			row_set(node, "error", f->detail);
	}
	if (!shown)
		row_set(row_child(form, "errors", 0), "detail", e->detail);
}

void page_form(struct call *c, const struct err *e)
{
	struct page_row *form = page_node(c, "form");
	const struct field *fields = c->route->input;

	for (size_t i = 0; c->in && fields && fields[i].name; i++) {
		if (fields[i].type == FIELD_ROWS)
			show_rows(c, form, &fields[i], &c->in[i]);
		else
			show_value(c->arena, form, &fields[i], &c->in[i]);
	}
	if (e)
		show_errors(c, form, e);
}

static bool can_be_mended(enum err_code code)
{
	return code == ERR_INVALID || code == ERR_CONFLICT || code == ERR_DUPLICATE ||
		code == ERR_INSUFFICIENT_STOCK || code == ERR_EXPECTATION ||
		code == ERR_PRECONDITION || code == ERR_KEY_REUSED;
}

struct err *page_form_again(struct call *c, struct err *e)
{
	if (!can_be_mended(e->code))
		return e;
	c->rs->status = err_status(e->code);
	page_form(c, e);
	return NULL;
}
