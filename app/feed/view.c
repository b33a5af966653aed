#include "feed/view.h"

#include <stdlib.h>
#include <string.h>

#define NARROWED_KEPT 64 /* those of one view read about the same events at one time */

struct narrowed {
	int64_t seq[NARROWED_KEPT]; /* 0: none */
	struct event_frame frames[NARROWED_KEPT];
	char *text[NARROWED_KEPT];
};

static void *take(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (!p)
		abort();
	return p;
}

/* FNV-1a: only to find equal ones quickly. */
static uint64_t hash_of(const struct event_view *v)
{
	const unsigned char *p = (const void *)v;
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < sizeof(*v); i++)
		hash = (hash ^ p[i]) * 1099511628211u;
	return hash;
}

struct view *views_join(struct views *all, const struct event_view *v)
{
	uint64_t hash = hash_of(v);
	struct view *found = all->first;

	while (found && (found->hash != hash || memcmp(&found->event, v, sizeof(*v)) != 0))
		found = found->next;
	if (!found) {
		found = take(sizeof(*found));
		found->hash = hash;
		memcpy(&found->event, v, sizeof(*v)); /* its padding too */
		found->next = all->first;
		all->first = found;
	}
	found->users++;
	return found;
}

static void free_narrowed(struct narrowed *n)
{
	for (size_t i = 0; n && i < NARROWED_KEPT; i++)
		free(n->text[i]);
	free(n);
}

void views_leave(struct views *all, struct view *v)
{
	struct view **at = &all->first;

	if (--v->users)
		return;
	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	free_narrowed(v->narrowed);
	free(v);
}

/* ---- narrowed events ---- */

static struct str moved(struct str part, struct str from, const char *to)
{
	return (struct str){to + (part.p - from.p), part.n};
}

static void keep(struct narrowed *n, size_t i, int64_t seq, const struct event_frame *f)
{
	char *p = take(f->text.n);

	memcpy(p, f->text.p, f->text.n);
	free(n->text[i]);
	n->text[i] = p;
	n->seq[i] = seq;
	n->frames[i] = (struct event_frame){
		.text = {p, f->text.n},
		.json = moved(f->json, f->text, p),
		.data = moved(f->data, f->text, p),
	};
}

static struct err *narrowed(
	struct ctx *c, struct view *v, const struct ring_event *e, struct event_frame *frame)
{
	size_t i = (size_t)(e->seq % NARROWED_KEPT);
	struct event_frame f;
	struct str data = e->data;

	if (!v->narrowed)
		v->narrowed = take(sizeof(*v->narrowed));
	if (v->narrowed->seq[i] != e->seq) {
		TRY(event_view_narrow(c, &v->event, &e->facts, &data));
		f = event_frame_with(c->arena, e, data);
		keep(v->narrowed, i, e->seq, &f);
	}
	*frame = v->narrowed->frames[i];
	return NULL;
}

struct err *view_frame(struct ctx *c, struct view *v, const struct ring_event *e,
	struct event_frame *frame, bool *shown)
{
	enum event_shown how = event_view_shows(&v->event, &e->facts);

	*shown = how != EVENT_HIDDEN;
	if (how == EVENT_NARROWED)
		return narrowed(c, v, e, frame);
	*frame = (struct event_frame){e->frame, e->json, e->data};
	return NULL;
}
