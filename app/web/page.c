#include "web/page.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "web/app.h"

/* Most pages fit: no growing while they are rendered. */
#define PAGE_ROOM_FIRST ((size_t)24 * 1024)

struct page {
	struct page_row *root;
	const char *template_name;
	const char *list_name; /* the list that rows were added to last, and its node */
	struct page_row *list;
	struct str address; /* of the page's own links; STR_NONE: the request's path */
	bool answered; /* without a template */
};

/* ---- values ---- */

struct page_row *page_node(struct call *c, const char *path)
{
	return node_at(c->page->root, path);
}

void page_set(struct call *c, const char *name, struct str v)
{
	node_copy(page_node(c, name), v);
}

void page_set_cstr(struct call *c, const char *name, const char *v)
{
	node_keep(node_at(c->page->root, name), v);
}

static const char *int_text(struct arena *a, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)v);

	return arena_copy(a, text, (size_t)n);
}

static const char *qty_text(struct arena *a, qty_sum_t v)
{
	char text[QTY_TEXT_MAX];
	int n = qty_format(text, v);

	return arena_copy(a, text, (size_t)n);
}

void page_set_int(struct call *c, const char *name, int64_t v)
{
	page_set_cstr(c, name, int_text(c->arena, v));
}

void page_set_qty(struct call *c, const char *name, qty_sum_t v)
{
	page_set_cstr(c, name, qty_text(c->arena, v));
}

/* The parts of "2026-11-23T09:00:00.5Z" that a person reads. */
static const char *readable(struct arena *a, const char *iso, size_t n)
{
	char *text = arena_copy(a, iso, n);

	text[sizeof("2026-11-23") - 1] = ' ';
	return text;
}

static void set_time(struct page_row *node, time_us v)
{
	struct arena *a = node_arena(node);
	char iso[TIME_TEXT_MAX];
	int n = time_format(iso, v);

	node_keep(node, readable(a, iso, sizeof("2026-11-23T09:00:00") - 1));
	node_keep(node_add(node, "iso"), arena_copy(a, iso, (size_t)n));
}

void page_set_time(struct call *c, const char *name, time_us v)
{
	set_time(node_at(c->page->root, name), v);
}

struct page_row *page_row(struct call *c, const char *list, size_t i)
{
	struct page *p = c->page;

	if (p->list_name != list) {
		p->list_name = list;
		p->list = node_at(p->root, list);
	}
	return node_item(p->list, i);
}

struct page_row *row_child(struct page_row *r, const char *list, size_t i)
{
	return node_item(node_at(r, list), i);
}

void row_set(struct page_row *r, const char *name, struct str v)
{
	node_copy(node_add(r, name), v);
}

void row_set_cstr(struct page_row *r, const char *name, const char *v)
{
	node_keep(node_add(r, name), v);
}

void row_set_int(struct page_row *r, const char *name, int64_t v)
{
	row_set_cstr(r, name, int_text(node_arena(r), v));
}

void row_set_qty(struct page_row *r, const char *name, qty_sum_t v)
{
	row_set_cstr(r, name, qty_text(node_arena(r), v));
}

void row_set_time(struct page_row *r, const char *name, time_us v)
{
	set_time(node_add(r, name), v);
}

void row_set_minute(struct page_row *r, const char *name, time_us v)
{
	char iso[TIME_TEXT_MAX];

	time_format(iso, v);
	row_set_cstr(r, name, readable(node_arena(r), iso, sizeof("2026-11-23T09:00") - 1));
}

/* ---- the page ---- */

struct err *page_begin(struct call *c)
{
	c->page = ARENA_NEW(c->arena, struct page);
	c->page->root = node_root(c->arena);
	return NULL;
}

void page_template(struct call *c, const char *template_name, const char *title_fmt, ...)
{
	va_list ap;

	c->page->template_name = template_name;
	va_start(ap, title_fmt);
	page_set_cstr(c, "title", arena_vprintf(c->arena, title_fmt, ap));
	va_end(ap);
}

