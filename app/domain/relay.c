#include "domain/relay.h"

#include <assert.h>
#include <string.h>

#include "domain/change.h"
#include "domain/check.h"
#include "domain/event.h"
#include "domain/people.h"

#define NAME_BYTES_MAX 120
#define TYPES_BYTES_MAX 2000
#define JSON_BYTES_MAX                                                                           \
	((size_t)JSON_ESCAPE_MAX *                                                               \
			(NAME_BYTES_MAX + RELAY_TARGET_MAX + TYPES_BYTES_MAX + SINK_ERROR_MAX) + \
		1024)
#define SETTLE_MAX 1000 /* relays, retired ones among them */
#define RETIRED "retired" /* sink.paused_for: it has no section */

/* ---- reading ---- */

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no relay %lld.", (long long)id);
}

struct err *relay_list(struct ctx *c, int64_t after_id, int limit, struct relay_rows *out)
{
	return relay_store_page(c->db, c->arena, after_id, limit, out);
}

struct err *relay_read(struct ctx *c, int64_t id, struct relay *out)
{
	bool found;

	TRY(relay_store_by_id(c->db, c->arena, id, out, &found));
	return found ? NULL : not_found(c, id);
}

struct err *relay_find_troubles(struct ctx *c, struct relay_troubles *out)
{
	return relay_store_troubles(c->db, c->arena, out);
}

int64_t relay_behind(const struct relay *relay)
{
	return relay->head > relay->sink.seq ? relay->head - relay->sink.seq : 0;
}

static void time_or_null(struct json_out *j, const char *name, time_us t)
{
	if (t == TIME_NONE)
		json_null(j, name);
	else
		json_time(j, name, t);
}

static void types_to_json(struct json_out *j, struct str types)
{
	json_array(j, "types");
	while (types.n)
		json_str(j, NULL, str_cut(types, ',', &types));
	json_array_end(j);
}

/* What is said of it in the audit log and in the feed, too: not how far it is. */
static void settings_to_json(struct json_out *j, const struct relay *relay)
{
	const struct sink *s = &relay->sink;

	json_int(j, "id", s->id);
	json_str(j, "name", s->name);
	json_str(j, "type", s->kind);
	json_str(j, "target", relay->target);
	types_to_json(j, s->types);
	json_cstr(j, "status", s->active ? "active" : "paused");
	json_str(j, "paused_for", s->paused_for);
	json_bool(j, "configured", relay->configured);
	json_int(j, "version", s->version);
	json_time(j, "created_at", s->created_at);
	json_time(j, "updated_at", s->updated_at);
}

void relay_to_json(struct json_out *j, const struct relay *relay)
{
	const struct sink *s = &relay->sink;

	json_object(j, NULL);
	settings_to_json(j, relay);
	json_int(j, "after", s->seq);
	json_int(j, "behind", relay_behind(relay));
	json_int(j, "tries", s->tries);
	time_or_null(j, "failing_since", s->failing_since);
	time_or_null(j, "next_try_at", s->next_try_at);
	time_or_null(j, "last_delivered_at", s->last_ok_at);
	json_str(j, "last_error", s->last_error);
	json_object_end(j);
}

static struct str settings_json(struct ctx *c, const struct relay *relay)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, JSON_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	settings_to_json(&j, relay);
	json_object_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- after the configuration ---- */

struct str relay_permissions(struct arena *a)
{
	perm_set set = 0;

	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		if (str_ends(str_of(permission_name((enum permission)p)), ":read"))
			set |= perm_bit((enum permission)p);
	return permission_format(a, set);
}

struct settling {
	struct str kind, permissions;
	const struct relay_spec *spec; /* NULL: it is to be retired */
	int64_t id; /* 0: it is to be made */
};

static struct err *make(struct ctx *c, const struct settling *s, int64_t *id)
{
	const struct sink sink = {.kind = s->kind,
		.name = s->spec->name,
		.types = s->spec->types,
		.permissions = s->permissions};
	struct feed_state feed;

	TRY(sink_store_add(c->db, c->arena, &sink, id));
	TRY(relay_store_add(c->db, c->arena, *id, s->spec->target));
	if (!s->spec->from_oldest)
		return NULL;
	TRY(feed_store_state(c->db, c->arena, &feed));
	return sink_store_resume(c->db, c->arena, *id, feed.oldest - 1);
}

static bool is_retired(const struct relay *r)
{
	return r->sink.paused_for.p && str_is(r->sink.paused_for, RETIRED);
}

static struct err *retire(struct ctx *c, const struct relay *r)
{
	TRY(relay_store_update(c->db, c->arena, r->sink.id, r->target, false));
	if (!r->sink.active)
		return sink_store_touch(c->db, c->arena, r->sink.id);
	return sink_store_pause(c->db, c->arena, r->sink.id, RETIRED, STR_NONE);
}

static struct err *adapt(struct ctx *c, const struct settling *s, const struct relay *r)
{
	struct sink sink = r->sink;

	sink.types = s->spec->types;
	sink.permissions = s->permissions;
	TRY(relay_store_update(c->db, c->arena, sink.id, s->spec->target, true));
	TRY(sink_store_update(c->db, c->arena, &sink));
	return is_retired(r) ? sink_store_resume(c->db, c->arena, sink.id, sink.seq) : NULL;
}

static struct err *settle_tx(struct ctx *c, void *arg)
{
	const struct settling *s = arg;
	const char *what = "bincard.relay.created.v1";
	struct str before = STR_NONE;
	struct relay was, is;
	int64_t id = s->id;
	struct sink locked;
	bool found;

