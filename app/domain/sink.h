/*
 * sink: readers of the feed whose place in it the database keeps: what is the same for webhooks and for relays to
 * brokers (docs/decisions/0012-sinks.md). Who sends to them: jobs/sender.h.
 */
#ifndef BINCARD_DOMAIN_SINK_H
#define BINCARD_DOMAIN_SINK_H

#include "domain/event.h"
#include "store/sink_store.h"

#define SINK_DELAY_FIRST_MS 1000
#define SINK_DELAY_MAX_MS (3600 * 1000)

/* Why one is paused. */
#define SINK_BY_HAND "by_hand"
#define SINK_FAILING "failing" /* for longer than it may */
#define SINK_REFUSED "refused" /* the other side wants no more */
#define SINK_GONE "gone" /* what comes next is not kept any more */

/* The events that it is to get of those after this number, with its permissions; a page ends when it has so many, or so many
 * bytes of data. ERR_GONE: they are not kept any
 * more. */
MUST_CHECK struct err *sink_events(const struct ctx *c, const struct sink *sink, int64_t after,
	int limit, size_t data_max, struct event_page *out);

/* How they stand, for whoever looks after them. */
MUST_CHECK struct err *sink_figures(struct ctx *c, struct sink_figures **out, size_t *n);

/* Until the next try, after so many in vain: twice as long each time, and some more by chance. */
int64_t sink_delay_ms(int64_t tries);

/* Whether somebody has changed, resumed or moved it on since it was read: what has failed then says nothing of it. */
bool sink_is_other(const struct sink *now, const struct sink *read);

/* Text that fits sink.last_error: without what is no UTF-8, and cut. */
struct str sink_error(struct arena *a, struct str text);

#endif
