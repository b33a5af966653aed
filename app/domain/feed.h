/*
 * feed: how the feed stands, for whoever looks after it.
 */
#ifndef BINCARD_DOMAIN_FEED_H
#define BINCARD_DOMAIN_FEED_H

#include "base/figures.h"
#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/event_store.h"

/* What the subscribers of this host are. */
struct feed_host {
	bool running; /* its feed process goes round */
	uint64_t streams, websockets, long_polls;
	uint64_t events_sent, bytes_sent, cut_off;
	int64_t lag_max_ms;
};

MUST_CHECK struct err *feed_standing(struct ctx *c, struct feed_standing *out);
/* f NULL: nothing is known. */
struct feed_host feed_host_now(const struct figures *f);

void feed_to_json(struct json_out *j, const struct feed_standing *s, const struct feed_host *host);

#endif
