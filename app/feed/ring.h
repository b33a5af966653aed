/*
 * ring: the newest events of the feed, in memory, written out once for all who read them.
 *
 * It holds a stretch of numbers without a gap: (first - 1, last]. Whoever stands before it reads from the database
 * until he has come up with it. What is oldest goes when there is too much, read or not: a slow reader costs nothing
 * but his place.
 */
#ifndef BINCARD_FEED_RING_H
#define BINCARD_FEED_RING_H

#include "domain/event_view.h"

#define RING_EVENTS 65536
#define RING_BYTES ((size_t)16 << 20)

struct ring_event {
	int64_t seq;
	struct event_facts facts;
	bool placed; /* facts have the places */
	uint64_t placing; /* which: another one each time that they are found out */
	char *places; /* their memory; NULL: none */
	size_t place_bytes;
	struct str frame; /* "id: 7\nevent: TYPE\ndata: JSON\n\n" */
	struct str json, data; /* within it */
	size_t bytes; /* of memory, but for places */
};

struct ring;
struct ring *ring_new(const char *source); /* source: of the events; lives as long */
void ring_free(struct ring *r);

int64_t ring_first(const struct ring *r); /* last + 1: nothing is there */
int64_t ring_last(const struct ring *r);
/* Of what was taken in last: from the change to now, the longest. */
int64_t ring_lag_us(const struct ring *r);
/* NULL: the number is of nothing that anybody is shown. first <= seq <= last. */
const struct ring_event *ring_at(const struct ring *r, int64_t seq);

/* Forgets everything; it goes on after that number. */
void ring_restart(struct ring *r, int64_t last);
/* Takes in what has been added to the feed since; *more: there is more. c->who does not matter. */
MUST_CHECK struct err *ring_load(struct ring *r, struct ctx *c, bool *more);
/* Finds out the places of all events from this number on that do not have theirs yet. */
MUST_CHECK struct err *ring_place(struct ring *r, struct ctx *c, int64_t from);

/* Event as server-sent event. Returns json and data within the text. */
struct event_frame {
	struct str text, json, data;
};
struct event_frame event_frame(struct arena *a, const struct event *e, const char *source);
/* The same in a copy of its text, which is at `to`. */
struct event_frame event_frame_at(const struct event_frame *f, const char *to);
/* The same event with other data. */
struct event_frame event_frame_with(struct arena *a, const struct ring_event *e, struct str data);

#endif
