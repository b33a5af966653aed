/* Streams: what is written to them, and when they end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "feed/server_inside.h"

#define BODY_BYTES_MAX ((size_t)16 << 20)
#define BACK_NUMBERS 20000
#define BACK_EVERY_US INT64_C(5000000)
#define BACK_WITHIN_US INT64_C(60000000) /* of the start */
#define HOLD_US INT64_C(250000)
#define READS_US INT64_C(50000) /* who can be written to within so long reads */

struct ctx server_ctx(struct server *s, struct once *once)
{
	*once = (struct once){.key = STR_NONE};
	return (struct ctx){
		.arena = s->arena,
		.db = s->app->db,
		.once = once,
		.names = s->app->names,
		.ways_in = s->app->ways_in,
		.watching = true,
		.in_event_loop = true,
	};
}

void server_db_trouble(struct server *s, struct err *e)
{
	if (e && !s->failing)
		log_err(LOG_WARNING, "the feed cannot be read", e);
	s->failing = e != NULL;
}

/* ---- beginning and end ---- */

/* So far back, after a start, everybody is served from memory: whoever was cut off by it comes at once, and all with
 * the same events. */
static void begin_ring(struct server *s, int64_t after)
{
	struct feed_state state;
	int64_t from;
	struct err *e = db_ready(s->app->db, s->arena);

	if (!e)
		e = feed_store_state(s->app->db, s->arena, &state);
	server_db_trouble(s, e);
	if (e)
		return;
	from = state.seq - BACK_NUMBERS;
	from = from > after ? from : after;
	from = from > state.oldest - 1 ? from : state.oldest - 1;
	ring_restart(s->ring, from < state.seq ? from : state.seq);
	s->more = from < state.seq;
	s->ring_runs = true;
	s->ring_begun_us = time_monotonic_us();
}

/* Others wait meanwhile: so it is done for those alone who come back after a start, and not all the time. */
void server_reach_back(struct server *s, int64_t after)
{
	const int64_t first = ring_first(s->ring), now = time_monotonic_us();

	if (!s->ring_runs)
		begin_ring(s, after);
	else if (after + 1 < first && ring_last(s->ring) - after < BACK_NUMBERS &&
		now - s->started_us < BACK_WITHIN_US && now - s->ring_begun_us > BACK_EVERY_US)
		begin_ring(s, after);
}

void conn_open_stream(struct conn *c)
{
	struct server *s = c->server;

	s->streams++;
	if (c->kind == CONN_SOCKET)
		return;
	c->reader.view = views_join(&s->views, &s->stream.view);
	server_reach_back(s, c->reader.after);
}

static const char *kind_name(const struct conn *c)
{
	return c->kind == CONN_EVENTS ? "events" : c->kind == CONN_WAIT ? "wait" : "websocket";
}

static void log_end_of(const struct conn *c)
{
	struct log_line l;

	log_begin(&l, LOG_INFO, "stream ended");
	log_str(&l, "request_id", str_of(c->request_id));
	log_str(&l, "kind", str_of(kind_name(c)));
	log_str(&l, "actor", str_of(c->caller->actor));
	log_int(&l, "events", c->events);
	log_int(&l, "bytes", c->bytes);
	log_ms(&l, "ms", time_monotonic_us() - c->opened_us);
	if (c->reason[0])
		log_str(&l, "reason", str_of(c->reason));
	log_end(&l);
}

void conn_leave(struct conn *c)
{
	struct server *s = c->server;

	if (!c->caller)
		return;
	log_end_of(c);
	socket_leave(c);
	if (c->reader.view)
		views_leave(&s->views, c->reader.view);
	callers_leave(&s->callers, c->caller);
	s->streams--;
	if (!s->streams) {
		ring_restart(s->ring, ring_last(s->ring));
		s->ring_runs = false;
	}
}

/* ---- server-sent events ---- */

void conn_count(struct conn *c, int64_t events)
{
	c->events += events;
	figures_add(&c->server->figures->events_sent, (uint64_t)events);
}

struct chunk {
	struct buf text;
	int64_t events;
};

static bool take_frame(void *arg, const struct event_frame *f)
{
	struct chunk *chunk = arg;

	buf_add_str(&chunk->text, f->text);
	chunk->events++;
	return chunk->text.n < WRITE_BYTES;
}

/* It is told where it can go on from: its last id is the one before. */
static void cut_off(struct conn *c, enum reader_place place)
{
	struct str text = str_printf(c->server->arena, ": %s %lld\n\n",
		place == READER_LOST ? "too slow: come back and go on after"
				     : "not kept any more: what follows",
		(long long)c->reader.after);

	figures_add(&c->server->figures->cut_off, place == READER_LOST);
	conn_add_out(c, text);
	conn_end(c, CLOSE_AGAIN_LATER, place == READER_LOST ? "too slow" : "not kept any more");
}

static void write_heartbeat(struct conn *c)
{
	c->beat = false;
	if (!conn_send(
		    c, str_printf(c->server->arena, ":\nid: %lld\n\n", (long long)c->reader.after)))
		conn_end(c, CLOSE_NONE, "gone");
}

static void write_events(struct conn *c)
{
	struct server *s = c->server;
	struct once once;
	struct ctx ctx = server_ctx(s, &once);
	struct chunk chunk = {.events = 0};
	enum reader_place place = reader_place(&c->reader, s->ring);
	struct err *e;

	if (place == READER_FAR && !s->far_pages) {
		conn_want_write(c);
		return;
	}
	s->far_pages -= place == READER_FAR;
	buf_init(&chunk.text, s->arena, BODY_BYTES_MAX);
	e = reader_go(
		&c->reader, s->ring, &ctx, s->app->config->public_url, take_frame, &chunk, &place);
	if (e || place == READER_FAR)
		server_db_trouble(s, e);
	conn_count(c, chunk.events);
	if (chunk.text.n && !conn_send(c, buf_str(&chunk.text)))
		conn_end(c, CLOSE_NONE, "gone");
	else if (c->beat && place == READER_AT_END && !chunk.text.n)
		write_heartbeat(c);
	if (place == READER_LOST || place == READER_GONE)
		cut_off(c, place);
	else if (!e && place != READER_AT_END)
		conn_want_write(c);
}

