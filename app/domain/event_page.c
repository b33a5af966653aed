/* Events of changes: what is shown of each, and a page of them. */
#include <assert.h>

#include "base/json_copy.h"
#include "domain/event_inside.h"
#include "domain/reach.h"

#define DATA_BYTES_MAX ((size_t)2 << 20) /* a movement of 1,000 lines has a tenth of it */
#define BALANCE_BYTES_MAX 2048 /* names and codes have at most 64 code points */

/* ---- what is shown of a change ---- */

static struct str copy_without(struct ctx *c, const struct json_node *data, const char *hidden)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, DATA_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	for (const struct json_node *m = data->child; m; m = m->next)
		json_copy(&j, str_cstr(c->arena, m->name), str_is(m->name, hidden) ? NULL : m);
	json_object_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *event_hide_on_hand(struct ctx *c, struct str *item)
{
	struct json_node *data;

	TRY(json_parse(c->arena, *item, &data));
	*item = copy_without(c, data, "on_hand");
	return NULL;
}

/* Every movement has these members. */
static struct json_node *member_of(struct json_node *data, const char *name)
{
	struct json_node *m = data->child;

	while (m && !str_is(m->name, name))
		m = m->next;
	assert(m);
	return m;
}

struct err *event_keep_lines(
	struct ctx *c, struct str *movement, const struct event_line *stay, size_t n)
{
	struct json_node *data, *lines, **end;
	int64_t number = 0, kept = 0;

	TRY(json_parse(c->arena, *movement, &data));
	lines = member_of(data, "lines");
	end = &lines->child;
	for (struct json_node *m = lines->child; m; m = m->next) {
		number++;
		if (!n || stay->line_no != number)
			continue;
		*end = m;
		end = &m->next;
		stay++, n--, kept++;
	}
	*end = NULL;
	member_of(data, "line_count")->num = kept;
	*movement = copy_without(c, data, "");
	return NULL;
}

/* [number, ...] of the changes that `of` says; "[]" when there are none. */
static struct str number_list(struct ctx *c, const struct event_changes *changes,
	int64_t (*of)(const struct event_change *e))
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, 24 * changes->n + 24);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < changes->n; i++)
		if (of(&changes->rows[i]))
			json_int(&j, NULL, of(&changes->rows[i]));
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

static int64_t shown_movement(const struct event_change *e)
{
	return e->own && str_is(e->resource, "movement") ? e->subject : 0;
}

static int64_t shown_itself(const struct event_change *e)
{
	return e->own ? e->seq : 0;
}

static int64_t with_balances(const struct event_change *e)
{
	return e->size > 1 ? e->seq : 0;
}

/* Movements are in the feed in another order than their ids. */
static struct err *narrow_movements(struct ctx *c, struct event_changes *changes, struct str within)
{
	struct str ids = number_list(c, changes, shown_movement);
	struct event_line *lines;
	size_t n;

	if (!within.p || ids.n == 2)
		return NULL;
	TRY(event_store_lines_within(c->db, c->arena, ids, within, &lines, &n));
	for (size_t i = 0; i < changes->n; i++) {
		const int64_t movement = shown_movement(&changes->rows[i]);
		size_t first = 0, end;

		if (!movement)
			continue;
		while (first < n && lines[first].movement_id != movement)
			first++;
		for (end = first; end < n && lines[end].movement_id == movement;)
			end++;
		TRY(event_keep_lines(c, &changes->rows[i].data, lines + first, end - first));
	}
	return NULL;
}

static struct err *narrow(
	struct ctx *c, const struct event_filter *f, struct event_changes *changes)
{
	bool all_stock = perm_has(reach_unlimited(c), PERM_STOCK_READ);

	for (size_t i = 0; i < changes->n && !all_stock; i++)
		if (changes->rows[i].own && str_is(changes->rows[i].resource, "item"))
			TRY(event_hide_on_hand(c, &changes->rows[i].data));
	return narrow_movements(c, changes, f->movements_within);
}

/* ---- events ---- */

static void quantities(struct json_out *j, qty_t on_hand, qty_t reserved)
{
	json_qty(j, "on_hand", on_hand);
	json_qty(j, "reserved", reserved);
	json_qty(j, "available", on_hand - reserved);
}

/* As GET /v1/stock-levels has it, and what was before. */
static struct str balance_data(
	struct ctx *c, const struct event_change *e, const struct event_balance *b)
{
	struct json_out j;
	struct buf buf;

