/*
 * sender_process: the process of `bincard serve` that sends events to webhooks and brokers. One of them is active at a
 * time, over all hosts: jobs/sender.h.
 */
#ifndef BINCARD_RUN_SENDER_PROCESS_H
#define BINCARD_RUN_SENDER_PROCESS_H

#include "run/config.h"

/* Runs until process_stop is set; returns the exit status. `ready` is called when it has begun. */
int sender_process_run(const struct config *c, void (*ready)(void *arg), void *arg);

#endif
