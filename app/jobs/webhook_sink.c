#include "jobs/webhook_sink.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "domain/webhook_message.h"

#define AT_ONCE 100
#define FAILING_AT_ONCE 60 /* they may hang */
#define BY_HAND_MAX 20 /* at once */
#define BY_HAND_BYTES_MAX ((size_t)96 << 20)
#define BODY_KEPT_MAX ((size_t)16 << 10) /* in the history */
#define STATUS_GONE 410

/* A message that is under way, and what the history will have of it. */
struct parcel {
	struct fetch_sending sending;
	struct delivery delivery;
	const char *headers[6];
};

/* A test, or an event that is sent again: beside the order. */
struct by_hand {
	struct arena *arena; /* NULL: free */
	struct parcel *parcel;
};

struct webhook_sinks {
	const struct webhook_config *config;
	const char *source;
	struct fetch_many *fetch;
	struct sink_batch *batches[AT_ONCE];
	size_t n;
	struct by_hand by_hand[BY_HAND_MAX];
};

struct webhook_sinks *webhook_sinks_new(
	struct arena *boot, const struct webhook_config *config, const char *source)
{
	struct webhook_sinks *w = ARENA_NEW(boot, struct webhook_sinks);

	w->config = config;
	w->source = source;
	w->fetch = fetch_many_new(boot, &config->send);
	return w;
}

/* ---- a message ---- */

static void beginning_of(struct str text, size_t most, struct str *out)
{
	*out = text;
	if (text.n <= most)
		return;
	while (most && ((unsigned char)text.p[most] & 0xc0) == 0x80)
		most--; /* not within a character */
	out->n = most;
}

/* The history does not keep the signatures: whoever reads it could send the message once more. */
static void note_request(struct arena *a, const struct webhook *to, struct parcel *p)
{
	struct delivery *d = &p->delivery;

	d->request_header =
		str_printf(a, "POST %.*s\n%s\n%s\n%s\nwebhook-signature: v1,(not kept)\n",
			STR_ARG(to->url), p->headers[0], p->headers[1], p->headers[2]);
	beginning_of(p->sending.body, BODY_KEPT_MAX, &d->request_body);
}

/* delivery: sink, reason, type, seq and message_id, and the id of one that waited. */
static struct err *post(struct webhook_sinks *w, struct ctx *c, const struct webhook *to,
	struct str body, struct parcel *p)
{
	const int64_t now_s = time_now() / 1000000;
	struct str secret, old, id = p->delivery.message_id, signature;
	struct arena *a = c->arena;

	TRY(webhook_secrets(c, w->config, to, &secret, &old));
	signature = webhook_sign(a, secret, id, now_s, body);
	if (old.p)
		signature = str_printf(a, "%.*s %.*s", STR_ARG(signature),
			STR_ARG(webhook_sign(a, old, id, now_s, body)));
	p->headers[0] = "Content-Type: application/json";
	p->headers[1] = arena_printf(a, "webhook-id: %.*s", STR_ARG(id));
	p->headers[2] = arena_printf(a, "webhook-timestamp: %lld", (long long)now_s);
	p->headers[3] = arena_printf(a, "webhook-signature: %.*s", STR_ARG(signature));
	p->sending = (struct fetch_sending){
		.arena = a,
		.url = str_copy(a, to->url),
		.body = body,
		.headers = p->headers,
	};
	p->delivery.created_at = time_now();
	note_request(a, to, p);
	fetch_many_begin(w->fetch, &p->sending);
	return NULL;
}

static bool is_delivered(const struct fetch_sending *s)
{
	return s->status >= 200 && s->status < 300;
}

/* What has become of it, for the history. */
static void note_answer(struct parcel *p)
{
	const struct fetch_sending *s = &p->sending;
	struct delivery *d = &p->delivery;

	d->state = is_delivered(s) ? STR("delivered") : STR("failed");
	d->status = s->status;
	d->duration_us = s->micros;
	d->answer_header = s->answer_header.p ? s->answer_header : STR("");
	d->answer_body = s->answer.p ? s->answer : STR("");
	d->error = STR_NONE;
	if (is_delivered(s))
		return;
	if (!s->status)
		d->error = str_of(s->error);
	else
		d->error = str_printf(s->arena, "It answered with %d%s.", s->status,
			s->status >= 300 && s->status < 400 ? ", and redirects are not followed"
							    : "");
	d->error = sink_error(s->arena, d->error);
}

