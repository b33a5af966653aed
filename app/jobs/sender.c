#include "jobs/sender_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"

#define PAGE_EVENTS 100 /* read at once, when a kind does not take more */
/* What goes out one by one stays for long, for many sinks at a time. */
#define PAGE_DATA_SINGLY ((size_t)128 << 10)
#define PAGE_BYTES_MAX ((size_t)96 << 20) /* with all that reading them takes */
#define SETTINGS_BYTES_MAX ((size_t)64 << 10)
#define KINDS_MAX 200
#define RENEW_US 1000000
/* A sink that has no use for what comes is moved on when it has passed so much, or after so long. */
#define PASS_EVENTS 1000
#define PASS_US 5000000

struct sender *sender_new(struct arena *boot, struct db *db, const struct sender_config *config)
{
	struct sender *s = ARENA_NEW(boot, struct sender);
	struct buf kinds;

	s->db = db;
	s->config = config;
	buf_init(&kinds, boot, KINDS_MAX);
	for (size_t i = 0; i < config->port_count; i++)
		buf_printf(&kinds, "%s%s", i ? "," : "", config->ports[i].kind->name);
	s->kinds = buf_str(&kinds);
	return s;
}

/* ---- runs ---- */

static const struct sender_port *port_of(const struct sender *s, struct str kind)
{
	size_t i = 0;

	while (i < s->config->port_count && !str_is(kind, s->config->ports[i].kind->name))
		i++;
	assert(i < s->config->port_count); /* no others are asked for */
	return &s->config->ports[i];
}

static void settle_texts(struct run *r, const struct sink *from)
{
	arena_reset(r->settings);
	r->sink = *from;
	r->sink.kind = str_copy(r->settings, from->kind);
	r->sink.name = str_copy(r->settings, from->name);
	r->sink.types = str_copy(r->settings, from->types);
	r->sink.permissions = str_copy(r->settings, from->permissions);
	r->sink.paused_for = r->sink.last_error = STR_NONE;
}

static void begin_anew(struct run *r, const struct sink *from)
{
	settle_texts(r, from);
	r->page = (struct event_page){.n = 0};
	r->next = 0;
	r->place = from->seq;
}

static void add_run(struct sender *s, const struct sink *sink)
{
	struct run *r = calloc(1, sizeof(*r));

	assert(r);
	r->settings = arena_new(SETTINGS_BYTES_MAX);
	r->port = port_of(s, sink->kind);
	r->passed_us = time_monotonic_us();
	r->waits = true;
	begin_anew(r, sink);
	s->runs[s->n++] = r;
}

void sender_drop(struct sender *s, size_t i)
{
	struct run *r = s->runs[i];

	if (r->sending && !r->batch.done)
		r->port->kind->cancel(r->port->self, &r->batch);
	arena_free(r->arena);
	arena_free(r->settings);
	free(r);
	s->runs[i] = s->runs[--s->n];
}

static void drop_all(struct sender *s)
{
	while (s->n)
		sender_drop(s, s->n - 1);
}

void sender_free(struct sender *s)
{
	drop_all(s);
}

/* Of one port; of those that failed last alone, or of all. */
static size_t under_way(const struct sender *s, const struct sender_port *port, bool failing)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct run *r = s->runs[i];

		n += r->port == port && r->sending && (!failing || r->sink.tries);
	}
	return n;
}

static bool has_room(const struct sender *s, const struct run *r)
{
	const struct sink_kind *kind = r->port->kind;

	if (r->sink.tries && kind->failing_at_once &&
		under_way(s, r->port, true) >= kind->failing_at_once)
		return false;
	return under_way(s, r->port, false) < kind->at_once;
}

bool sender_is_busy(const struct sender *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->runs[i]->sending)
			return true;
	return false;
}

/* ---- looking who is behind ---- */

static struct run *find_run(const struct sender *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->runs[i]->sink.id == id)
			return s->runs[i];
	return NULL;
}

static void note_waiting(struct sender *s, const struct sink *sink)
{
	struct run *r = find_run(s, sink->id);

	if (!r) {
		if (s->n < SENDER_SINKS_MAX)
			add_run(s, sink);
		return;
	}
	r->waits = true;
	if (sink->version == r->sink.version && sink->seq == r->sink.seq) {
		r->sink.tries = sink->tries;
		r->sink.failing_s = sink->failing_s;
	} else if (r->sending) {
		r->stale = true;
	} else {
		begin_anew(r, sink);
	}
}

static struct err *look_at_sinks(struct sender *s, struct ctx *c)
{
	struct sink_rows rows;

	TRY(sink_store_waiting(c->db, c->arena, s->kinds, SENDER_SINKS_MAX, &rows));
	s->head = rows.head;
	for (size_t i = 0; i < s->n; i++)
		s->runs[i]->waits = false;
	for (size_t i = 0; i < rows.n; i++)
		note_waiting(s, &rows.rows[i]);
	for (size_t i = s->n; i-- > 0;) {
		if (!s->runs[i]->waits && !s->runs[i]->sending)
			sender_drop(s, i);
		else if (!s->runs[i]->waits)
			s->runs[i]->stale = true;
	}
	return NULL;
}

static struct err *hold_lease(struct sender *s, struct ctx *c, int64_t now)
{
	bool held = true;

