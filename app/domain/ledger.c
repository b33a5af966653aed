#include "domain/ledger.h"

#include <assert.h>

#include "base/digest.h"
#include "domain/change.h"
#include "domain/ledger_plan.h"
#include "domain/names.h"
#include "domain/reach.h"
#include "store/change_store.h"
#include "store/ledger_store.h"
#include "store/movement_store.h"

#define ANSWER_MAX ((size_t)2 * 1024 * 1024) /* 1,000 lines, each byte of their names escaped */
#define ANSWER_HEAD_MAX 128

/* Everything of a movement but {"id":...,"recorded_at":...}, which only the posting
 * itself knows. */
static void body_to_json(struct json_out *j, const struct posted *p)
{
	json_cstr(j, "type", movement_type_names[p->type]);
	json_str(j, "reference", p->reference);
	json_str(j, "reason", p->reason);
	json_time(j, "occurred_at", p->occurred_at);
	json_str(j, "actor", p->actor);
	if (p->reverses)
		json_int(j, "reverses", p->reverses);
	else
		json_null(j, "reverses");
	if (p->reversed_by)
		json_int(j, "reversed_by", p->reversed_by);
	else
		json_null(j, "reversed_by");
	json_int(j, "line_count", p->line_count);
	json_array(j, "lines");
	for (size_t i = 0; i < p->n; i++) {
		const struct posted_line *l = &p->lines[i];

		json_object(j, NULL);
		json_str(j, "sku", l->sku);
		json_int(j, "item_id", l->item_id);
		json_str(j, "from", l->from);
		json_str(j, "to", l->to);
		json_qty(j, "quantity", l->quantity);
		json_object_end(j);
	}
	json_array_end(j);
}

void ledger_to_json(struct json_out *j, const struct posted *p)
{
	json_object(j, NULL);
	json_int(j, "id", p->id);
	json_time(j, "recorded_at", p->recorded_at);
	body_to_json(j, p);
	json_object_end(j);
}

/* What follows {"id":N,"recorded_at":"..." : the body with its brace turned into a comma. */
static struct str event_rest(struct arena *a, const struct posted *p)
{
	struct buf b;
	struct json_out j;
	struct str whole;

	buf_init(&b, a, ANSWER_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	body_to_json(&j, p);
	json_object_end(&j);
	assert(!b.overflow);
	whole = buf_str(&b);
	b.p[0] = ',';
	return whole;
}

static struct ledger_single single_of(const struct ledger_plan *plan)
{
	const struct posted_line *l = &plan->movement.lines[0];
	const struct demand *d = plan->demands;

	return (struct ledger_single){
		.item_id = l->item_id,
		.quantity = l->quantity,
		.location_id = d[0].location_id,
		.delta = d[0].delta,
		.other_id = plan->demand_count > 1 ? d[1].location_id : 0,
		.has_expected = d[0].has_expected,
		.expected = d[0].expected,
	};
}

static void fill_call(struct ctx *c, const struct ledger_plan *plan, struct ledger_call *call)
{
	const struct posted *p = &plan->movement;

	*call = (struct ledger_call){
		.epoch = plan->epoch,
		.actor = c->who->actor,
		.app = c->who->app,
		.request_id = c->request_id,
		.traceparent = c->traceparent,
		.key = c->once->key,
		.status = c->once->status,
		.type = movement_type_names[p->type],
		.reference = p->reference,
		.reason = p->reason,
		.occurred_at = p->occurred_at,
		.reverses = p->reverses,
		.event = event_rest(c->arena, p),
		.line_count = p->n,
		.balance_count = plan->demand_count,
		.from_id = plan->ends.from_id,
		.to_id = plan->ends.to_id,
	};
	call->fingerprint =
		(struct str){(const char *)c->once->fingerprint, sizeof(c->once->fingerprint)};
	if (p->n == 1) {
		call->single = single_of(plan);
	} else {
		call->places = ledger_places_json(c->arena, plan);
		call->balances = ledger_demands_json(c->arena, plan);
		call->lines = ledger_lines_json(c->arena, plan);
	}
}

static void fill_posted(struct ctx *c, const struct ledger_plan *plan,
	const struct ledger_call *call, const struct ledger_posted *r, struct posted *out)
{
	char recorded[TIME_TEXT_MAX];

	struct buf b;

	*out = plan->movement;
	out->id = r->id;
	out->recorded_at = r->recorded_at;
	time_format_micros(recorded, r->recorded_at);
	buf_init(&b, c->arena, call->event.n + ANSWER_HEAD_MAX);
	buf_printf(&b, "{\"id\":%lld,\"recorded_at\":\"%s\"", (long long)r->id, recorded);
	buf_add_str(&b, call->event);
	assert(!b.overflow);
	out->json = buf_str(&b);
}

static struct err *no_movement(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no movement %lld.", (long long)id);
}

/* Leaves line_count as it is: there are fewer lines when some are out of reach. */
static struct err *read_within(struct ctx *c, int64_t id, enum permission p, struct posted *out)
{
	struct str within = reach_of(c, p);
	bool found;