/* ---- batches ---- */

static struct err *begin(void *self, struct ctx *c, struct sink_batch *b)
{
	struct webhook_sinks *w = self;
	const struct event *event = b->events;
	struct parcel *p = ARENA_NEW(b->arena, struct parcel);
	struct ctx mine = *c;
	struct webhook to;
	bool found;

	assert(w->n < AT_ONCE && b->n == 1);
	mine.arena = b->arena;
	TRY(webhook_store_by_id(c->db, b->arena, b->sink->id, &to, &found));
	if (!found) { /* deleted a moment ago */
		snprintf(b->error, sizeof(b->error), "%s", "It is gone.");
		b->done = true;
		return NULL;
	}
	p->delivery = (struct delivery){
		.sink_id = b->sink->id,
		.seq = event->seq,
		.type = event->type,
		.message_id = webhook_message_id(b->arena, b->sink->id, event->seq),
	};
	TRY(post(w, &mine, &to, webhook_body(b->arena, event, w->source), p));
	b->own = p;
	w->batches[w->n++] = b;
	return NULL;
}

static void end_batch(struct sink_batch *b)
{
	struct parcel *p = b->own;

	note_answer(p);
	if (is_delivered(&p->sending))
		b->taken = 1;
	else
		snprintf(b->error, sizeof(b->error), "%.*s", STR_ARG(p->delivery.error));
	if (p->sending.status == STATUS_GONE)
		b->pause = SINK_REFUSED;
	b->done = true;
}

static void step(void *self)
{
	struct webhook_sinks *w = self;

	fetch_many_step(w->fetch);
	for (size_t i = w->n; i-- > 0;) {
		const struct parcel *p = w->batches[i]->own;

		if (!p->sending.done)
			continue;
		end_batch(w->batches[i]);
		w->batches[i] = w->batches[--w->n];
	}
}

static struct err *record(void *self, struct ctx *c, struct sink_batch *b)
{
	const struct parcel *p = b->own;

	(void)self;
	return p ? delivery_store_add(c->db, c->arena, &p->delivery) : NULL;
}

static void cancel(void *self, struct sink_batch *b)
{
	struct webhook_sinks *w = self;
	struct parcel *p = b->own;

	for (size_t i = 0; i < w->n; i++)
		if (w->batches[i] == b)
			w->batches[i--] = w->batches[--w->n];
	if (p)
		fetch_many_cancel(w->fetch, &p->sending);
}

/* ---- by hand ---- */

static void clear(struct webhook_sinks *w, struct by_hand *h)
{
	if (h->parcel)
		fetch_many_cancel(w->fetch, &h->parcel->sending);
	arena_free(h->arena);
	*h = (struct by_hand){.arena = NULL};
}

void webhook_sinks_free(struct webhook_sinks *w)
{
	for (size_t i = 0; i < BY_HAND_MAX; i++)
		if (w->by_hand[i].arena)
			clear(w, &w->by_hand[i]);
	fetch_many_free(w->fetch);
}

/* An event that was sent before, as the endpoint may see it now. */
static struct err *find_event(
	struct ctx *c, const struct webhook *to, int64_t seq, struct event *out)
{
	struct event_page page;

	TRY(sink_events(c, &to->sink, seq - 1, 1, 0, &page));
	if (page.n != 1 || page.events[0].seq != seq)
		return err_new(c->arena, ERR_GONE,
			"The event is not kept any more, or not for this webhook.");
	*out = page.events[0];
	return NULL;
}

static struct err *send_by_hand(
	struct webhook_sinks *w, struct ctx *c, const struct webhook *to, struct parcel *p)
{
	struct delivery *d = &p->delivery;
	struct event event;