	if (!s->fence) {
		if (s->stopping)
			return NULL;
		TRY(sink_store_take(c->db, c->arena, s->config->holder, SENDER_LEASE_S, &s->fence));
		if (s->fence)
			log_text(LOG_INFO, "events are sent from here");
		s->renewed_us = now;
		return NULL;
	}
	if (now - s->renewed_us < RENEW_US)
		return NULL;
	TRY(sink_store_renew(c->db, c->arena, s->fence, &held));
	s->renewed_us = now;
	if (!held) {
		s->fence = 0;
		drop_all(s);
		log_text(LOG_WARNING, "events are sent from elsewhere");
	}
	return NULL;
}

static struct err *look(struct sender *s, struct ctx *c, int64_t now)
{
	TRY(hold_lease(s, c, now));
	if (!s->fence || s->stopping)
		return NULL;
	for (size_t i = 0; i < s->config->port_count; i++) {
		const struct sender_port *p = &s->config->ports[i];

		if (p->kind->look)
			TRY(p->kind->look(p->self, c));
	}
	TRY(look_at_sinks(s, c)); /* as the kinds have left them */
	s->looked_us = now;
	return NULL;
}

/* ---- sending ---- */

/* What else went wrong with one sink does not keep the others waiting. */
static struct err *trouble_of(struct sender *s, struct run *r, struct ctx *c, struct err *e)
{
	if (sender_trouble(e))
		return e;
	r->stale = true; /* dropped, and found again at its next try */
	if (e->code == ERR_GONE)
		return sender_give_up(r, c, SINK_GONE, e->detail);
	log_err(LOG_ERROR, "a sink", e);
	return sender_fail(s, r, c, NULL, e->detail);
}

static struct err *pass_on(struct sender *s, struct run *r, struct ctx *c)
{
	int64_t now = time_monotonic_us();
	bool done;

	if (r->place == r->sink.seq ||
		(r->place - r->sink.seq < PASS_EVENTS && now - r->passed_us < PASS_US))
		return NULL;
	TRY(sink_store_pass(c->db, c->arena, &r->sink, r->place, s->fence, &done));
	r->sink.seq = r->place;
	r->passed_us = now;
	r->stale = !done;
	return NULL;
}

static struct err *read_page(struct sender *s, struct run *r, struct ctx *c)
{
	size_t most = r->port->kind->batch_max;
	struct ctx reader = *c;
	struct err *e;

	if (!r->arena)
		r->arena = arena_new(PAGE_BYTES_MAX);
	arena_reset(r->arena);
	reader.arena = r->arena;
	r->next = r->page.n = 0;
	if (r->place >= s->head)
		return pass_on(s, r, c);
	if (most < PAGE_EVENTS)
		most = PAGE_EVENTS;
	if (most > EVENT_LIMIT_MAX)
		most = EVENT_LIMIT_MAX;
	e = sink_events(&reader, &r->sink, r->place, (int)most,
		r->port->kind->batch_max == 1 ? PAGE_DATA_SINGLY : 0, &r->page);
	if (e) {
		r->page.n = 0;
		return trouble_of(s, r, c, e);
	}
	r->place = r->page.next_after;
	return r->page.n ? NULL : pass_on(s, r, c);
}

static struct err *send(struct sender *s, struct run *r, struct ctx *c)
{
	const struct sink_kind *kind = r->port->kind;
	size_t left = r->page.n - r->next;
	struct err *e;

	r->batch = (struct sink_batch){
		.sink = &r->sink,
		.events = r->page.events + r->next,
		.n = left < kind->batch_max ? left : kind->batch_max,
		.arena = r->arena,
	};
	e = kind->begin(r->port->self, c, &r->batch);
	if (e)
		return trouble_of(s, r, c, e);
	r->next += r->batch.n;
	r->sending = true;
	return NULL;
}

static struct err *go_on(struct sender *s, struct run *r, struct ctx *c)
{
	if (r->sending || r->stale || !has_room(s, r))
		return NULL;
	if (r->next == r->page.n)
		TRY(read_page(s, r, c));
	return r->stale || r->next == r->page.n ? NULL : send(s, r, c);
}

/* Each in turn is the first, because not all may be under way at once. */
static struct err *go_on_all(struct sender *s, struct ctx *c)
{
	size_t first = s->n ? s->first++ % s->n : 0;

	for (size_t i = 0; i < s->n; i++)
		TRY(go_on(s, s->runs[(first + i) % s->n], c));
	for (size_t i = s->n; i-- > 0;)
		if (s->runs[i]->stale && !s->runs[i]->sending)
			sender_drop(s, i);
	return NULL;
}

struct err *sender_step(struct sender *s, struct ctx *c)
{
	int64_t now = time_monotonic_us();

	for (size_t i = 0; i < s->config->port_count; i++)
		s->config->ports[i].kind->step(s->config->ports[i].self);
	TRY(db_ready(c->db, c->arena));
	if (s->fence)
		TRY(sender_finish_done(s, c));
	if (now - s->looked_us >= SENDER_LOOK_MS * 1000)
		TRY(look(s, c, now));
	return s->fence && !s->stopping ? go_on_all(s, c) : NULL;
}

/* ---- the end ---- */

void sender_stop(struct sender *s)
{
	s->stopping = true;
}

struct err *sender_end(struct sender *s, struct ctx *c)
{
	int64_t fence = s->fence;

	drop_all(s);
	s->fence = 0;
	return fence ? sink_store_give_back(c->db, c->arena, fence) : NULL;
}
