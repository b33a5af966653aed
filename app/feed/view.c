#include "feed/view.h"

#include <stdlib.h>
#include <string.h>

#define NARROWED_KEPT 64 /* those of one reach read about the same events at one time */
#define NARROWED_BYTES ((size_t)16 << 20) /* of all together */

struct narrowed {
	struct narrowed *next;
	unsigned users; /* views */
	perm_set permissions;
	struct limits limits;
	struct {
		int64_t seq; /* 0: none */
		uint64_t placing; /* of the event's places */
		struct event_frame frame;
		char *text;
	} kept[NARROWED_KEPT];
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
		found->all = all;
		found->hash = hash;
		memcpy(&found->event, v, sizeof(*v)); /* its padding too */
		found->next = all->first;
		all->first = found;
	}
	found->users++;
	return found;
}

static void forget_texts(struct views *all, struct narrowed *n)
{
	for (size_t i = 0; i < NARROWED_KEPT; i++) {
		all->narrowed_bytes -= n->kept[i].frame.text.n;
		free(n->kept[i].text);
	}
	memset(n->kept, 0, sizeof(n->kept));
}

static void narrowed_leave(struct views *all, struct narrowed *n)
{
	struct narrowed **at = &all->narrowed;

	if (!n || --n->users)
		return;
	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	forget_texts(all, n);
	free(n);
}

static struct narrowed *narrowed_join(struct views *all, const struct event_view *v)
{
	struct narrowed *n = all->narrowed;

	while (n &&
		(n->permissions != v->permissions ||
			memcmp(&n->limits, &v->limits, sizeof(n->limits)) != 0))
		n = n->next;
	if (!n) {
		n = take(sizeof(*n));
		n->permissions = v->permissions;
		memcpy(&n->limits, &v->limits, sizeof(n->limits));
		n->next = all->narrowed;
		all->narrowed = n;
	}
	n->users++;
	return n;
}

void views_leave(struct views *all, struct view *v)
{
	struct view **at = &all->first;

	if (--v->users)
		return;
	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	narrowed_leave(all, v->narrowed);
	free(v);
}

/* ---- narrowed events ---- */

static void keep(struct views *all, struct narrowed *n, const struct ring_event *e,
	const struct event_frame *f)
{
	const size_t i = (size_t)(e->seq % NARROWED_KEPT);
	char *p = take(f->text.n);

	memcpy(p, f->text.p, f->text.n);
	if (all->narrowed_bytes + f->text.n > NARROWED_BYTES)
		for (struct narrowed *other = all->narrowed; other; other = other->next)
			forget_texts(all, other);
	all->narrowed_bytes += f->text.n - n->kept[i].frame.text.n;
	free(n->kept[i].text);
	n->kept[i].text = p;
	n->kept[i].seq = e->seq;
	n->kept[i].placing = e->placing;
	n->kept[i].frame = event_frame_at(f, p);
}

/* It depends on the reach alone, and not on what else the view asks for. */
static struct err *narrowed(
	struct ctx *c, struct view *v, const struct ring_event *e, struct event_frame *frame)
{
	const size_t i = (size_t)(e->seq % NARROWED_KEPT);
	struct event_frame f;
	struct str data = e->data;

	if (!v->narrowed)
		v->narrowed = narrowed_join(v->all, &v->event);
	if (v->narrowed->kept[i].seq != e->seq || v->narrowed->kept[i].placing != e->placing) {
		TRY(event_view_narrow(c, &v->event, &e->facts, &data));
		f = event_frame_with(c->arena, e, data);
		keep(v->all, v->narrowed, e, &f);
	}
	*frame = v->narrowed->kept[i].frame;
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