	if (d->seq) {
		TRY(find_event(c, to, d->seq, &event));
		return post(w, c, to, webhook_body(c->arena, &event, w->source), p);
	}
	d->message_id = webhook_test_id(c->arena, d->sink_id, d->id);
	return post(w, c, to,
		webhook_test_body(c->arena, d->sink_id, d->message_id, d->actor, w->source), p);
}

/* What cannot be sent at all has failed, too. */
static struct err *begin_by_hand(
	struct webhook_sinks *w, const struct ctx *c, const struct delivery *d, struct by_hand *h)
{
	struct ctx mine = *c;
	struct webhook to;
	struct err *e;
	bool found;

	h->arena = mine.arena = arena_new(BY_HAND_BYTES_MAX);
	TRY(webhook_store_by_id(c->db, h->arena, d->sink_id, &to, &found));
	if (!found) /* and its deliveries with it */
		return NULL;
	h->parcel = ARENA_NEW(h->arena, struct parcel);
	h->parcel->delivery = *d;
	h->parcel->delivery.message_id = str_copy(h->arena, d->message_id);
	h->parcel->delivery.actor = str_copy(h->arena, d->actor);
	e = send_by_hand(w, &mine, &to, h->parcel);
	if (!e || e->code == ERR_DB_LOST || e->code == ERR_UNAVAILABLE)
		return e;
	h->parcel->sending.arena = h->arena;
	h->parcel->sending.done = true;
	snprintf(h->parcel->sending.error, sizeof(h->parcel->sending.error), "%.*s",
		STR_ARG(e->detail));
	return NULL;
}

static bool is_under_way(const struct webhook_sinks *w, int64_t id)
{
	for (size_t i = 0; i < BY_HAND_MAX; i++)
		if (w->by_hand[i].parcel && w->by_hand[i].parcel->delivery.id == id)
			return true;
	return false;
}

static struct by_hand *free_place(struct webhook_sinks *w)
{
	for (size_t i = 0; i < BY_HAND_MAX; i++)
		if (!w->by_hand[i].arena)
			return &w->by_hand[i];
	return NULL;
}

static struct err *end_by_hand(struct webhook_sinks *w, struct ctx *c)
{
	for (size_t i = 0; i < BY_HAND_MAX; i++) {
		struct by_hand *h = &w->by_hand[i];

		if (!h->parcel || !h->parcel->sending.done)
			continue;
		note_answer(h->parcel);
		TRY(delivery_store_end(c->db, c->arena, &h->parcel->delivery));
		clear(w, h);
	}
	return NULL;
}

static struct err *look(void *self, struct ctx *c)
{
	struct webhook_sinks *w = self;
	struct delivery_rows rows;

	TRY(end_by_hand(w, c));
	TRY(delivery_store_waiting(c->db, c->arena, BY_HAND_MAX, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		struct by_hand *h = is_under_way(w, rows.rows[i].id) ? NULL : free_place(w);
		struct err *e;

		if (!h)
			continue;
		e = begin_by_hand(w, c, &rows.rows[i], h);
		if (e || !h->parcel)
			clear(w, h);
		TRY(e);
	}
	return NULL;
}

/* ---- the rest ---- */

static struct err *pause_sink(
	void *self, struct ctx *c, const struct sink *sink, const char *reason, struct str error)
{
	(void)self;
	return webhook_give_up(c, sink, reason, error);
}

static int fd_of(void *self)
{
	const struct webhook_sinks *w = self;

	return fetch_many_fd(w->fetch);
}

static int wait_ms(void *self, int most)
{
	const struct webhook_sinks *w = self;

	return fetch_many_wait_ms(w->fetch, most);
}

const struct sink_kind webhook_sink_kind = {
	.name = WEBHOOK_KIND,
	.batch_max = 1,
	.at_once = AT_ONCE,
	.failing_at_once = FAILING_AT_ONCE,
	.gives_up = true,
	.begin = begin,
	.step = step,
	.record = record,
	.cancel = cancel,
	.look = look,
	.pause = pause_sink,
	.fd = fd_of,
	.wait_ms = wait_ms,
};
