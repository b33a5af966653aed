#include "domain/event_inside.h"

#include <assert.h>
#include <string.h>

#include "domain/names.h"
#include "domain/reach.h"

/* ---- what is asked for ---- */

static struct str readable(struct ctx *c)
{
	struct str list = STR("");

	for (size_t i = 0; i < event_resource_count; i++)
		if (perm_has(c->who->permissions, event_resources[i].permission))
			list = str_printf(c->arena, "%.*s%s%s", STR_ARG(list), list.n ? "," : "",
				event_resources[i].name);
	return list;
}

/* Of a type, or how types begin: what is written in none of them is none. */
static bool is_type(struct str pattern)
{
	size_t n = pattern.n && pattern.p[pattern.n - 1] == '*' ? pattern.n - 1 : pattern.n;

	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.", pattern.p[i]))
			return false;
	return pattern.n <= EVENT_TYPE_BYTES_MAX;
}

bool event_type_fits(struct str pattern, struct str type)
{
	if (!pattern.n || pattern.p[pattern.n - 1] != '*')
		return str_eq(pattern, type);
	return type.n >= pattern.n - 1 && memcmp(type.p, pattern.p, pattern.n - 1) == 0;
}

bool event_type_needs(struct str pattern, perm_set *needs)
{
	*needs = 0;
	for (size_t i = 0; is_type(pattern) && i < event_type_count; i++)
		if (event_type_fits(pattern, str_of(event_types[i].name)))
			*needs |= perm_bit(event_type_resource(&event_types[i])->permission);
	return *needs != 0;
}

/* "^(bincard[.]item[.].*|bincard[.]movement[.]posted[.]v1)$"; and whether balances are of one of the types. */
static void read_types(struct ctx *c, const struct event_query *q, struct event_filter *f)
{
	struct buf b;
	bool balances = false;

	if (!q->types)
		return;
	buf_init(&b, c->arena, (size_t)EVENT_TYPES_MAX * (3 * EVENT_TYPE_BYTES_MAX + 4) + 16);
	buf_add_cstr(&b, "^(-"); /* which no type is */
	for (size_t i = 0; i < q->type_count; i++) {
		struct str type = q->types[i];

		if (!is_type(type))
			continue;
		balances |= event_type_fits(type, STR(EVENT_OF_BALANCE));
		buf_add_char(&b, '|');
		for (size_t k = 0; k < type.n; k++) {
			if (strchr(".*", type.p[k]))
				buf_add_cstr(&b, type.p[k] == '.' ? "[.]" : ".*");
			else
				buf_add_char(&b, type.p[k]);
		}
	}
	buf_add_cstr(&b, ")$");
	assert(!b.overflow);
	f->balances &= balances;
	f->types = buf_str(&b);
}

static bool read_subject(struct str subject, struct event_filter *f)
{
	struct str rest, path = str_cut(subject, '/', &rest);
	const struct event_resource *r = event_resources, *end = r + event_resource_count;

	while (r < end && !str_is(path, r->path))
		r++;
	if (r == end || !rest.p)
		return false;
	f->subject_resource = str_of(r->name);
	f->balances &= r->permission == PERM_STOCK_READ;
	if (r->permission == PERM_STOCK_READ) {
		struct str item = str_cut(rest, '/', &rest);

		return rest.p && str_to_int(item, &f->subject_item) && f->subject_item > 0 &&
			str_to_int(rest, &f->subject_location) && f->subject_location > 0;
	}
	return str_to_int(rest, &f->subject) && f->subject > 0;
}

static struct err *read_item(
	struct ctx *c, const struct event_query *q, struct event_filter *f, struct err **wrong)
{
	struct name_query one = {q->item, q->item_id};
	struct name name;
	int64_t epoch;

	if (!q->item.p && !q->item_id)
		return NULL;
	TRY(names_resolve(c, NAMES_ITEMS, &one, 1, &name, &epoch));
	f->item_id = name.id;
	f->balances &= !f->subject_item || f->subject_item == name.id;
	if (!name.id)
		err_add_field(wrong, c->arena, q->item.p ? STR("/item") : STR("/item_id"),
			"unknown", "There is no such item.");
	return NULL;
}

/* Whether one may see anything there. */
static struct err *in_reach(struct ctx *c, const struct name *place, bool *some)
{
	static const enum permission of[] = {
		PERM_LOCATIONS_READ, PERM_STOCK_READ, PERM_MOVEMENTS_READ};

	*some = false;
	for (size_t i = 0; i < sizeof(of) / sizeof(*of) && !*some; i++) {
		struct name one = *place;

		if (!perm_has(c->who->permissions, of[i]))
			continue;
		TRY(reach_hide(c, of[i], &one, 1));
		*some = one.id != 0;
	}
	return NULL;
}

static struct err *read_location(
	struct ctx *c, const struct event_query *q, struct event_filter *f, struct err **wrong)
{
	struct name_query one = {q->location, q->location_id};
	struct name name;
	int64_t epoch;
	bool some = false;

