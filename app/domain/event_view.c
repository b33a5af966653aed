#include "domain/event_view.h"

#include <assert.h>
#include <string.h>

#include "domain/event_inside.h"
#include "domain/reach.h"

/* ---- making ---- */

static void copy_types(const struct event_query *q, struct event_view *v)
{
	size_t n = 0;

	for (size_t i = 0; q->types && i < q->type_count; i++) {
		if (q->types[i].n > EVENT_TYPE_BYTES_MAX)
			continue; /* none is so long */
		if (n)
			v->types[n++] = ',';
		memcpy(v->types + n, q->types[i].p, q->types[i].n);
		n += q->types[i].n;
	}
	if (q->types && !n)
		v->types[0] = ','; /* two that nothing fits */
	assert(n < sizeof(v->types));
}

static void copy_subject(struct arena *a, const struct event_filter *f, struct event_view *v)
{
	const struct event_resource *r;
	struct str text;

	if (!f->subject_resource.p)
		return;
	r = event_resource_of(f->subject_resource);
	text = f->subject_item ? str_printf(a, "%s/%lld/%lld", r->path, (long long)f->subject_item,
					 (long long)f->subject_location)
			       : str_printf(a, "%s/%lld", r->path, (long long)f->subject);
	assert(text.n < sizeof(v->subject));
	memcpy(v->subject, text.p, text.n);
}

struct err *event_view_open(
	struct ctx *c, const struct event_query *q, struct event_view *out, int64_t *after)
{
	struct event_filter f;
	struct feed_state state;

	TRY(event_filter_of(c, q, &f));
	TRY(feed_store_state(c->db, c->arena, &state));
	TRY(event_begin_after(c, q, &state, state.seq, after));
	memset(out, 0, sizeof(*out)); /* its padding too: views are compared */
	out->permissions = c->who->permissions;
	if (c->who->limits)
		out->limits = *c->who->limits;
	out->item_id = f.item_id;
	out->location_id = f.location_id;
	copy_types(q, out);
	copy_subject(c->arena, &f, out);
	return NULL;
}

void event_view_query(struct arena *a, const struct event_view *v, struct event_query *q)
{
	struct str rest = str_of(v->types), *types = ARENA_ARRAY(a, EVENT_TYPES_MAX, struct str);

	*q = (struct event_query){.item_id = v->item_id, .location_id = v->location_id};
	if (v->subject[0])
		q->subject = str_of(v->subject);
	while (rest.p && rest.n && q->type_count < EVENT_TYPES_MAX)
		types[q->type_count++] = str_cut(rest, ',', &rest);
	if (q->type_count)
		q->types = types;
}

void event_view_who(const struct event_view *v, struct principal *who)
{
	*who = (struct principal){
		.kind = PRINCIPAL_SYSTEM,
		.actor = STR("system"),
		.permissions = v->permissions,
		.limits = v->limits.n ? &v->limits : NULL,
	};
}

bool event_view_is_of(const struct event_view *v, const struct principal *who)
{
	const struct limits *l = who->limits;

	if (v->permissions != who->permissions || v->limits.n != (l ? l->n : 0))
		return false;
	return !l ||
		(l->permissions == v->limits.permissions &&
			memcmp(l->grants, v->limits.grants, l->n * sizeof(*l->grants)) == 0);
}

/* ---- deciding ---- */

static const struct event_resource *resource_of(struct str type)
{
	struct str rest, name;

	str_cut(type, '.', &rest);
	name = str_cut(rest, '.', &rest);
	return event_resource_of(name);
}

void event_facts_of(const struct event *e, struct event_facts *out)
{
	const struct event_resource *r = resource_of(e->type);
	struct str rest, first;
	int64_t id = 0;

	*out = (struct event_facts){.type = e->type, .subject = e->subject};
	str_cut(e->subject, '/', &rest);
	first = str_cut(rest, '/', &rest);
	if (!r || !str_to_int(first, &id))
		return;
	if (str_is(str_of(r->name), "stock_level")) {
		out->item_id = id;
		(void)str_to_int(rest, &out->location_id);
	} else if (str_is(str_of(r->name), "item")) {
		out->item_id = id;
	} else if (str_is(str_of(r->name), "location")) {
		out->location_id = id;
	} else if (str_is(str_of(r->name), "movement")) {
		out->movement_id = id;
	}
}