	buf_init(&buf, c->arena, BALANCE_BYTES_MAX);
	json_init(&j, &buf);
	json_object(&j, NULL);
	json_int(&j, "item_id", b->item_id);
	json_str(&j, "sku", b->sku);
	json_int(&j, "location_id", b->location_id);
	json_str(&j, "location", b->location);
	json_null(&j, "lot");
	json_str(&j, "unit", b->unit);
	quantities(&j, b->after, b->reserved);
	json_int(&j, "version", b->version);
	json_time(&j, "updated_at", b->at);
	json_object(&j, "previous");
	quantities(&j, b->before, b->reserved);
	json_object_end(&j);
	json_int(&j, "movement_id", e->subject);
	json_object_end(&j);
	assert(!buf.overflow);
	return buf_str(&buf);
}

static struct event event_of(const struct event_change *e)
{
	return (struct event){
		.seq = e->seq,
		.type = e->type,
		.actor = e->actor,
		.app = e->app,
		.traceparent = e->traceparent,
		.at = e->at,
	};
}

static struct event own_event(struct ctx *c, const struct event_change *e)
{
	const struct event_resource *r = event_resource_of(e->resource);
	struct event event = event_of(e);

	assert(r); /* no other is asked for */
	event.subject = str_printf(c->arena, "%s/%lld", r->path, (long long)e->subject);
	event.data = e->data;
	return event;
}

static struct event balance_event(
	struct ctx *c, const struct event_change *e, const struct event_balance *b)
{
	struct event event = event_of(e);

	event.seq += b->n;
	event.type = STR(EVENT_OF_BALANCE);
	event.subject = str_printf(c->arena, "stock-levels/%lld/%lld", (long long)b->item_id,
		(long long)b->location_id);
	event.data = balance_data(c, e, b);
	return event;
}

/* False when the page is full: the event is not in it. */
static bool add(struct event_page *page, const struct event_filter *f, int limit, size_t *bytes,
	const struct event *event)
{
	if (page->n == (size_t)limit || (page->n && *bytes > f->data_max))
		return false;
	*bytes += event->data.n;
	page->events[page->n++] = *event;
	return true;
}

/* The changes' events, up to the end of the page. */
static void make_page(struct ctx *c, const struct event_filter *f, int limit,
	const struct event_changes *changes, const struct event_balances *balances,
	struct event_page *out)
{
	size_t bytes = 0, next = 0;
	bool fits = true;

	out->events = ARENA_ARRAY(c->arena, (size_t)limit, struct event);
	for (size_t i = 0; i < changes->n && fits; i++) {
		const struct event_change *e = &changes->rows[i];

		if (e->own && e->seq > f->after) {
			struct event event = own_event(c, e);

			fits = add(out, f, limit, &bytes, &event);
		}
		for (; fits && next < balances->n && balances->rows[next].seq == e->seq; next++) {
			struct event event = balance_event(c, e, &balances->rows[next]);

			fits = event.seq <= f->after || add(out, f, limit, &bytes, &event);
		}
		out->next_after = e->seq + e->size - 1;
	}
	if (!fits)
		out->next_after = out->events[out->n - 1].seq;
}

struct err *event_fill_page(struct ctx *c, const struct event_filter *f, int limit,
	struct event_changes *changes, struct event_page *out)
{
	struct event_balances balances = {.n = 0};

	TRY(event_store_data(c->db, c->arena, number_list(c, changes, shown_itself), changes));
	for (size_t i = 0; i < changes->n;
		i++) /* without data: deleted since; event_list() looks */
		changes->rows[i].own &= changes->rows[i].data.p != NULL;
	TRY(narrow(c, f, changes));
	if (f->balances)
		TRY(event_store_balances(
			c->db, c->arena, number_list(c, changes, with_balances), f, &balances));
	*out = (struct event_page){.next_after = f->after};
	make_page(c, f, limit, changes, &balances, out);
	return NULL;
}

void event_to_json(struct json_out *j, const struct event *e, const char *source)
{
	json_object(j, NULL);
	json_cstr(j, "specversion", "1.0");
	json_str(j, "id", str_printf(j->buf->arena, "%lld", (long long)e->seq));
	json_cstr(j, "source", source);
	json_str(j, "type", e->type);
	json_str(j, "subject", e->subject);
	json_time(j, "time", e->at);
	json_cstr(j, "datacontenttype", "application/json");
	json_str(j, "actor", e->actor);
	if (e->app.p)
		json_str(j, "app", e->app);
	if (e->traceparent.p)
		json_str(j, "traceparent", e->traceparent);
	json_raw(j, "data", e->data);
	json_object_end(j);
}
