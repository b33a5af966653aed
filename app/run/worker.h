/*
 * worker: one process that answers one request at a time; forked by the supervisor, or started by a
 * web server with the listening socket on fd 0.
 */
#ifndef BINCARD_RUN_WORKER_H
#define BINCARD_RUN_WORKER_H

#include <signal.h>

#include "run/config.h"
#include "run/shared.h"

/* How a process of the pool ends. */
#define EXIT_DEADLINE \
	75 /* a request took too long; http/fcgi.c answered it and ended the process */
#define EXIT_SCHEMA 78 /* the database's schema is older or newer than this binary */

struct worker_start {
	const struct config *config;
	struct shared *shared;
	int listen_fd;
	bool draining; /* answer what waits on the socket and leave */
	/* Others with this configuration have worked: what is refused now was taken then, so the
	 * process starts and answers 503. */
	bool proven;
	/* Called when it can take requests; may be NULL. */
	void (*ready)(void *arg);
	void *arg;
};

/* What answers requests: connection, keys and all else that lives as long as the process. *c becomes its
 * configuration. An error is one that no waiting mends. */
MUST_CHECK struct err *worker_app(
	struct arena *a, struct config *c, const struct worker_start *start, struct app **out);

/* Returns the exit status. */
int worker_run(const struct worker_start *start);

/* What a forked process of the pool begins with. It does not outlive the supervisor: SIGTERM comes
 * when that ends. False when it has ended already. *process_stop is set by SIGTERM. */
bool process_begin(pid_t supervisor, const char *name);
extern volatile sig_atomic_t process_stop;

/* A look at what no waiting mends; at every statement, too, when `all`. ERR_INTERNAL when one does not fit; ERR_SETUP when the database refuses the account or the master key
 * is none, ERR_UNAVAILABLE when the database's schema is of another version; a database that is away
 * is no error here: *there is false then. */
MUST_CHECK struct err *worker_look(struct arena *a, const struct config *c, bool all, bool *there);
/* The exit status for an error of worker_look(). */
int worker_status(const struct err *e);

#endif
