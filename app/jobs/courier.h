/*
 * courier: a relay's thread. It takes loads of messages one after another, keeps the connection to the broker, and
 * hands each load back with how much of it the broker has confirmed.
 */
#ifndef BINCARD_JOBS_COURIER_H
#define BINCARD_JOBS_COURIER_H

#include <time.h>

#include "jobs/relay_broker.h"

struct load {
	struct arena *arena; /* its own: of the messages, and of itself */
	struct relay_message *messages;
	size_t n;
	void *tag; /* of whoever sends it; NULL: nobody waits for it any more */
	/* The courier says: */
	size_t taken;
	char error[SINK_ERROR_MAX];
	struct load *next;
};

struct courier;

/* Each load that comes back adds 1 to the eventfd. NULL: the system has no more threads. */
struct courier *courier_new(
	const struct relay_config *config, const struct relay_broker *broker, int event_fd);
/* The load is the courier's until it comes back. */
void courier_send(struct courier *c, struct load *load);
/* One that has come back; NULL: none. */
struct load *courier_take(struct courier *c);
/* Nobody waits for the load with this tag; when it has not been begun, it is not sent any more. */
void courier_forget(struct courier *c, const void *tag);
/* No more is begun. */
void courier_stop(struct courier *c);
/* After courier_stop(). False: until this time (CLOCK_REALTIME) the thread has not ended, and stays. */
MUST_CHECK bool courier_end(struct courier *c, const struct timespec *until);

#endif
