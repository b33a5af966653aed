/*
 * sink_kind: what a kind of sinks (webhooks, a broker's relay) gives to the sender (jobs/sender.h), which looks after
 * all that is the same: who sends, which sinks are behind, their events, moving their place on, delays, pausing.
 *
 * Nothing here may wait for another server: begin() starts, step() goes on. What talks to the database may.
 */
#ifndef BINCARD_JOBS_SINK_KIND_H
#define BINCARD_JOBS_SINK_KIND_H

#include "domain/sink.h"

/* A batch of one sink that is under way. The sender makes it, fills the first part, and leaves it alone until the
 * kind has set `done`; no sink has two at a time, so the order of its events is that of its batches. */
struct sink_batch {
	const struct sink *sink;
	const struct event *events; /* in order; at least one, at most batch_max */
	size_t n;
	struct arena *arena; /* lives as long as the batch */
	/* The kind says, done last: */
	size_t taken; /* so many of them, from the first on, the other side has acknowledged */
	char error[SINK_ERROR_MAX]; /* why not all of them; "" when they are */
	const char *pause; /* SINK_REFUSED: the sink is to be paused at once; NULL: a later try */
	bool done;
	void *own; /* the kind's */
};

struct sink_kind {
	const char *name; /* as in sink.kind */
	size_t batch_max; /* events in a batch */
	size_t at_once; /* batches under way */
	/* ... of sinks whose last try was in vain, so that these leave room for others; 0: all */
	size_t failing_at_once;
	bool gives_up; /* a sink is paused when it has been failing for too long; else it is tried for ever */

	/* Starts a batch. It may be done at once, failed too. An error: the database, and the batch has not begun. */
	struct err *(*begin)(void *self, struct ctx *c, struct sink_batch *b);
	/* Lets all batches go on, without waiting; some are done then. */
	void (*step)(void *self);
	/* After a batch is done, in the transaction that moves its sink on: history. NULL: there is none. When the
	 * transaction fails it is called again later. */
	struct err *(*record)(void *self, struct ctx *c, struct sink_batch *b);
	/* Gives a batch up that is not done: what of it was acknowledged is sent once more. */
	void (*cancel)(void *self, struct sink_batch *b);
	/* Whatever else there is to do, a few times a second. NULL: nothing. */
	struct err *(*look)(void *self, struct ctx *c);
	/* Pauses a sink, and tells of it: audit log, feed. reason: SINK_FAILING, SINK_REFUSED, SINK_GONE. */
	struct err *(*pause)(void *self, struct ctx *c, const struct sink *sink, const char *reason,
		struct str error);
	/* To wait on: readable when step() has something to do (it may be an epoll descriptor, with several sockets
	 * behind it); -1: there is nothing now. step() is called after wait_ms() in any case, which is at most `most`. */
	int (*fd)(void *self);
	int (*wait_ms)(void *self, int most);
};

#endif
