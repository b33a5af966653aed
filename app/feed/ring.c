#include "feed/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/location_store.h"

#define PAGE_EVENTS 1000
#define FRAME_ROOM 1024 /* of a frame beside its data */
#define PLACED_AT_ONCE 1000

struct ring {
	const char *source;
	int64_t first, last;
	size_t bytes;
	int64_t lag_us;
	uint64_t placings;
	struct ring_event *events[RING_EVENTS]; /* by number */
};

/* ---- memory: events go one by one, so they are in no arena ---- */

static void *take(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (!p)
		abort();
	return p;
}

struct ring *ring_new(const char *source)
{
	struct ring *r = take(sizeof(*r));

	r->source = source;
	r->first = 1;
	return r;
}

static struct ring_event **place_of(struct ring *r, int64_t seq)
{
	return &r->events[seq % RING_EVENTS];
}

static void drop_first(struct ring *r)
{
	struct ring_event **e = place_of(r, r->first++);

	if (!*e)
		return;
	r->bytes -= (*e)->bytes + (*e)->place_bytes;
	free((*e)->places);
	free(*e);
	*e = NULL;
}

void ring_restart(struct ring *r, int64_t last)
{
	while (r->first <= r->last)
		drop_first(r);
	r->last = last;
	r->first = last + 1;
}

void ring_free(struct ring *r)
{
	ring_restart(r, r->last);
	free(r);
}

int64_t ring_first(const struct ring *r)
{
	return r->first;
}

int64_t ring_last(const struct ring *r)
{
	return r->last;
}

int64_t ring_lag_us(const struct ring *r)
{
	return r->lag_us;
}

const struct ring_event *ring_at(const struct ring *r, int64_t seq)
{
	assert(seq >= r->first && seq <= r->last);
	return r->events[seq % RING_EVENTS];
}

/* ---- frames ---- */

struct event_frame event_frame(struct arena *a, const struct event *e, const char *source)
{
	struct json_out j;
	struct buf b;
	size_t begin;

	buf_init(&b, a, e->data.n + e->subject.n + strlen(source) + FRAME_ROOM);
	buf_printf(&b, "id: %lld\nevent: %.*s\ndata: ", (long long)e->seq, STR_ARG(e->type));
	begin = b.n;
	json_init(&j, &b);
	event_to_json(&j, e, source);
	buf_add_cstr(&b, "\n\n");
	assert(!b.overflow);
	return (struct event_frame){
		.text = buf_str(&b),
		.json = {b.p + begin, b.n - begin - 2},
		.data = {b.p + b.n - 3 - e->data.n, e->data.n}, /* data is the last member */
	};
}

struct event_frame event_frame_with(struct arena *a, const struct ring_event *e, struct str data)
{
	struct str before = {e->frame.p, (size_t)(e->data.p - e->frame.p)};
	struct buf b;

	buf_init(&b, a, before.n + data.n + 3);
	buf_add_str(&b, before);
	buf_add_str(&b, data);
	buf_add_cstr(&b, "}\n\n");
	assert(!b.overflow);
	return (struct event_frame){
		.text = buf_str(&b),
		.json = {b.p + (e->json.p - e->frame.p),
			b.n - 2 - (size_t)(e->json.p - e->frame.p)},
		.data = {b.p + before.n, data.n},
	};
}

struct event_frame event_frame_at(const struct event_frame *f, const char *to)
{
	return (struct event_frame){
		.text = {to, f->text.n},
		.json = {to + (f->json.p - f->text.p), f->json.n},
		.data = {to + (f->data.p - f->text.p), f->data.n},
	};
}

/* ---- taking in ---- */

static struct str append(char **end, struct str s)
{
	char *p = *end;

	memcpy(p, s.p, s.n);
	*end += s.n;
	return (struct str){p, s.n};
}

static void add(struct ring *r, struct arena *a, const struct event *e)
{
	struct event_frame f = event_frame(a, e, r->source);
	size_t bytes = sizeof(struct ring_event) + f.text.n + e->type.n + e->subject.n;
	struct ring_event *n = take(bytes);
	char *end = (char *)(n + 1);

	n->seq = e->seq;
	n->bytes = bytes;
	f = event_frame_at(&f, append(&end, f.text).p);
	n->frame = f.text;
	n->json = f.json;
	n->data = f.data;
	event_facts_of(e, &n->facts);
	n->facts.type = append(&end, e->type);
	n->facts.subject = append(&end, e->subject);
	*place_of(r, e->seq) = n;
	r->bytes += bytes;
}

/* Where things are is not what it was. */
static void forget_places(struct ring *r)
{
	for (int64_t seq = r->first; seq <= r->last; seq++) {
		struct ring_event *e = *place_of(r, seq);

		if (e)
			e->placed = false;
	}
}