	if (!id) {
		TRY(make(c, s, &id));
	} else {
		TRY(sink_store_lock(c->db, c->arena, id, &locked, &found));
		TRY(relay_read(c, id, &was));
		before = settings_json(c, &was);
		if (!s->spec)
			what = "bincard.relay.retired.v1";
		else
			what = was.configured ? "bincard.relay.updated.v1"
					      : "bincard.relay.returned.v1";
		TRY(s->spec ? adapt(c, s, &was) : retire(c, &was));
	}
	TRY(relay_read(c, id, &is));
	return change_record_from(c, what, id, before, settings_json(c, &is));
}

static bool is_as_told(const struct relay *r, const struct settling *s)
{
	if (!s->spec)
		return !r->configured;
	return r->configured && str_eq(r->target, s->spec->target) &&
		str_eq(r->sink.types, s->spec->types) &&
		str_eq(r->sink.permissions, s->permissions);
}

static const struct relay *find_row(const struct relay_rows *rows, struct str kind, struct str name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->rows[i].sink.kind, kind) && str_eq(rows->rows[i].sink.name, name))
			return &rows->rows[i];
	return NULL;
}

static const struct relay_spec *find_spec(const struct relay_spec *specs, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(specs[i].name, name))
			return &specs[i];
	return NULL;
}

static struct err *settle(struct ctx *c, struct settling *s, const struct relay *row)
{
	if (row && is_as_told(row, s))
		return NULL;
	s->id = row ? row->sink.id : 0;
	return change_run(c, settle_tx, s);
}

struct err *relay_settle(struct ctx *c, struct str kind, const struct relay_spec *specs, size_t n)
{
	struct settling s = {.kind = kind, .permissions = relay_permissions(c->arena)};
	struct relay_rows rows;

	TRY(relay_store_page(c->db, c->arena, 0, SETTLE_MAX, &rows));
	for (size_t i = 0; i < n; i++) {
		s.spec = &specs[i];
		TRY(settle(c, &s, find_row(&rows, kind, specs[i].name)));
	}
	for (size_t i = 0; i < rows.n; i++) {
		s.spec = NULL;
		if (str_eq(rows.rows[i].sink.kind, kind) &&
			!find_spec(specs, n, rows.rows[i].sink.name))
			TRY(settle(c, &s, &rows.rows[i]));
	}
	return NULL;
}

/* ---- pausing ---- */

struct turning {
	int64_t id, version;
	const char *reason;
	struct str error; /* STR_NONE: as it was */
	const struct sink *seen; /* what the sender has read; NULL: it is not the sender */
	enum relay_from from;
	struct relay *out;
};

static struct err *lock_relay(struct ctx *c, const struct turning *t, struct relay *out)
{
	struct sink locked;
	bool found;

	TRY(sink_store_lock(c->db, c->arena, t->id, &locked, &found));
	TRY(relay_read(c, t->id, out));
	return check_version(c->arena, t->version, out->sink.version);
}

static struct err *pause_tx(struct ctx *c, void *arg)
{
	const struct turning *t = arg;
	struct relay was;

	TRY(lock_relay(c, t, &was));
	*t->out = was;
	if (!was.sink.active || (t->seen && sink_is_other(&was.sink, t->seen)))
		return change_unchanged(c, settings_json(c, &was));
	TRY(sink_store_pause(c->db, c->arena, t->id, t->reason, t->error));
	TRY(relay_read(c, t->id, t->out));
	return change_record_from(c, "bincard.relay.paused.v1", t->id, settings_json(c, &was),
		settings_json(c, t->out));
}

struct err *relay_pause(struct ctx *c, int64_t id, int64_t version, struct relay *out)
{
	struct turning t = {.id = id, .version = version, .reason = SINK_BY_HAND, .out = out};

	return change_run(c, pause_tx, &t);
}

struct err *relay_stop(struct ctx *c, const struct sink *sink, const char *reason, struct str error)
{
	struct relay out;
	struct turning t = {
		.id = sink->id, .seen = sink, .reason = reason, .error = error, .out = &out};

	return change_run(c, pause_tx, &t);
}

/* The number after which it is to go on. */
static struct err *place_of(
	struct ctx *c, const struct turning *t, const struct sink *sink, int64_t *seq)
{
	struct feed_state feed;
	perm_set all;

	event_type_needs(STR("*"), &all);
	if (t->from != RELAY_FROM_HERE) /* its consumers miss events, or have them again */
		TRY(people_may(c, all));
	TRY(feed_store_state(c->db, c->arena, &feed));
	*seq = sink->seq;
	if (t->from == RELAY_FROM_OLDEST)
		*seq = feed.oldest - 1;
	else if (t->from == RELAY_FROM_NOW)
		*seq = feed.seq;
	else if (sink->seq + 1 < feed.oldest)
		return err_new(c->arena, ERR_CONFLICT,
			"What comes next for it is not kept any more: go on from \"oldest\" or \"now\".");
	return NULL;
}

static struct err *resume_tx(struct ctx *c, void *arg)
{
	const struct turning *t = arg;
	struct relay was;
	int64_t seq;

	TRY(lock_relay(c, t, &was));
	*t->out = was;
	if (!was.configured)
		return err_new(c->arena, ERR_CONFLICT,
			"The relay has no section in the configuration any more.");
	if (was.sink.active)
		return change_unchanged(c, settings_json(c, &was));
	TRY(place_of(c, t, &was.sink, &seq));
	TRY(sink_store_resume(c->db, c->arena, t->id, seq));
	TRY(relay_read(c, t->id, t->out));
	return change_record_from(c, "bincard.relay.resumed.v1", t->id, settings_json(c, &was),
		settings_json(c, t->out));
}

struct err *relay_resume(
	struct ctx *c, int64_t id, int64_t version, enum relay_from from, struct relay *out)
{
	struct turning t = {.id = id, .version = version, .from = from, .out = out};

	return change_run(c, resume_tx, &t);
}
