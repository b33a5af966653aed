/*
 * feed_process: the process of `bincard serve` that has the feed go on: feed/sequencer.h, of which one is active at a
 * time, over all hosts; and feed/server.h, on each.
 */
#ifndef BINCARD_RUN_FEED_PROCESS_H
#define BINCARD_RUN_FEED_PROCESS_H

#include "run/worker.h"

/* Runs until process_stop is set; returns the exit status. start->listen_fd: of the streams; -1: there are none. */
int feed_process_run(const struct worker_start *start);

#endif