	if (!q->location.p && !q->location_id)
		return NULL;
	TRY(names_resolve(c, NAMES_LOCATIONS, &one, 1, &name, &epoch));
	if (name.id)
		TRY(in_reach(c, &name, &some));
	f->location_id = name.id;
	f->path = str_printf(c->arena, "/%lld/", (long long)name.id);
	if (!some)
		err_add_field(wrong, c->arena,
			q->location.p ? STR("/location") : STR("/location_id"), "unknown",
			"There is no such location.");
	return NULL;
}

struct err *event_filter_of(struct ctx *c, const struct event_query *q, struct event_filter *f)
{
	struct err *wrong = NULL;

	*f = (struct event_filter){
		.resources = readable(c),
		.balances = perm_has(c->who->permissions, PERM_STOCK_READ),
		.stock_within = reach_of(c, PERM_STOCK_READ),
		.locations_within = reach_of(c, PERM_LOCATIONS_READ),
		.movements_within = reach_of(c, PERM_MOVEMENTS_READ),
		.limit = q->limit,
	};
	read_types(c, q, f);
	f->data_max = q->data_max ? q->data_max : EVENT_DATA_MAX;
	if (q->subject.p && !read_subject(q->subject, f))
		err_add_field(&wrong, c->arena, STR("/subject"), "unknown",
			"A subject is such as items/7, movements/12 or stock-levels/7/3.");
	TRY(read_item(c, q, f, &wrong));
	TRY(read_location(c, q, f, &wrong));
	if (f->subject_item && !f->item_id)
		f->item_id = f->subject_item;
	return wrong;
}

static struct err *gone(struct ctx *c, const struct feed_state *state)
{
	struct err *e = err_new(c->arena, ERR_GONE, "Events up to %lld are not kept any more.",
		(long long)state->oldest - 1);
	struct err_field *field = err_add_field(&e, c->arena, STR("/after"), "gone",
		"The oldest event is %lld.", (long long)state->oldest);

	field->extra_name = STR("oldest");
	field->extra_value = str_printf(c->arena, "%lld", (long long)state->oldest);
	return e;
}

struct err *event_begin_after(struct ctx *c, const struct event_query *q,
	const struct feed_state *state, int64_t otherwise, int64_t *after)
{
	struct err *e = NULL;

	*after = q->after < 0 ? otherwise : q->after;
	if (*after > state->seq)
		err_add_field(&e, c->arena, STR("/after"), "unknown", "The feed has come to %lld.",
			(long long)state->seq);
	else if (*after + 1 < state->oldest)
		e = gone(c, state);
	return e;
}

/* ---- the list ---- */

/* How many events a change can make of those that are still unknown. */
static int64_t most_events(const struct event_filter *f, const struct event_change *e)
{
	int64_t unknown = e->seq > f->after ? e->size : e->seq + e->size - 1 - f->after;

	return f->balances && !f->subject_item ? unknown : 1;
}

/* As many changes as a page can have use for: each movement may make thousands of events. */
static void cut_changes(struct event_changes *changes, const struct event_filter *f, int limit)
{
	int64_t events = 0;
	size_t bytes = 0, n = 0;

	while (n < changes->n && events <= limit && bytes <= f->data_max) {
		events += most_events(f, &changes->rows[n]);
		bytes += (size_t)changes->rows[n].data_bytes;
		n++;
	}
	changes->n = n;
}

struct err *event_list(struct ctx *c, const struct event_query *q, struct event_page *out)
{
	struct event_changes changes;
	struct event_filter f;
	struct feed_state state, now;
	size_t found;

	assert(q->limit > 0 && q->limit <= EVENT_LIMIT_MAX && q->type_count <= EVENT_TYPES_MAX);
	TRY(event_filter_of(c, q, &f));
	TRY(feed_store_state(c->db, c->arena, &state));
	TRY(event_begin_after(c, q, &state, state.oldest - 1, &f.after));
	f.up_to = state.seq - f.after > EVENT_SCAN_MAX ? f.after + EVENT_SCAN_MAX : state.seq;
	f.limit++;
	TRY(event_store_page(c->db, c->arena, &f, &changes));
	found = changes.n;
	cut_changes(&changes, &f, q->limit);
	TRY(event_fill_page(c, &f, q->limit, &changes, out));
	/* upkeep may have taken away meanwhile what should be here */
	TRY(feed_store_state(c->db, c->arena, &now));
	if (f.after + 1 < now.oldest)
		return gone(c, &now);
	if (changes.n == found && found < (size_t)f.limit && out->next_after < f.up_to &&
		out->n < (size_t)q->limit)
		out->next_after = f.up_to; /* all was looked through */
	out->more = out->next_after < state.seq;
	return NULL;
}

struct err *event_last(struct ctx *c, int64_t *seq)
{
	return feed_store_last(c->db, c->arena, seq);
}
