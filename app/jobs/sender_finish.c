/* What has become of batches: history, places and failures, written together. */
#include <assert.h>

#include "base/log.h"
#include "domain/change.h"
#include "jobs/sender_inside.h"

#define TOGETHER_MAX 200 /* batches whose ends are written in one transaction */

/* The database is away, or was busy: nothing of this sink. */
bool sender_trouble(const struct err *e)
{
	return e->code == ERR_UNAVAILABLE || e->code == ERR_DB_LOST || e->code == ERR_DB_DEADLOCK ||
		e->code == ERR_DB_LOCK_WAIT;
}

struct err *sender_give_up(struct run *r, struct ctx *c, const char *reason, struct str error)
{
	log_text(LOG_WARNING, "%s %lld is paused (%s): %.*s", r->port->kind->name,
		(long long)r->sink.id, reason, STR_ARG(error));
	return r->port->kind->pause(r->port->self, c, &r->sink, reason, error);
}

struct err *sender_fail(
	struct sender *s, struct run *r, struct ctx *c, const char *pause, struct str error)
{
	bool done;

	error = sink_error(c->arena, error);
	if (!pause && r->port->kind->gives_up && r->sink.tries > 0 &&
		r->sink.failing_s >= s->config->give_up_s)
		pause = SINK_FAILING;
	if (pause)
		return sender_give_up(r, c, pause, error);
	if (!r->sink.tries)
		log_text(LOG_WARNING, "%s %lld fails: %.*s", r->port->kind->name,
			(long long)r->sink.id, STR_ARG(error));
	return sink_store_fail(
		c->db, c->arena, &r->sink, error, sink_delay_ms(r->sink.tries), s->fence, &done);
}

/* Moves the sink on by what was acknowledged; what is left of the batch is what was not. */
static struct err *move_on(struct sender *s, struct run *r, struct ctx *c, bool *done)
{
	struct sink_batch *b = &r->batch;
	bool all = b->taken == b->n && r->next == r->page.n;
	int64_t seq;

	assert(b->taken <= b->n);
	*done = true;
	if (!b->taken)
		return NULL;
	seq = all ? r->page.next_after : b->events[b->taken - 1].seq;
	TRY(sink_store_move(c->db, c->arena, &r->sink, seq, s->fence, done));
	if (r->sink.tries)
		log_text(LOG_INFO, "%s %lld takes events again", r->port->kind->name,
			(long long)r->sink.id);
	r->sink.seq = seq;
	r->sink.tries = r->sink.failing_s = 0;
	r->passed_us = time_monotonic_us();
	b->events += b->taken;
	b->n -= b->taken;
	b->taken = 0;
	return NULL;
}

/* *over: the run is to be dropped. */
static struct err *finish(struct sender *s, struct run *r, struct ctx *c, bool *over)
{
	struct sink_batch *b = &r->batch;
	bool moved;

	if (r->port->kind->record)
		TRY(r->port->kind->record(r->port->self, c, b));
	TRY(move_on(s, r, c, &moved));
	if (b->n && moved)
		TRY(sender_fail(s, r, c, b->pause, str_of(b->error)));
	*over = !moved || b->n || r->stale;
	r->sending = false;
	return NULL;
}

static size_t place_of(const struct sender *s, const struct run *r)
{
	size_t i = 0;

	while (s->runs[i] != r)
		i++;
	return i;
}

/* Runs whose batches are done, as they were before. */
struct finishing {
	struct sender *sender;
	struct run *runs[TOGETHER_MAX], saved[TOGETHER_MAX];
	bool over[TOGETHER_MAX];
	size_t n;
};

static void put_back(struct finishing *f)
{
	for (size_t i = 0; i < f->n; i++)
		*f->runs[i] = f->saved[i];
}

/* May be run again. */
static struct err *finish_tx(struct ctx *c, void *arg)
{
	struct finishing *f = arg;

	put_back(f);
	for (size_t i = 0; i < f->n; i++)
		TRY(finish(f->sender, f->runs[i], c, &f->over[i]));
	return NULL;
}

/* In one transaction: a commit for each would take most of the time. After an error all is as it was. */
static struct err *finish_together(struct sender *s, struct ctx *c, struct finishing *f)
{
	struct err *e = change_run(c, finish_tx, f);

	if (e) {
		put_back(f);
		return e;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->over[i])
			sender_drop(s, place_of(s, f->runs[i]));
	return NULL;
}

/* What goes wrong with one of them keeps it from being finished, and not the others. */
static struct err *finish_singly(struct sender *s, struct ctx *c, const struct finishing *all)
{
	struct finishing *one = ARENA_NEW(c->arena, struct finishing);
	struct err *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		struct err *e;

		one->sender = s;
		one->runs[0] = all->runs[i];
		one->saved[0] = all->saved[i];
		one->n = 1;
		e = finish_together(s, c, one);
		if (e && sender_trouble(e))
			return e;
		first = first ? first : e;
	}
	return first;
}

static bool has_ended(const struct run *r)
{
	return r->sending && r->batch.done;
}

struct err *sender_finish_done(struct sender *s, struct ctx *c)
{
	struct finishing *f;
	struct err *e;
	size_t i = 0;

	while (i < s->n && !has_ended(s->runs[i]))
		i++;
	if (i == s->n)
		return NULL;
	f = ARENA_NEW(c->arena, struct finishing);
	f->sender = s;
	for (; i < s->n && f->n < TOGETHER_MAX; i++) {
		if (!has_ended(s->runs[i]))
			continue;
		f->runs[f->n] = s->runs[i];
		f->saved[f->n++] = *s->runs[i];
	}
	e = finish_together(s, c, f);
	return !e || sender_trouble(e) || f->n == 1 ? e : finish_singly(s, c, f);
}
