/*
 * sender: sends the events of the feed to sinks, each in order, many sinks at a time (docs/decisions/0012-sinks.md).
 *
 * Any number of processes may try; the one that holds the lease in sink_state does it, and the others take over when
 * it has not been heard of for SENDER_LEASE_S. Each event is sent at least once: a sink is moved on after the other
 * side has acknowledged.
 */
#ifndef BINCARD_JOBS_SENDER_H
#define BINCARD_JOBS_SENDER_H

#include "jobs/sink_kind.h"

#define SENDER_LEASE_S 5
#define SENDER_LOOK_MS 200
#define SENDER_KINDS_MAX 4
#define SENDER_SINKS_MAX 1000 /* that are sent to in one round */

struct sender_port {
	const struct sink_kind *kind;
	void *self;
};

struct sender_config {
	struct str
		holder; /* what this process is called in sink_state: at most 100 characters of ASCII */
	struct sender_port ports[SENDER_KINDS_MAX];
	size_t port_count;
	int64_t give_up_s; /* a sink that fails for so long is paused */
};

struct sender;

/* `boot` and `config` live as long as the sender. */
struct sender *sender_new(struct arena *boot, struct db *db, const struct sender_config *config);
void sender_free(struct sender *s);

/* Does what can be done without waiting for another server. An error is of the database: what was under way stays,
 * and the next step goes on. */
MUST_CHECK struct err *sender_step(struct sender *s, struct ctx *c);
/* Whether anything is under way. */
bool sender_is_busy(const struct sender *s);
/* Begins nothing any more. */
void sender_stop(struct sender *s);
/* Gives up what is under way, and the lease. */
MUST_CHECK struct err *sender_end(struct sender *s, struct ctx *c);

#endif
