#include "domain/audit.h"

#include <assert.h>

#define NAME_POINTS_MAX 120
#define PRUNE_ROWS 5000

/* ---- writing ---- */

/* As much as the column takes, whole characters. */
static struct str cut_name(struct str name)
{
	size_t at = 0, step;

	if (!str_is_utf8(name))
		return STR("");
	for (int n = 0; at < name.n && n < NAME_POINTS_MAX; n++) {
		step = str_utf8_step((struct str){name.p + at, name.n - at});
		at += step;
	}
	return name.n ? (struct str){name.p, at} : STR("");
}

static void set_actor(const struct ctx *c, const struct audit_note *note, struct audit_entry *e)
{
	if (note->actor.p) {
		e->actor = note->actor;
		e->actor_name = cut_name(note->actor_name);
	} else if (c->who) {
		assert(c->who->actor.p);
		e->actor = c->who->actor;
		e->actor_name = cut_name(c->who->name);
	} else {
		e->actor = STR("system");
		e->actor_name = STR("bincard");
	}
}

static struct err *add(struct ctx *c, const struct audit_note *note)
{
	struct audit_entry e = {
		.app = c->who && !note->actor.p ? c->who->app : STR_NONE,
		.resource = note->resource,
		.resource_id = note->resource_id,
		.action = note->action,
		.address = c->address,
		.request_id = c->request_id.p ? c->request_id : STR(""),
	};

	set_actor(c, note, &e);
	TRY(audit_changes(c->arena, note->before, note->after, &e.changes));
	return audit_store_add(c->db, c->arena, &e);
}

struct err *audit_record(struct ctx *c, const struct audit_note *note)
{
	assert(db_in_transaction(c->db));
	return add(c, note);
}

struct err *audit_failure(struct ctx *c, const char *resource, int64_t resource_id,
	const char *action, struct str name)
{
	struct audit_note note = {
		.resource = str_of(resource),
		.action = str_of(action),
		.actor = STR("anonymous"),
		.actor_name = name,
	};
	int64_t all, here;

	assert(!db_in_transaction(c->db));
	TRY(audit_store_failures(c->db, c->arena, c->address, note.action, AUDIT_FAILURES_S,
		AUDIT_FAILURES_ALL, &all, &here));
	if (all >= AUDIT_FAILURES_ALL || here >= AUDIT_FAILURES_NETWORK)
		return NULL;
	if (all + 1 == AUDIT_FAILURES_ALL || here + 1 == AUDIT_FAILURES_NETWORK) {
		note.before = STR("{\"omitted\":false}");
		note.after = STR("{\"omitted\":true}");
	}
	if (resource_id)
		note.resource_id = str_printf(c->arena, "%lld", (long long)resource_id);
	return add(c, &note);
}

/* ---- reading ---- */

void audit_filter_actor(struct audit_filter *f, struct str actor)
{
	bool spelt = str_starts(actor, "user:") || str_starts(actor, "client:") ||
		str_starts(actor, "foreign:") || str_is(actor, "system") ||
		str_is(actor, "anonymous");

	f->actor = spelt ? actor : STR_NONE;
	f->actor_name = spelt ? STR_NONE : actor;
}

/* What the columns cannot hold is in no entry, and the database would refuse to compare it. */
static bool finds_nothing(const struct audit_filter *f)
{
	return !str_is_ascii(f->actor) || !str_is_ascii(f->app) || !str_is_ascii(f->resource) ||
		!str_is_ascii(f->resource_id) || !str_is_ascii(f->action);
}

struct err *audit_list(struct ctx *c, const struct audit_filter *f, struct audit_rows *out)
{
	*out = (struct audit_rows){.n = 0};
	if (finds_nothing(f))
		return NULL;
	return audit_store_page(c->db, c->arena, f, out);
}

struct err *audit_each(
	struct ctx *c, const struct audit_filter *f, audit_visit_fn *visit, void *arg)
{
	if (finds_nothing(f))
		return NULL;
	return audit_store_each(c->db, c->arena, f, visit, arg);
}

void audit_to_json(struct json_out *j, const struct audit_entry *e)
{
	json_object(j, NULL);
	json_int(j, "id", e->id);
	json_time(j, "at", e->at);
	json_str(j, "actor", e->actor);
	json_str(j, "actor_name", e->actor_name);
	json_str(j, "app", e->app);
	json_str(j, "resource", e->resource);
	json_str(j, "resource_id", e->resource_id);
	json_str(j, "action", e->action);
	json_str(j, "address", e->address);
	json_str(j, "request_id", e->request_id);
	json_raw(j, "changes", e->changes);
	json_object_end(j);
}

/* ---- pruning ---- */

static struct err *prune_step(struct ctx *c, int days, int64_t *gone)
{
	struct audit_note note = {.resource = STR("audit_log"), .action = STR("pruned")};

	TRY(audit_store_prune(c->db, c->arena, days, PRUNE_ROWS, gone));
	if (*gone) {
		note.after = str_printf(c->arena, "{\"entries\":%lld,\"older_than_days\":%d}",
			(long long)*gone, days);
		TRY(audit_record(c, &note));
	}
	return db_commit(c->db, c->arena);
}

struct err *audit_prune(struct ctx *c, int days, int64_t *gone)
{
	int64_t step;

	assert(days > 0);
	*gone = 0;
	do {
		struct err *e;

		TRY(db_begin(c->db, c->arena));
		e = prune_step(c, days, &step);
		if (e && db_in_transaction(c->db)) /* a commit that failed has ended it */
			db_rollback(c->db, c->arena);
		TRY(e);
		*gone += step;
	} while (step == PRUNE_ROWS);
	return NULL;
}
