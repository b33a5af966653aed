/*
 * webhook_sink: sinks that are web servers, called by POST: signed messages of one event each, their history, and
 * what somebody wants to be sent by hand, which goes out at once, beside what is sent in order.
 */
#ifndef BINCARD_JOBS_WEBHOOK_SINK_H
#define BINCARD_JOBS_WEBHOOK_SINK_H

#include "domain/webhook.h"
#include "jobs/sink_kind.h"

extern const struct sink_kind webhook_sink_kind;

struct webhook_sinks;

/* source: the public address of this service. `boot`, `config` and `source` live as long. */
struct webhook_sinks *webhook_sinks_new(
	struct arena *boot, const struct webhook_config *config, const char *source);
/* After all batches are done or cancelled. */
void webhook_sinks_free(struct webhook_sinks *w);

#endif
