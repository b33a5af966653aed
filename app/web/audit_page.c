#include "web/audit_page.h"

#include <stdio.h>

#include "base/csv.h"
#include "base/json_in.h"
#include "domain/audit.h"
#include "web/list_fields.h"
#include "web/page.h"

#define LIST_NAME "audit page"
#define VALUE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define VALUE_POINTS_SHOWN 120
#define FILE_ROWS_MAX 10000
#define FILE_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* ---- what is asked for ---- */

enum { ACTOR, APP, ACTION, RESOURCE, RESOURCE_ID, FROM, TO, CURSOR };

/* clang-format off */
#define FILTER_FIELDS \
	{.name = "actor", .type = FIELD_TEXT, .max = 120}, \
	{.name = "app", .type = FIELD_CODE, .max = 40}, \
	{.name = "action", .type = FIELD_CODE, .max = 40}, \
	{.name = "resource", .type = FIELD_CODE, .max = 32}, \
	{.name = "resource_id", .type = FIELD_CODE, .max = 64}, \
	{.name = "from", .type = FIELD_TEXT, .max = 10}, \
	{.name = "to", .type = FIELD_TEXT, .max = 10}
const struct field audit_page_list_fields[] = {FILTER_FIELDS, LIST_FIELD_CURSOR, {.name = NULL}};
const struct field audit_page_csv_fields[] = {FILTER_FIELDS, {.name = NULL}};
/* clang-format on */

static struct err *read_filter(struct call *c, struct audit_filter *f)
{
	struct err *e = c->input_err;

	*f = (struct audit_filter){
		.app = value_text(&c->in[APP]),
		.resource = value_text(&c->in[RESOURCE]),
		.resource_id = value_text(&c->in[RESOURCE_ID]),
		.action = value_text(&c->in[ACTION]),
	};
	f->from = page_day(c, FROM, &e);
	f->before = page_day_end(c, TO, &e);
	audit_filter_actor(f, value_text(&c->in[ACTOR]));
	return e;
}

static struct str time_text(struct call *c, time_us t)
{
	return t == TIME_NONE ? STR_NONE : time_str(c->arena, t);
}

static void show_links(struct call *c, const struct audit_filter *f)
{
	const struct page_pair query[] = {
		{"actor", value_text(&c->in[ACTOR])},
		{"app", f->app},
		{"action", f->action},
		{"resource", f->resource},
		{"resource_id", f->resource_id},
		{"from", time_text(c, f->from)},
		{"before", time_text(c, f->before)},
	};
	struct str here = page_link(c, "cursor", STR_NONE), rest;

	page_api_query(c, "/v1/audit-log", query, sizeof(query) / sizeof(query[0]));
	(void)str_cut(here, '?', &rest);
	page_set(c, "csv",
		str_printf(c->arena, "/audit.csv%s%.*s", rest.n ? "?" : "", STR_ARG(rest)));
}

/* ---- the page ---- */

static void add_value(struct buf *b, const struct json_node *node)
{
	if (node->type == JSON_TEXT)
		buf_add_str(b, node->text);
	else if (node->type == JSON_INT)
		buf_add_int(b, node->num);
	else if (node->type == JSON_BOOL)
		buf_add_cstr(b, node->num ? "yes" : "no");
	for (const struct json_node *n = node->child; n; n = n->next) {
		if (n != node->child)
			buf_add_cstr(b, ", ");
		if (node->type == JSON_OBJECT) {
			buf_add_str(b, n->name);
			buf_add_cstr(b, ": ");
		}
		add_value(b, n);
	}
}

/* A long text is told from another by its beginning; the API and the file have all of it. */
static struct str beginning(struct arena *a, struct str s)
{
	size_t at = 0;

	for (int n = 0; at < s.n && n < VALUE_POINTS_SHOWN; n++)
		at += str_utf8_step((struct str){s.p + at, s.n - at});
	return at < s.n ? str_printf(a, "%.*s...", (int)at, s.p) : s;
}

static void show_value(
	struct call *c, struct page_row *r, const char *name, const struct json_node *change)
{
	const struct json_node *value = json_member(change, name);
	struct buf b;

	if (!value)
		return;
	buf_init(&b, c->arena, VALUE_BYTES_MAX);
	add_value(&b, value);
	if (b.n)
		row_set(r, name, beginning(c->arena, buf_str(&b)));
}

static struct err *show_changes(struct call *c, struct page_row *r, struct str changes)
{
	struct json_node *all;
	size_t i = 0;

