#include "feed/reader.h"

#define FAR_EVENTS 500 /* in one page of the database */
#define STEP_NUMBERS 4096 /* of the ring in one go, shown or not: others wait */

enum reader_place reader_place(struct reader *r, const struct ring *ring)
{
	if (r->after >= ring_last(ring)) {
		r->in_ring = true;
		return READER_AT_END;
	}
	if (r->after + 1 >= ring_first(ring)) {
		r->in_ring = true;
		return READER_BEHIND;
	}
	return r->in_ring ? READER_LOST : READER_FAR;
}

static struct err *go_in_ring(
	struct reader *r, struct ring *ring, struct ctx *c, reader_takes *takes, void *arg)
{
	const bool places = event_view_needs_places(&r->view->event);
	bool on = true;

	if (places)
		TRY(ring_place(ring, c, r->after + 1));
	for (int i = 0; on && i < STEP_NUMBERS && r->after < ring_last(ring); i++) {
		const struct ring_event *e = ring_at(ring, r->after + 1);
		struct event_frame frame;
		bool shown = false;

		if (e)
			TRY(view_frame(c, r->view, e, &frame, &shown));
		r->after++;
		if (shown)
			on = takes(arg, &frame);
	}
	return NULL;
}

static struct err *go_far(
	struct reader *r, struct ctx *c, const char *source, reader_takes *takes, void *arg)
{
	struct principal who;
	struct event_query q;
	struct ctx reader = *c;
	struct event_page page;

	event_view_who(&r->view->event, &who);
	event_view_query(c->arena, &r->view->event, &q);
	q.after = r->after;
	q.limit = FAR_EVENTS;
	reader.who = &who;
	TRY(event_list(&reader, &q, &page));
	for (size_t i = 0; i < page.n; i++) {
		struct event_frame frame = event_frame(c->arena, &page.events[i], source);

		(void)takes(arg, &frame);
	}
	r->after = page.next_after;
	return NULL;
}

struct err *reader_go(struct reader *r, struct ring *ring, struct ctx *c, const char *source,
	reader_takes *takes, void *arg, enum reader_place *place)
{
	struct err *e = NULL;

	*place = reader_place(r, ring);
	if (*place == READER_BEHIND) {
		e = go_in_ring(r, ring, c, takes, arg);
	} else if (*place == READER_FAR) {
		e = go_far(r, c, source, takes, arg);
		if (e && e->code == ERR_GONE) {
			*place = READER_GONE;
			return NULL;
		}
	}
	if (!e && (*place == READER_BEHIND || *place == READER_FAR))
		*place = reader_place(r, ring);
	return e;
}
