/*
 * feed_process: the process of `bincard serve` that has the feed go on. One of them is active at a time, over
 * all hosts: feed/sequencer.h.
 */
#ifndef BINCARD_RUN_FEED_PROCESS_H
#define BINCARD_RUN_FEED_PROCESS_H

#include "run/config.h"

/* Runs until process_stop is set; returns the exit status. `ready` is called when it has begun. */
int feed_process_run(const struct config *c, void (*ready)(void *arg), void *arg);

#endif
