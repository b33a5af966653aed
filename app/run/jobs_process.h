/*
 * jobs_process: the process of `bincard serve` for background work: now and then it runs what
 * app/jobs/ has. One of them is active at a time, over all hosts: a named lock in the database says
 * which.
 */
#ifndef BINCARD_RUN_JOBS_PROCESS_H
#define BINCARD_RUN_JOBS_PROCESS_H

#include "run/config.h"

/* Runs until process_stop is set; returns the exit status. `ready` is called when it has begun. */
int jobs_process_run(const struct config *c, void (*ready)(void *arg), void *arg);

#endif