static void make_room(struct ring *r, int64_t last)
{
	while (r->first <= r->last && last - r->first >= RING_EVENTS)
		drop_first(r);
	if (r->first > r->last) /* nothing is left: what comes need not begin right after it */
		r->first = r->last + 1;
}

struct err *ring_load(struct ring *r, struct ctx *c, bool *more)
{
	struct principal all = {
		.kind = PRINCIPAL_SYSTEM, .actor = STR("system"), .permissions = permission_all()};
	const struct event_query q = {.after = r->last, .limit = PAGE_EVENTS};
	struct ctx reader = *c;
	struct event_page page;

	*more = false;
	reader.who = &all;
	TRY(event_list(&reader, &q, &page));
	make_room(r, page.next_after);
	r->lag_us = page.n ? time_now() - page.events[0].at : 0;
	for (size_t i = 0; i < page.n; i++) {
		add(r, c->arena, &page.events[i]);
		if (str_starts(page.events[i].type, "bincard.location."))
			forget_places(r);
	}
	r->last = page.next_after;
	while (r->bytes > RING_BYTES && r->first < r->last)
		drop_first(r);
	*more = page.more;
	return NULL;
}

/* ---- places ---- */

static struct str id_list(struct arena *a, struct ring_event **events, size_t n, bool movements)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, 24 * n + 24);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct event_facts *f = &events[i]->facts;

		if (movements ? f->movement_id : f->location_id)
			json_int(&j, NULL, movements ? f->movement_id : f->location_id);
	}
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

static void set_places(struct ring *r, struct ring_event *e, char *places, size_t bytes)
{
	free(e->places);
	r->bytes += bytes - e->place_bytes;
	e->places = places;
	e->place_bytes = bytes;
}

static void set_lines(
	struct ring *r, struct ring_event *e, const struct event_line_row *rows, size_t n)
{
	size_t bytes = n * sizeof(struct event_line_place);
	struct event_line_place *lines;
	char *p, *end;

	for (size_t i = 0; i < n; i++)
		bytes += rows[i].from.n + rows[i].to.n;
	p = take(bytes ? bytes : 1);
	lines = (void *)p;
	end = p + n * sizeof(*lines);
	for (size_t i = 0; i < n; i++) {
		lines[i].item_id = rows[i].item_id;
		lines[i].from = append(&end, rows[i].from);
		lines[i].to = append(&end, rows[i].to);
	}
	set_places(r, e, p, bytes);
	e->facts.lines = lines;
	e->facts.line_count = n;
}

static void set_path(struct ring *r, struct ring_event *e, struct str path)
{
	char *p = take(path.n + 1), *end = p;

	e->facts.path = append(&end, path);
	set_places(r, e, p, path.n);
}

/* They are in order. */
static size_t first_line(const struct event_line_row *lines, size_t n, int64_t movement_id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines[middle].movement_id < movement_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void set_place(struct ring *r, struct ring_event *e, const struct event_line_row *lines,
	size_t line_count, const struct location_path *paths, size_t path_count)
{
	size_t first, end;

	if (e->facts.movement_id) {
		first = first_line(lines, line_count, e->facts.movement_id);
		for (end = first;
			end < line_count && lines[end].movement_id == e->facts.movement_id;)
			end++;
		set_lines(r, e, lines + first, end - first);
	} else if (e->facts.location_id) {
		first = 0;
		while (first < path_count && paths[first].id != e->facts.location_id)
			first++;
		set_path(r, e, first < path_count ? paths[first].path : STR("/"));
	}
	e->placed = true;
	e->placing = ++r->placings;
}

static struct err *place_some(struct ring *r, struct ctx *c, struct ring_event **events, size_t n)
{
	struct str movements = id_list(c->arena, events, n, true);
	struct str locations = id_list(c->arena, events, n, false);
	struct event_line_row *lines = NULL;
	struct location_path *paths = NULL;
	size_t line_count = 0, path_count = 0;

	if (movements.n > 2)
		TRY(event_store_lines(c->db, c->arena, movements, &lines, &line_count));
	if (locations.n > 2)
		TRY(location_store_paths(c->db, c->arena, locations, &paths, &path_count));
	for (size_t i = 0; i < n; i++)
		set_place(r, events[i], lines, line_count, paths, path_count);
	return NULL;
}

struct err *ring_place(struct ring *r, struct ctx *c, int64_t from)
{
	struct ring_event **some = ARENA_ARRAY(c->arena, PLACED_AT_ONCE, struct ring_event *);
	size_t n = 0;

	for (int64_t seq = from > r->first ? from : r->first; seq <= r->last; seq++) {
		struct ring_event *e = *place_of(r, seq);

		if (!e || e->placed)
			continue;
		some[n++] = e;
		if (n == PLACED_AT_ONCE) {
			TRY(place_some(r, c, some, n));
			n = 0;
		}
	}
	return n ? place_some(r, c, some, n) : NULL;
}
