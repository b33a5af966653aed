/*
 * supervisor: the master of the pool. It holds the socket, forks the web workers and the jobs
 * process, and does no other work, so that nothing can make it fail.
 *
 * What dies is started again, after a delay that grows when it dies young. A web worker whose
 * request is a second over its deadline is killed: that is the second line, the first is in
 * http/fcgi.c. SIGHUP reads the configuration again and starts a new generation of processes; when
 * all of them can take requests the old ones are told to leave. If the new ones cannot start, the
 * old ones stay. SIGTERM and SIGINT take the socket's path away, let the workers answer all that
 * was accepted, and end.
 */
#ifndef BINCARD_RUN_SUPERVISOR_H
#define BINCARD_RUN_SUPERVISOR_H

#include "run/config.h"

/* Runs until it is told to stop; returns the exit status: 0, EXIT_SCHEMA when the workers refused
 * the database's schema, 1 when they could not start. `config` lives in an arena that the
 * supervisor takes over. Without `web` it runs the jobs process alone. */
int supervisor_run(struct arena *config_arena, const struct config *config, bool web);

#endif
