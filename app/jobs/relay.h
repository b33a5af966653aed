/*
 * relay: the kinds of sinks that are brokers: rabbitmq, kafka, redis (docs/decisions/0013-relays.md).
 *
 * Each relay has a thread (jobs/courier.h) that talks to its broker and may wait for it; what is here runs in the
 * sender's own and waits for nobody.
 */
#ifndef BINCARD_JOBS_RELAY_H
#define BINCARD_JOBS_RELAY_H

#include "jobs/sender.h"

#define RELAYS_MAX 16
#define RELAY_KINDS 3

/* A section [relay NAME]. Texts that are not set are NULL. */
struct relay_config {
	const char *name, *type;
	const char *address; /* one or more, separated by blanks */
	const char *user, *password; /* the password: never in a log, an error, the database */
	bool tls;
	const char *ca_file;
	int timeout_ms;
	struct str types; /* separated by commas; "": all */
	bool from_oldest;
	const char *vhost, *exchange, *routing_key; /* routing_key NULL: the event's type */
	bool mandatory;
	const char *topic, *mechanism;
	const char *stream;
	long stream_max; /* 0: any number */
};

/* "rabbitmq", "kafka" or "redis"? Is it in this build? */
bool relay_is_type(const char *type);
bool relay_is_built_in(const char *type);

/* The first of the addresses at *rest, which is moved on: a path in `host` and port 0, or host and port. False: there
 * is none any more. *wrong: it is none. */
#define RELAY_HOST_MAX 256
bool relay_address_next(
	const char **rest, char host[static RELAY_HOST_MAX], int *port, bool *wrong);

struct relays;

/* RELAY_KINDS ports, also for kinds that have no relay: their sinks are retired. `configs` live as long as they.
 * source: of events. NULL: the system has no more descriptors. */
struct relays *relays_new(struct arena *boot, const struct relay_config *configs, size_t n,
	const char *source, struct sender_port ports[static RELAY_KINDS]);
/* After the sender's end. False: a thread still waits for its broker; the process has to end without it. */
MUST_CHECK bool relays_end(struct relays *relays);

#endif
