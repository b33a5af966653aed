/*
 * event_inside: shared by event*.c alone.
 */
#ifndef BINCARD_DOMAIN_EVENT_INSIDE_H
#define BINCARD_DOMAIN_EVENT_INSIDE_H

#include "domain/event.h"
#include "domain/event_type.h"

/* How a query reads, and what whoever asks may see of it. ERR_INVALID: no such subject, item or location. */
MUST_CHECK struct err *event_filter_of(
	struct ctx *c, const struct event_query *q, struct event_filter *f);
/* Where a query begins: after `after`, or `otherwise` when it does not say. ERR_GONE; ERR_INVALID. */
MUST_CHECK struct err *event_begin_after(struct ctx *c, const struct event_query *q,
	const struct feed_state *state, int64_t otherwise, int64_t *after);

/* Takes the quantity out of an item's data: it is the sum over all places, for who may see all of them. */
MUST_CHECK struct err *event_hide_on_hand(struct ctx *c, struct str *item);
/* Takes the lines out of a movement's data that are not among these n of its own, in their order. */
MUST_CHECK struct err *event_keep_lines(
	struct ctx *c, struct str *movement, const struct event_line *stay, size_t n);

/* Whether a type is the pattern's, which may end with *. */
bool event_type_fits(struct str pattern, struct str type);

/* The events of these changes, up to `limit` or f->data_max. `changes` are narrowed to what whoever asks may
 * see. out->next_after is the last number of what is in the page. */
MUST_CHECK struct err *event_fill_page(struct ctx *c, const struct event_filter *f, int limit,
	struct event_changes *changes, struct event_page *out);

#endif
