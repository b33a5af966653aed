/* What was typed into a form and what is wrong with it, as its template shows them again. */
#include "web/page.h"

#define UTF8_MAX 4
#define TYPED_SHOWN_MORE 256 /* than the longest value: a name that is a little too long stays */
#define TEXTS_SHOWN_MAX 32768

const struct field page_version_fields[] = {
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

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

static struct str typed(struct arena *a, const struct field *f, const struct value *v)
{
	return f->type == FIELD_TEXTS && v->n ? joined(a, v) : v->text;
}

/* What no field could hold is not sent back whole: six times the size of what came, escaped, to a
 * client that need not read it. */
static struct str shortened(const struct field *f, struct str text)
{
	size_t most = TYPED_SHOWN_MORE;

	if (f->type == FIELD_TEXTS)
		most = TEXTS_SHOWN_MAX;
	else if (f->type == FIELD_TEXT || f->type == FIELD_CODE || f->type == FIELD_MULTILINE)
		most += f->max * UTF8_MAX;
	if (text.n <= most)
		return text;
	while (most && ((unsigned char)text.p[most] & 0xc0) == 0x80)
		most--;
	return (struct str){text.p, most};
}

static void show_value(
	struct arena *a, struct page_row *parent, const struct field *f, const struct value *v)
{
	struct page_row *node = node_at(parent, f->name);
	struct str text = shortened(f, typed(a, f, v));

	if (text.n && !(f->flags & FIELD_PASSWORD))
		node_copy(node_at(node, "value"), text);
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

/* Where a form shows what a JSON Pointer names: "lines.0.sku", and of rows the number of the line. */
struct place {
	const char *path;
	int64_t line; /* 0: not in a row */
};

/* The pointer's parts are matched with the declaration and never become names themselves. Of a list
 * of texts, which has one control, the whole is meant. */
static bool find_place(struct call *c, struct str pointer, struct place *out)
{
	struct str rest, first, index, name;
	const struct field *f, *column;
	int64_t n;

	if (!pointer.n)
		return false;
	first = str_cut((struct str){pointer.p + 1, pointer.n - 1}, '/', &rest);
	f = field_named(c->route->input, first);
	if (!f)
		return false;
	*out = (struct place){.path = f->name};
	if (f->type != FIELD_ROWS)
		return true;
	if (!rest.p)
		return false; /* the children of this node are rows and nothing else */
	index = str_cut(rest, '/', &name);
	if (!str_to_int(index, &n) || n < 0)
		return false;
	column = name.p ? field_named(f->row, name) : NULL;
	out->line = n + 1;
	out->path = arena_printf(c->arena, "%s.%lld%s%s", f->name, (long long)n, column ? "." : "",
		column ? column->name : "");
	return true;
}

/* The id that the field's control has in the page: of "lines.0.sku" it is f-lines-0-sku. */
static const char *control_id(struct arena *a, const char *path)
{
	char *id = arena_printf(a, "f-%s", path);

	for (char *p = id; *p; p++) {
		if (*p == '.')
			*p = '-';
	}
	return id;
}

static void show_error(struct call *c, struct page_row *form, size_t i, const struct err_field *f)
{
	struct page_row *row = row_child(form, "errors", i), *node;
	struct place place;

	row_set(row, "detail", f->detail);
	if (!find_place(c, f->pointer, &place))
		return;
	row_set_cstr(row, "field", place.path);
	row_set_cstr(row, "control", control_id(c->arena, place.path));
	if (place.line)
		row_set_int(row, "line", place.line);
	node = node_at(form, place.path);
	if (!node_find(node, "error"))
		row_set(node, "error", f->detail);
}

static void show_errors(struct call *c, struct page_row *form, const struct err *e)
{
	size_t shown = 0;

	for (const struct err_field *f = e->fields; f; f = f->next)
		show_error(c, form, shown++, f);
	if (!shown)
		row_set(row_child(form, "errors", 0), "detail", e->detail);
}

void page_form_fields(struct call *c, const struct field *fields)
{
	struct page_row *form = page_node(c, "form");

	for (; fields->name; fields++) {
		struct page_row *node = node_at(form, fields->name);
		bool text = fields->type == FIELD_TEXT || fields->type == FIELD_CODE ||
			fields->type == FIELD_MULTILINE;

		if (fields->label)
			row_set_cstr(node, "label", fields->label);
		if (fields->label && text)
			row_set_int(node, "max", (int64_t)fields->max);
	}
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

static struct err *form_again(struct call *c, struct err *e, struct str changed_meanwhile)
{
	if (!can_be_mended(e->code))
		return e;
	if (e->code == ERR_PRECONDITION)
		e->detail = changed_meanwhile;
	c->rs->status = err_status(e->code);
	page_form(c, e);
	return NULL;
}

void page_retry_after(struct call *c, const struct err *e)
{
	c->rs->status = err_status(e->code);
	response_header_str(c->rs, "Retry-After", str_printf(c->arena, "%d", e->retry_after_s));
}

struct err *page_form_again(struct call *c, struct err *e)
{
	return form_again(
		c, e, STR("Somebody else changed this meanwhile. Here it is as it is now."));
}

struct err *page_edit_again(struct call *c, struct err *e)
{
	return form_again(c, e,
		STR("Somebody else saved this meanwhile, and nothing of yours is saved yet. Fields "
		    "that differ say what is stored now; saving puts yours in its place."));
}

void page_form_now(struct call *c, size_t field, struct str stored, struct str shown)
{
	const struct field *f = &c->route->input[field];
	struct page_row *node = node_at(page_node(c, "form"), f->name);
	struct str mine = typed(c->arena, f, &c->in[field]);

	if (str_eq(mine.n ? mine : STR(""), stored.n ? stored : STR("")))
		return;
	row_set_cstr(node, "differs", "1");
	row_set(node, "now", shown);
}