/* ---- long polls ---- */

struct waiting_page {
	struct json_out j;
	struct buf body;
	int left;
};

static bool take_into_page(void *arg, const struct event_frame *f)
{
	struct waiting_page *p = arg;

	json_raw(&p->j, NULL, f->json);
	return --p->left > 0 && p->body.n < BODY_BYTES_MAX / 4;
}

static void write_page(struct conn *c)
{
	struct server *s = c->server;
	struct once once;
	struct ctx ctx = server_ctx(s, &once);
	struct waiting_page p = {.left = c->limit};
	enum reader_place place = reader_place(&c->reader, s->ring);
	bool in_time = time_monotonic_us() < c->until_us;
	struct err *e = NULL;

	buf_init(&p.body, s->arena, BODY_BYTES_MAX);
	json_init(&p.j, &p.body);
	event_page_begin(&p.j);
	if (place == READER_BEHIND)
		e = reader_go(&c->reader, s->ring, &ctx, s->app->config->public_url, take_into_page,
			&p, &place);
	server_db_trouble(s, e);
	if (place != READER_LOST && place != READER_FAR && p.left == c->limit && in_time) {
		if (!e && place == READER_BEHIND)
			conn_want_write(c);
		return;
	}
	conn_count(c, c->limit - p.left);
	event_page_end(&p.j, c->reader.after, place != READER_AT_END);
	conn_add_out(c, str_of(c->head));
	conn_add_out(c, str_printf(s->arena, "Content-Length: %zu\r\n\r\n", p.body.n));
	conn_add_out(c, buf_str(&p.body));
	conn_end(c, CLOSE_NONE, "");
}

void conn_write(struct conn *c)
{
	if (c->kind == CONN_EVENTS)
		write_events(c);
	else if (c->kind == CONN_WAIT)
		write_page(c);
	else if (c->kind == CONN_SOCKET)
		socket_write(c);
}

/* ---- all of them ---- */

/* Takes in a page; true when there was something. */
static bool load(struct server *s)
{
	struct once once;
	struct ctx ctx = server_ctx(s, &once);
	int64_t last = ring_last(s->ring);
	struct err *e;

	s->more = false;
	e = db_ready(s->app->db, s->arena);
	if (!e)
		e = ring_load(s->ring, &ctx, &s->more);
	server_db_trouble(s, e);
	if (e && e->code == ERR_GONE) /* it was away for longer than events are kept */
		begin_ring(s, INT64_MAX);
	arena_reset(s->arena);
	s->loaded_us = time_monotonic_us();
	if (ring_last(s->ring) == last)
		return false;
	if (ring_lag_us(s->ring) > atomic_load(&s->figures->lag_max_us))
		atomic_store(&s->figures->lag_max_us, ring_lag_us(s->ring));
	return true;
}

/* When much is waiting at once, who reads is given the time to: what is taken in next pushes out what is oldest. Who
 * does not is not waited for. */
static bool must_wait(const struct server *s)
{
	const int64_t now = time_monotonic_us();

	if (!s->more || now - s->loaded_us >= HOLD_US)
		return false;
	for (const struct conn *c = s->conns; c; c = c->next)
		if (c->caller && c->wants && !c->over && now - c->wants_since_us < READS_US)
			return true;
	return false;
}

void server_look(struct server *s)
{
	if (s->views.first && !s->ring_runs) /* the database was away when somebody came */
		begin_ring(s, INT64_MAX);
	if (!s->ring_runs || must_wait(s) || !load(s))
		return;
	for (struct conn *c = s->conns; c; c = c->next)
		if (c->caller && !c->over)
			conn_want_write(c);
}

static void end_of_caller(struct conn *c)
{
	if (c->caller->ended)
		conn_end(c, CLOSE_POLICY, "the sign-in has ended");
	else if (c->caller->changed)
		conn_end(c, CLOSE_AGAIN_LATER, "permissions have changed: come back");
}

static void look_at(struct conn *c, int64_t now_us)
{
	if (c->wants && now_us - c->wants_since_us > STALLED_US)
		conn_end(c, CLOSE_AGAIN_LATER, "it does not read");
	if (!c->caller || c->over)
		return;
	if (c->kind == CONN_EVENTS && now_us - c->written_us >= HEARTBEAT_US) {
		c->beat = true;
		conn_want_write(c);
	} else if (c->kind == CONN_WAIT && now_us >= c->until_us) {
		conn_want_write(c);
	}
}

void server_tick(struct server *s, int64_t now_us)
{
	unsigned of_kind[CONN_SOCKET + 1] = {0};
	bool changed = callers_check(&s->callers, s->app, s->arena, now_us);

	for (struct conn *c = s->conns; c; c = c->next) {
		if (changed && c->caller && !c->over)
			end_of_caller(c);
		look_at(c, now_us);
		of_kind[c->kind]++;
	}
	atomic_store(&s->figures->beat_us, now_us);
	atomic_store(&s->figures->streams, of_kind[CONN_EVENTS]);
	atomic_store(&s->figures->long_polls, of_kind[CONN_WAIT]);
	atomic_store(&s->figures->websockets, of_kind[CONN_SOCKET]);
}
