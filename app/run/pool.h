/*
 * pool: the supervisor's processes: who runs, who is to be started when, who has to be gone by
 * when. It forks, signals and collects; the decisions about generations and the end are the
 * supervisor's.
 */
#ifndef BINCARD_RUN_POOL_H
#define BINCARD_RUN_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/config.h"
#include "run/shared.h"

enum child_kind { CHILD_WEB, CHILD_JOBS, CHILD_FEED, CHILD_SENDER };

struct child {
	enum child_kind kind;
	unsigned generation;
	pid_t pid; /* 0: to be started at start_at_us */
	bool ready;
	bool leaving; /* not started again */
	bool draining; /* answers what waits on the socket and leaves */
	int64_t start_at_us; /* all times are monotonic */
	int64_t started_us;
	int64_t kill_at_us; /* 0: not at all */
	int timeout_ms; /* of a request, as it was when it was started */
	int delay_ms; /* before it was started last */
	int last_status; /* -1: none yet, or a signal */
};

/* Three generations of workers, their jobs, feed and sender processes: one that serves, one that leaves, one that
 * begins. */
#define POOL_CHILDREN_MAX (3 * 131)

struct pool {
	struct child children[POOL_CHILDREN_MAX];
	size_t n;
	struct shared *shared;
	int ready_fd[2]; /* a process writes its id here when it can take requests */
	/* What a child does with itself; returns its exit status. */
	int (*body)(void *arg, const struct child *c);
	void *arg;
};

MUST_CHECK struct err *pool_init(struct pool *p, struct arena *a);
bool pool_has_room(const struct pool *p, size_t children);
/* Asserts that there is room. */
void pool_add(struct pool *p, enum child_kind kind, unsigned generation);
/* A single worker for what still waits on the socket; it must be gone by then. */
void pool_add_drainer(struct pool *p, unsigned generation, int64_t kill_at_us);
/* Forks what is due. */
void pool_start_due(struct pool *p, int timeout_ms);
/* Collects what has ended; what is not leaving is planned anew. */
void pool_reap(struct pool *p);
/* Takes note of processes that have become ready. */
void pool_note_ready(struct pool *p);
/* Kills what hangs in a request or has not left in time; returns how many had not left in time. */
unsigned pool_kill_late(struct pool *p);
/* SIGTERM to all of the generations up to `last`; they must be gone after grace_ms. */
void pool_retire(struct pool *p, unsigned last, int grace_ms);
/* Forgets those that were never started, of the generations from `first` on, and retires the
 * others. */
void pool_abandon(struct pool *p, unsigned first, int grace_ms);

bool pool_all_ready(const struct pool *p, unsigned generation);
size_t pool_running(const struct pool *p, enum child_kind kind);
/* No web worker runs, and each one has ended with this status. */
bool pool_all_ended(const struct pool *p, int status);
/* The exit status of a process of this generation that ended before it was ready, or 0. */
int pool_failed_start(const struct pool *p, unsigned generation);
/* Milliseconds until the next thing is due, at most `most`. */
int pool_wait_ms(const struct pool *p, int most);

/* Called by a child when it can take requests. */
void pool_ready(void *pool);

#endif