	TRY(movement_store_by_id(c->db, c->arena, id, out, &found));
	if (!found)
		return no_movement(c, id);
	TRY(movement_store_lines(c->db, c->arena, out, within));
	return out->n ? NULL : no_movement(c, id);
}

/* A known key: its answer is the movement as it was when it had been posted, and what is within reach. */
static struct err *replay(struct ctx *c, const struct ledger_movement *m,
	const struct stored_answer *known, struct posted *out)
{
	struct buf b;
	struct json_out j;

	TRY(once_replay(c, known->fingerprint, known->status, STR("")));
	TRY(read_within(c, known->movement_id, ledger_permission(m), out));
	out->line_count = (int64_t)out->n;
	out->reversed_by = 0;
	buf_init(&b, c->arena, ANSWER_MAX);
	json_init(&j, &b);
	ledger_to_json(&j, out);
	assert(!b.overflow);
	c->once->stored_body = out->json = buf_str(&b);
	return NULL;
}

/* The first answer, if the key is known. */
static struct err *find_first(
	struct ctx *c, const struct ledger_movement *m, struct posted *out, bool *found)
{
	struct stored_answer known;

	*found = false;
	if (!c->once->key.p)
		return NULL;
	TRY(once_store_find(c->db, c->arena, c->who->actor, c->once->key, &known, found));
	if (!*found)
		return NULL;
	return replay(c, m, &known, out);
}

/* What a retry names may have been archived or renamed after its first try: that is no mistake of
 * it. */
static struct err *replay_or(
	struct ctx *c, const struct ledger_movement *m, struct err *mistake, struct posted *out)
{
	bool found;

	if (mistake->code != ERR_INVALID)
		return mistake;
	TRY(find_first(c, m, out, &found));
	return found ? NULL : mistake;
}

/* A row of this posting is there already: that of its key, or that of the reversal. When neither
 * is, it has gone meanwhile: *again. */
static struct err *meet_known(struct ctx *c, const struct ledger_movement *m, int64_t reverses,
	struct posted *out, bool *again)
{
	struct posted original;
	bool found;

	TRY(find_first(c, m, out, &found));
	if (found)
		return NULL;
	if (reverses) {
		TRY(read_within(c, reverses, ledger_permission(m), &original));
		if (original.reversed_by)
			return err_new(c->arena, ERR_CONFLICT,
				"Movement %lld has been reversed already, by %lld.",
				(long long)reverses, (long long)original.reversed_by);
	}
	*again = true;
	return NULL;
}

/* A lock was waited for in vain: that of the key, which its first request holds, or that of a
 * balance. */
static struct err *waited(struct ctx *c, struct err *e)
{
	bool in_flight = false;

	if (c->once->key.p)
		TRY(once_store_in_flight(c->db, c->arena, c->who->actor, c->once->key, &in_flight));
	return in_flight ? once_in_flight(c) : e;
}

/* One attempt. *again: it may run anew, from the names on, if the error (if any) is of
 * that kind. */
static struct err *attempt(struct ctx *c, const struct ledger_movement *m, int64_t reverses,
	struct posted *out, bool *again)
{
	struct ledger_plan plan;
	struct ledger_call call;
	struct ledger_posted posted;
	struct err *e;

