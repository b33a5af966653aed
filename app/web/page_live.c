/* What a page of the ledger says so that it can follow it: static/js/live.js reads it. */
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "domain/event.h"
#include "domain/event_type.h"
#include "web/page.h"

#define QUERY_BYTES_MAX 2048

static enum page_live kind_of(const struct event_resource *r)
{
	if (strcmp(r->name, "stock_level") == 0)
		return LIVE_STOCK;
	if (strcmp(r->name, "movement") == 0)
		return LIVE_MOVEMENTS;
	if (strcmp(r->name, "item") == 0)
		return LIVE_ITEMS;
	return strcmp(r->name, "location") == 0 ? LIVE_LOCATIONS : 0;
}

/* "type=A,B,..." of what the caller may see; empty when there is nothing. */
static void add_types(struct call *c, unsigned what, struct buf *b)
{
	for (size_t i = 0; i < event_type_count; i++) {
		const struct event_resource *r = event_type_resource(&event_types[i]);

		if (!(what & kind_of(r)) || !perm_has(c->who.permissions, r->permission))
			continue;
		buf_add_cstr(b, b->n ? "," : "type=");
		buf_add_cstr(b, event_types[i].name);
	}
}

struct err *page_live_begin(struct call *c)
{
	int64_t last;

	if (c->rq->method == HTTP_POST)
		return NULL;
	TRY(event_last(&c->ctx, &last));
	page_set_int(c, "live.after", last);
	return NULL;
}

__attribute__((format(printf, 3, 0))) static void set_query(
	struct call *c, unsigned what, const char *filter_fmt, va_list args)
{
	struct buf b;

	buf_init(&b, c->arena, QUERY_BYTES_MAX);
	add_types(c, what, &b);
	if (!b.n || c->rq->method == HTTP_POST)
		return;
	buf_add_cstr(&b, arena_vprintf(c->arena, filter_fmt, args));
	assert(!b.overflow);
	page_set(c, "live.query", buf_str(&b));
}

void page_live_query(struct call *c, unsigned what, const char *filter_fmt, ...)
{
	va_list args;

	va_start(args, filter_fmt);
	set_query(c, what, filter_fmt, args);
	va_end(args);
}

struct err *page_live(struct call *c, unsigned what, const char *filter_fmt, ...)
{
	va_list args;

	va_start(args, filter_fmt);
	set_query(c, what, filter_fmt, args);
	va_end(args);
	return page_live_begin(c);
}
