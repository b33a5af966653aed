/*
 * event_inside: shared by event.c and event_page.c alone.
 */
#ifndef BINCARD_DOMAIN_EVENT_INSIDE_H
#define BINCARD_DOMAIN_EVENT_INSIDE_H

#include "domain/event.h"
#include "domain/event_type.h"

/* Whether a type is the pattern's, which may end with *. */
bool event_type_fits(struct str pattern, struct str type);

/* The events of these changes, up to `limit` or EVENT_DATA_MAX. `changes` are narrowed to what whoever asks may
 * see. out->next_after is the last number of what is in the page. */
MUST_CHECK struct err *event_fill_page(struct ctx *c, const struct event_filter *f, int limit,
	struct event_changes *changes, struct event_page *out);

#endif
