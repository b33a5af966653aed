/*
 * relay_broker: what a broker's library is used for. All of it runs in the relay's thread and may wait, for as long as
 * timeout_ms of its configuration for each answer; nothing of it logs, or uses an arena or the database.
 *
 * Errors are texts for people, of at most SINK_ERROR_MAX - 1 bytes. The courier takes the password out of them.
 */
#ifndef BINCARD_JOBS_RELAY_BROKER_H
#define BINCARD_JOBS_RELAY_BROKER_H

#include "jobs/relay.h"

#define RELAY_CONTENT_TYPE "application/cloudevents+json; charset=UTF-8"

struct relay_message {
	const char *id, *type, *subject; /* of the event */
	const char *body; /* the event as CloudEvents JSON */
	size_t body_n;
};

struct relay_broker {
	const char *type;
	/* Connects and signs in. NULL: an error. */
	void *(*open)(const struct relay_config *config, char error[static SINK_ERROR_MAX]);
	/* Sends all of them, and waits until the broker has confirmed each. How many it has, from the first on; when not
	 * all, there is an error, and close() follows. */
	size_t (*send)(void *link, const struct relay_message *messages, size_t n,
		char error[static SINK_ERROR_MAX]);
	/* Every few seconds when there is nothing to send. False: the connection is lost. NULL: nothing to do. */
	bool (*idle)(void *link);
	void (*close)(void *link);
};

/* NULL: not in this build. */
extern const struct relay_broker *const relay_rabbitmq, *const relay_kafka, *const relay_redis;

#endif
