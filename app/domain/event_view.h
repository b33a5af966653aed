/*
 * event_view: what somebody sees of the feed, decided in memory: one event at a time, for many readers. It tells
 * the same as event_list() would.
 */
#ifndef BINCARD_DOMAIN_EVENT_VIEW_H
#define BINCARD_DOMAIN_EVENT_VIEW_H

#include "domain/event.h"

#define EVENT_VIEW_TYPES_BYTES (EVENT_TYPES_MAX * 65)
#define EVENT_VIEW_SUBJECT_BYTES 64

/* Who reads, and what is asked for. It points nowhere: it can be copied, and compared by its bytes. */
struct event_view {
	perm_set permissions;
	struct limits limits; /* n 0: none */
	int64_t item_id, location_id; /* 0: any */
	char types[EVENT_VIEW_TYPES_BYTES]; /* with commas; "": any */
	char subject[EVENT_VIEW_SUBJECT_BYTES]; /* "items/7"; "": any */
};

/* A line of a movement, and where its ends are: paths as in domain/reach.h. */
struct event_line_place {
	int64_t item_id;
	struct str from, to;
};

/* By what it is decided. */
struct event_facts {
	struct str type, subject;
	int64_t movement_id, item_id, location_id; /* which the event is of; 0: of none */
	/* Needed when event_view_needs_places(). */
	struct str path; /* of that location */
	const struct event_line_place *lines; /* of that movement */
	size_t line_count;
};

enum event_shown { EVENT_HIDDEN, EVENT_WHOLE, EVENT_NARROWED };

/* The view of whoever asks (c->who), and where it begins: q->after, or what comes from now on. Errors as of
 * event_list(). */
MUST_CHECK struct err *event_view_open(
	struct ctx *c, const struct event_query *q, struct event_view *out, int64_t *after);
/* As a query of event_list(), and as whoever asks it. They point into the view. */
void event_view_query(struct arena *a, const struct event_view *v, struct event_query *q);
void event_view_who(const struct event_view *v, struct principal *who);
/* Whether somebody with this principal would have the same view. */
bool event_view_is_of(const struct event_view *v, const struct principal *who);

/* All but the places. They point into the event. */
void event_facts_of(const struct event *e, struct event_facts *out);
bool event_view_needs_places(const struct event_view *v);
enum event_shown event_view_shows(const struct event_view *v, const struct event_facts *f);
/* Takes out of the event's data what the view does not show: of EVENT_NARROWED ones. */
MUST_CHECK struct err *event_view_narrow(
	struct ctx *c, const struct event_view *v, const struct event_facts *f, struct str *data);

#endif
