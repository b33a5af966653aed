/*
 * view: the views of all readers, each of them once however many have it, and what they show of an event.
 */
#ifndef BINCARD_FEED_VIEW_H
#define BINCARD_FEED_VIEW_H

#include "feed/ring.h"

struct views;
struct view {
	struct views *all;
	struct view *next;
	uint64_t hash;
	unsigned users;
	struct event_view event;
	struct narrowed *
		narrowed; /* written for it, and all whose reach is the same; NULL: not needed yet */
};

struct views {
	struct view *first;
	struct narrowed *narrowed;
	size_t narrowed_bytes;
};

/* The one that is equal, for one user more. */
struct view *views_join(struct views *all, const struct event_view *v);
void views_leave(struct views *all, struct view *v);

/* What it shows of an event: false, when nothing. When view->event needs places, the event has them. *frame is valid
 * until the next call. */
MUST_CHECK struct err *view_frame(struct ctx *c, struct view *v, const struct ring_event *e,
	struct event_frame *frame, bool *shown);

#endif