	*again = false;
	e = ledger_plan(c, m, &plan);
	if (e)
		return replay_or(c, m, e, out);
	plan.movement.reverses = reverses;
	fill_call(c, &plan, &call);
	e = ledger_store_post(c->db, c->arena, &call, &posted);
	if (!e) {
		fill_posted(c, &plan, &call, &posted, out);
		return NULL;
	}
	if (e->code == ERR_DB_DUPLICATE_KEY)
		return meet_known(c, m, reverses, out, again);
	*again = true;
	if (e->code == ERR_DB_LOCK_WAIT)
		return waited(c, e);
	if (e->code == ERR_DB_REFUSED)
		return ledger_explain_refusal(c, &plan);
	if (e->code != ERR_DB_STALE)
		return e;
	names_forget(c->names);
	return NULL;
}

static struct err *post(
	struct ctx *c, const struct ledger_movement *m, int64_t reverses, struct posted *out)
{
	struct err *e;
	bool again;
	int n = 1;

	while (n <= CHANGE_ATTEMPTS_MAX) {
		e = attempt(c, m, reverses, out, &again);
		if (!again || (e && !change_again(c, e, &n)))
			return e;
		if (!e) {
			db_stats_retry(c->db);
			n++;
		}
	}
	e = err_new(c->arena, ERR_UNAVAILABLE, "The balances changed too often meanwhile.");
	e->retry_after_s = 1;
	return e;
}

struct err *ledger_post(struct ctx *c, const struct ledger_movement *m, struct posted *out)
{
	if (m->type == MOVEMENT_REVERSAL) {
		struct err *e = NULL;

		err_add_field(&e, c->arena, STR("/type"), "invalid_choice",
			"A reversal is posted by reversing a movement.");
		return err_join(c->mistakes, e);
	}
	return post(c, m, 0, out);
}

static bool is_whole(const struct posted *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!p->lines[i].from_id || !p->lines[i].to_id)
			return false;
	}
	return (int64_t)p->n == p->line_count;
}

struct err *ledger_reverse(struct ctx *c, int64_t id, struct str reason, struct posted *out)
{
	struct posted original;
	struct ledger_line *lines;
	struct ledger_movement m;
	struct err *e;

	TRY(c->mistakes);
	TRY(read_within(c, id, PERM_MOVEMENTS_WRITE, &original));
	if (original.type == MOVEMENT_REVERSAL)
		return err_new(c->arena, ERR_CONFLICT,
			"Movement %lld is a reversal; post a new movement instead.", (long long)id);
	if (!is_whole(&original))
		return err_new(c->arena, ERR_CONFLICT,
			"Movement %lld cannot be reversed: not all of it is within your locations.",
			(long long)id);
	lines = ARENA_ARRAY(c->arena, original.n, struct ledger_line);
	for (size_t i = 0; i < original.n; i++)
		lines[i] = (struct ledger_line){
			.item_id = original.lines[i].item_id,
			.from_id = original.lines[i].to_id,
			.to_id = original.lines[i].from_id,
			.quantity = original.lines[i].quantity,
		};
	m = (struct ledger_movement){
		.type = MOVEMENT_REVERSAL,
		.reference = original.reference,
		.reason = reason,
		.lines = lines,
		.n = original.n,
	};
	e = post(c, &m, id, out);
	if (e &&
		e->code ==
			ERR_INVALID) /* archived since: nothing that the request could say better */
		return err_new(c->arena, ERR_CONFLICT, "Movement %lld cannot be reversed. %.*s",
			(long long)id, STR_ARG(e->fields->detail));
	return e;
}

struct err *ledger_read(struct ctx *c, int64_t id, struct posted *out)
{
	TRY(read_within(c, id, PERM_MOVEMENTS_READ, out));
	out->line_count = (int64_t)out->n;
	return NULL;
}