	TRY(json_parse(c->arena, changes, &all));
	for (const struct json_node *n = all->child; n; n = n->next) {
		struct page_row *change = row_child(r, "changes", i++);

		row_set(change, "name", n->name);
		show_value(c, change, "before", n);
		show_value(c, change, "after", n);
	}
	return NULL;
}

static struct str resource_link(struct call *c, const struct audit_entry *e)
{
	return str_printf(c->arena, "/audit?resource=%.*s&resource_id=%.*s",
		STR_ARG(http_escape(c->arena, e->resource)),
		STR_ARG(http_escape(c->arena, e->resource_id)));
}

static struct err *show_entry(struct call *c, size_t i, const struct audit_entry *e)
{
	struct page_row *r = page_row(c, "rows", i);

	row_set_time(r, "at", e->at);
	row_set(r, "actor", e->actor);
	row_set(r, "actor_name", e->actor_name);
	row_set(r, "actor_link", page_link(c, "actor", e->actor));
	if (e->app.p) {
		row_set(r, "app", e->app);
		row_set(r, "app_link", page_link(c, "app", e->app));
	}
	row_set(r, "resource", e->resource);
	if (e->resource_id.p) {
		row_set(r, "resource_id", e->resource_id);
		row_set(r, "resource_link", resource_link(c, e));
	}
	row_set(r, "action", e->action);
	if (e->address.p)
		row_set(r, "address", e->address);
	row_set(r, "request_id", e->request_id);
	return show_changes(c, r, e->changes);
}

static struct err *show_rows(struct call *c, struct audit_filter *f)
{
	struct list_cursor at, next;
	struct audit_rows rows;
	bool more;

	TRY(list_cursor_read(c, &c->in[CURSOR], LIST_NAME, &at));
	f->after_id = at.id;
	f->limit = LIST_LIMIT_DEFAULT + 1;
	TRY(audit_list(&c->ctx, f, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++)
		TRY(show_entry(c, i, &rows.rows[i]));
	if (more)
		next = (struct list_cursor){.id = rows.rows[rows.n - 1].id};
	page_pages(c, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *audit_page_list(struct call *c)
{
	struct audit_filter f;
	struct err *e = read_filter(c, &f);

	if (!e)
		e = show_rows(c, &f);
	if (e) {
		TRY(page_form_again(c, e));
		page_api(c, "/v1/audit-log");
	} else {
		page_form(c, NULL);
		show_links(c, &f);
	}
	for (int i = 0; i < CURSOR; i++) {
		if (c->in[i].set)
			page_set_cstr(c, "filtered", "1");
	}
	page_set_int(c, "file_max", FILE_ROWS_MAX);
	page_template(c, "audit/list", "Audit log");
	return NULL;
}

/* ---- the file ---- */

struct file {
	struct buf *b;
	int rows;
	bool cut; /* more than fits */
};

static struct err *add_entry(void *arg, const struct audit_entry *e)
{
	struct file *f = arg;
	char id[24], at[TIME_TEXT_MAX];
	const struct str cells[] = {
		{id, (size_t)snprintf(id, sizeof(id), "%lld", (long long)e->id)},
		{at, (size_t)time_format_micros(at, e->at)},
		e->actor,
		e->actor_name,
		e->app,
		e->resource,
		e->resource_id,
		e->action,
		e->address,
		e->request_id,
		e->changes,
	};

	f->cut |= f->rows == FILE_ROWS_MAX || f->b->n > FILE_BYTES_MAX;
	if (f->cut)
		return NULL;
	f->rows++;
	csv_add_row(f->b, cells, sizeof(cells) / sizeof(cells[0]));
	return NULL;
}

struct err *audit_page_csv(struct call *c)
{
	static const struct str heads[] = {{"id", 2}, {"at", 2}, {"actor", 5}, {"actor_name", 10},
		{"app", 3}, {"resource", 8}, {"resource_id", 11}, {"action", 6}, {"address", 7},
		{"request_id", 10}, {"changes", 7}};
	struct file file = {.b = &c->rs->body};
	struct audit_filter f;

	TRY(read_filter(c, &f));
	f.limit = FILE_ROWS_MAX + 1;
	csv_add_row(file.b, heads, sizeof(heads) / sizeof(heads[0]));
	TRY(audit_each(&c->ctx, &f, add_entry, &file));
	page_file(c, "text/csv; charset=utf-8", file.cut ? "audit-log-part.csv" : "audit-log.csv");
	return NULL;
}