void page_api(struct call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	page_set_cstr(c, "api_link", arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
}

void page_address(struct call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->page->address = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
}

struct str page_path(const struct call *c)
{
	return c->page->address.p ? c->page->address : c->rq->path;
}

struct err *page_see_other(struct call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	response_redirect(c->rs, 303, str_of(arena_vprintf(c->arena, fmt, ap)));
	va_end(ap);
	c->page->answered = true;
	return NULL;
}

struct err *page_leave(struct call *c, struct str url)
{
	response_leave(c->rs, 302, url);
	c->page->answered = true;
	return NULL;
}

void page_body(struct call *c, const char *content_type)
{
	c->rs->content_type = content_type;
	c->page->answered = true;
}

void page_file(struct call *c, const char *content_type, const char *name)
{
	response_header(c->rs, "Content-Disposition",
		arena_printf(c->arena, "attachment; filename=\"%s\"", name));
	page_body(c, content_type);
}

/* can.items_write and so on: templates hide what one may not do. The route's row is what refuses
 * it. */
static void set_permissions(struct call *c)
{
	struct page_row *can = node_at(c->page->root, "can");

	for (enum permission p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		char *name;

		if (!perm_has(c->who.permissions, p))
			continue;
		name = arena_printf(c->arena, "%s", permission_name(p));
		*strchr(name, ':') = '_';
		row_set_cstr(can, name, "1");
	}
}

/* at.items marks the part of the site that the page is in: the first segment of the path. */
static void set_section(struct call *c)
{
	struct str rest = STR_NONE;
	struct str path = c->rq->path;
	struct str section;

	path.p++;
	path.n--;
	section = str_cut(path, '/', &rest);
	if (!section.n)
		section = STR("overview");
	if (memchr(section.p, '.', section.n))
		return; /* no page of ours */
	row_set_cstr(node_at(c->page->root, "at"), str_cstr(c->arena, section), "1");
}

/* flag.api_docs and so on, when it is on for whoever asks. */
static void set_flags(struct call *c)
{
	struct page_row *flags = node_at(c->page->root, "flag");

	for (enum flag f = FLAG_NONE + 1; f < FLAG_END; f++) {
		if (flag_is_on(c->app->flags, &c->ctx, f))
			row_set_cstr(flags, flag_name(f), "1");
	}
}

static void set_common(struct call *c)
{
	page_set_cstr(c, "site.name", c->app->config->site_name);
	page_set(c, "request_id", c->rq->id);
	set_section(c);
	set_flags(c);
	if (c->who.kind == PRINCIPAL_NONE)
		return;
	page_set(c, "user.name", c->who.name);
	page_set(c, "csrf", c->csrf);
	set_permissions(c);
}

static struct err *render(struct call *c)
{
	const struct templates *t = c->app->templates;
	struct page *p = c->page;

	set_common(c);
	if (!buf_room(&c->rs->body, PAGE_ROOM_FIRST))
		return err_new(c->arena, ERR_INTERNAL, "The page is too large.");
	TRY(templates_render(t, c->arena, "layout/head", p->root, &c->rs->body));
	TRY(templates_render(t, c->arena, p->template_name, p->root, &c->rs->body));
	TRY(templates_render(t, c->arena, "layout/foot", p->root, &c->rs->body));
	c->rs->content_type = "text/html; charset=utf-8";
	return NULL;
}

struct err *page_render(struct call *c)
{
	if (c->page->answered)
		return NULL;
	assert(c->page->template_name);
	return render(c);
}

/* ---- the error page ---- */

static void set_error(struct call *c, const struct err *e, int status)
{
	size_t i = 0;

	page_template(c, "error/page", "%s", err_title(e->code));
	page_set_int(c, "error.status", status);
	page_set_cstr(c, "error.slug", err_slug(e->code));
	page_set_int(c, "error.retry_after_s", e->retry_after_s);
	if (status >= 500)
		return; /* an internal detail is for the log */
	page_set(c, "error.detail", e->detail);
	for (const struct err_field *f = e->fields; f; f = f->next) {
		struct page_row *r = page_row(c, "error.fields", i++);

		row_set(r, "detail", f->detail);
		if (f->pointer.n)
			row_set(r, "name", (struct str){f->pointer.p + 1, f->pointer.n - 1});
	}
}

static void plain_sentence(struct call *c, const struct err *e)
{
	buf_clear(&c->rs->body);
	buf_printf(&c->rs->body, "%d %s\n", err_status(e->code), err_title(e->code));
	c->rs->content_type = "text/plain; charset=utf-8";
}

void page_error(struct call *c, const struct err *e)
{
	int status = err_status(e->code);

	response_clear(c->rs);
	c->rs->status = status;
	c->rs->cache_control = "no-store"; /* it may have no route that says so */
	if (e->retry_after_s)
		response_header(c->rs, "Retry-After", int_text(c->arena, e->retry_after_s));
	if (c->app->templates && !page_begin(c)) {
		set_error(c, e, status);
		if (!render(c))
			return;
	}
	plain_sentence(c, e);
}
