/*
 * sender_inside: shared by sender.c and sender_finish.c alone.
 */
#ifndef BINCARD_JOBS_SENDER_INSIDE_H
#define BINCARD_JOBS_SENDER_INSIDE_H

#include "jobs/sender.h"

/* A sink that is behind the feed. */
struct run {
	struct sink sink;
	const struct sender_port *port;
	struct arena *settings; /* the texts of `sink` */
	struct arena *arena; /* events and batch; NULL: none yet */
	struct event_page page;
	size_t next; /* of the page: to be sent */
	int64_t place; /* so far the feed was looked through for it; sink.seq is so far it is done */
	int64_t passed_us; /* when it was last moved on */
	struct sink_batch batch;
	bool sending; /* the batch has begun */
	bool waits; /* as of the last look */
	bool stale; /* was changed meanwhile: it begins anew */
};

struct sender {
	struct db *db;
	const struct sender_config *config;
	struct str kinds; /* "webhook,redis" */
	int64_t fence; /* 0: the lease is another's */
	int64_t renewed_us, looked_us;
	int64_t head;
	bool stopping;
	size_t first; /* whose turn it is */
	struct run *runs[SENDER_SINKS_MAX];
	size_t n;
};

/* Gives up what is under way for run i, and forgets it. */
void sender_drop(struct sender *s, size_t i);

/* The database is away, or was busy: nothing of this sink. */
bool sender_trouble(const struct err *e);
/* Until the next try, or paused: at once when `pause` says why, or because it has failed for too long. */
MUST_CHECK struct err *sender_fail(
	struct sender *s, struct run *r, struct ctx *c, const char *pause, struct str error);
MUST_CHECK struct err *sender_give_up(
	struct run *r, struct ctx *c, const char *reason, struct str error);
/* Whose batches are done. After an error all is as it was. */
MUST_CHECK struct err *sender_finish_done(struct sender *s, struct ctx *c);

#endif