bool event_view_needs_places(const struct event_view *v)
{
	return v->item_id || v->location_id || v->limits.n;
}

static bool fits_types(const struct event_view *v, struct str type)
{
	struct str rest = str_of(v->types);

	if (!rest.n)
		return true;
	while (rest.p)
		if (event_type_fits(str_cut(rest, ',', &rest), type))
			return true;
	return false;
}

static bool is_within(struct str path, int64_t location_id)
{
	return !location_id || reach_path_has(path, location_id);
}

/* In reach, or nobody asks: some of the lines is enough, all that is asked of the same one. */
static bool touches(const struct ctx *c, const struct event_view *v, const struct event_facts *f)
{
	for (size_t i = 0; i < f->line_count; i++) {
		const struct event_line_place *l = &f->lines[i];

		if (v->item_id && l->item_id != v->item_id)
			continue;
		if (!is_within(l->from, v->location_id) && !is_within(l->to, v->location_id))
			continue;
		if (reach_has(c, PERM_MOVEMENTS_READ, l->from) ||
			reach_has(c, PERM_MOVEMENTS_READ, l->to))
			return true;
	}
	return false;
}

static bool is_all(const struct ctx *c, enum permission p)
{
	return perm_has(reach_unlimited(c), p);
}

static enum event_shown shows_movement(
	const struct ctx *c, const struct event_view *v, const struct event_facts *f)
{
	bool all = is_all(c, PERM_MOVEMENTS_READ);

	if ((v->item_id || v->location_id || !all) && !touches(c, v, f))
		return EVENT_HIDDEN;
	return all ? EVENT_WHOLE : EVENT_NARROWED;
}

static enum event_shown shows_item(
	const struct ctx *c, const struct event_view *v, const struct event_facts *f)
{
	if (v->location_id || (v->item_id && v->item_id != f->item_id))
		return EVENT_HIDDEN;
	return is_all(c, PERM_STOCK_READ) ? EVENT_WHOLE : EVENT_NARROWED;
}

static enum event_shown whole_if(bool shown)
{
	return shown ? EVENT_WHOLE : EVENT_HIDDEN;
}

enum event_shown event_view_shows(const struct event_view *v, const struct event_facts *f)
{
	const struct event_resource *r = resource_of(f->type);
	struct principal who;
	const struct ctx c = {.who = &who};

	if (!r || !perm_has(v->permissions, r->permission) || !fits_types(v, f->type) ||
		(v->subject[0] && !str_is(f->subject, v->subject)))
		return EVENT_HIDDEN;
	event_view_who(v, &who);
	if (f->movement_id)
		return shows_movement(&c, v, f);
	if (f->item_id && f->location_id) /* a balance */
		return whole_if((!v->item_id || v->item_id == f->item_id) &&
			is_within(f->path, v->location_id) &&
			reach_has(&c, PERM_STOCK_READ, f->path));
	if (f->item_id)
		return shows_item(&c, v, f);
	if (f->location_id)
		return whole_if(!v->item_id && is_within(f->path, v->location_id) &&
			reach_has(&c, PERM_LOCATIONS_READ, f->path));
	return whole_if(!v->item_id && !v->location_id);
}

/* ---- what is shown ---- */

struct err *event_view_narrow(
	struct ctx *c, const struct event_view *v, const struct event_facts *f, struct str *data)
{
	struct event_line *stay = ARENA_ARRAY(c->arena, f->line_count, struct event_line);
	struct principal who;
	const struct ctx reader = {.who = &who};
	size_t n = 0;

	if (!f->movement_id)
		return event_hide_on_hand(c, data);
	event_view_who(v, &who);
	for (size_t i = 0; i < f->line_count; i++)
		if (reach_has(&reader, PERM_MOVEMENTS_READ, f->lines[i].from) ||
			reach_has(&reader, PERM_MOVEMENTS_READ, f->lines[i].to))
			stay[n++] = (struct event_line){f->movement_id, (int64_t)i + 1};
	return event_keep_lines(c, data, stay, n);
}
