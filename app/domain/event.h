/*
 * event: reading the feed (docs/decisions/0011-feed.md): what of it somebody may see, and how an event looks.
 */
#ifndef BINCARD_DOMAIN_EVENT_H
#define BINCARD_DOMAIN_EVENT_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/event_store.h"

#define EVENT_LIMIT_MAX 1000
#define EVENT_TYPES_MAX 16 /* in one query */
#define EVENT_TYPE_BYTES_MAX 64
#define EVENT_DATA_MAX ((size_t)4 << 20) /* bytes of data, from which on a page ends */
#define EVENT_SCAN_MAX 20000 /* numbers that one call looks through */

struct event_query {
	int64_t after; /* the last number that is known; -1: from the oldest event on */
	/* STR_NONE and 0: any, from here on */
	const struct str
		*types; /* each "bincard.item.updated.v1", or its beginning with * behind it */
	size_t type_count;
	struct str subject; /* "items/7", "stock-levels/7/12" */
	struct str item; /* SKU */
	int64_t item_id;
	struct str location; /* code; with all below it */
	int64_t location_id;
	int limit;
	size_t data_max; /* bytes of data, from which on the page ends; 0: EVENT_DATA_MAX */
};

struct event {
	int64_t seq;
	struct str type, subject; /* "bincard.item.updated.v1", "items/7" */
	struct str actor, app; /* app STR_NONE: none */
	struct str traceparent; /* STR_NONE: none */
	time_us at;
	struct str data; /* JSON */
};

struct event_page {
	struct event *events;
	size_t n;
	int64_t next_after; /* to go on after: what was looked through, whether it was shown or not */
	bool more; /* at once */
};

/* In the order of the feed. ERR_GONE: what comes after `after` is not kept any more; the field says the oldest
 * number. ERR_INVALID: no such subject, item or location, or a number that was not given yet. */
MUST_CHECK struct err *event_list(
	struct ctx *c, const struct event_query *q, struct event_page *out);

/* Whether the feed has such types: one, or those that begin so, with * behind it. *needs: the permissions, one of which
 * is needed to see any of them. */
bool event_type_needs(struct str pattern, perm_set *needs);
/* The last number. */
MUST_CHECK struct err *event_last(struct ctx *c, int64_t *seq);

/* As CloudEvents 1.0, structured JSON. source: the public address of this service. */
void event_to_json(struct json_out *j, const struct event *e, const char *source);

#endif
