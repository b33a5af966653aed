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
	/* Called when it can take requests; may be NULL. */
	void (*ready)(void *arg);
	void *arg;
};

/* Returns the exit status. */
int worker_run(const struct worker_start *start);

/* What a forked process of the pool begins with. It does not outlive the supervisor: SIGTERM comes
 * when that ends. False when it has ended already. *process_stop is set by SIGTERM. */
bool process_begin(pid_t supervisor, const char *name);
extern volatile sig_atomic_t process_stop;

/* A look at the schema's version. ERR_UNAVAILABLE when the database is there and its version is
 * another; a database that is away is no error here: *there is false then. */
MUST_CHECK struct err *worker_schema(struct arena *a, const struct config *c, bool *there);

#endif
