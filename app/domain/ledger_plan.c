#include "domain/ledger_plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "domain/names.h"
#include "domain/reach.h"

#define PLAN_JSON_MAX ((size_t)1024 * 1024)

struct str ledger_pointer(
	struct arena *a, const struct ledger_movement *m, size_t line, const char *field)
{
	if (!m->flat)
		return str_printf(a, "/lines/%zu/%s", line, field);
	if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0)
		field = "location";
	return str_printf(a, "/%s", field);
}

/* A name that stands for nothing, or for something archived. `field` and `field_id` are as in the
 * request. */
static void check_name(struct arena *a, struct err **e, const struct ledger_movement *m,
	size_t line, const char *field, const char *field_id, const char *what,
	const struct name_query *asked, const struct name *got)
{
	bool both = asked->name.p && asked->id;
	struct str pointer;

	if (got->id != 0 && got->active && !both)
		return;
	pointer = ledger_pointer(a, m, line, asked->id ? field_id : field);
	if (both)
		err_add_field(
			e, a, pointer, "conflicting", "Name the %s or its id, not both.", what);
	else if (!asked->name.p && asked->id == 0)
		err_add_field(e, a, pointer, "required", "Name the %s.", what);
	else if (got->id == 0 && asked->name.p)
		err_add_field(e, a, pointer, "unknown", "There is no %s \"%.*s\".", what,
			STR_ARG(asked->name));
	else if (got->id == 0)
		err_add_field(e, a, pointer, "unknown", "There is no %s %lld.", what,
			(long long)asked->id);
	else
		err_add_field(e, a, pointer, "archived", "The %s \"%.*s\" is archived.", what,
			STR_ARG(got->name));
}

/* The rules for one line whose names are known. */
static void check_line(struct arena *a, struct err **e, const struct ledger_movement *m, size_t i,
	const struct name *from, const struct name *to)
{
	if (m->lines[i].quantity <= 0)
		err_add_field(e, a, ledger_pointer(a, m, i, "quantity"), "not_positive",
			"The quantity must be more than 0.");
	if (!from->id || !to->id)
		return;
	if (from->id == to->id)
		err_add_field(e, a, ledger_pointer(a, m, i, "to"), "same_location",
			"A line must go to another location than it comes from.");
	else if (location_is_virtual(from->id) && location_is_virtual(to->id))
		err_add_field(e, a, ledger_pointer(a, m, i, "to"), "both_virtual",
			"One end of a line must be a real location.");
}

static void check_header(struct arena *a, struct err **e, const struct ledger_movement *m)
{
	if (m->n == 0)
		err_add_field(e, a, STR("/lines"), "too_few", "A movement has at least one line.");
	if (m->n > LEDGER_LINES_MAX)
		err_add_field(e, a, STR("/lines"), "too_many", "A movement has at most %d lines.",
			LEDGER_LINES_MAX);
	if (m->has_occurred_at && m->occurred_at > time_now() + (time_us)LEDGER_FUTURE_S * 1000000)
		err_add_field(
			e, a, STR("/occurred_at"), "in_the_future", "This lies in the future.");
}

void ledger_ask(struct arena *a, const struct ledger_movement *m, size_t n, struct ledger_names *r)
{
	size_t k = 0;

	r->n = 0;
	for (size_t i = 0; i < n; i++)
		r->n += m[i].n;
	r->item_asked = ARENA_ARRAY(a, r->n, struct name_query);
	r->place_asked = ARENA_ARRAY(a, 2 * r->n, struct name_query);
	for (size_t i = 0; i < n; i++) {
		for (size_t l = 0; l < m[i].n; l++, k++) {
			const struct ledger_line *line = &m[i].lines[l];

			r->item_asked[k] = (struct name_query){line->sku, line->item_id};
			r->place_asked[k] = (struct name_query){line->from, line->from_id};
			r->place_asked[r->n + k] = (struct name_query){line->to, line->to_id};
		}
	}
}

struct err *ledger_resolve(
	struct ctx *c, const struct ledger_movement *m, size_t n, struct ledger_names *r)
{
	int64_t items_epoch;

	ledger_ask(c->arena, m, n, r);
	r->items = ARENA_ARRAY(c->arena, r->n, struct name);
	r->places = ARENA_ARRAY(c->arena, 2 * r->n, struct name);
	do {
		TRY(names_resolve(c, NAMES_ITEMS, r->item_asked, r->n, r->items, &items_epoch));
		TRY(names_resolve(
			c, NAMES_LOCATIONS, r->place_asked, 2 * r->n, r->places, &r->epoch));
	} while (items_epoch != r->epoch);
	return n ? reach_hide(c, ledger_permission(m), r->places, 2 * r->n) : NULL;
}

static void fill_movement(struct ctx *c, const struct ledger_movement *m,
	const struct ledger_names *r, size_t first, struct posted *p)
{
	*p = (struct posted){
		.type = m->type,
		.reference = m->reference.p ? m->reference : STR(""),
		.reason = m->reason.p ? m->reason : STR(""),
		.occurred_at = m->has_occurred_at ? m->occurred_at : time_now(),
		.actor = c->who->actor,
		.actor_name = c->who->name,
		.lines = ARENA_ARRAY(c->arena, m->n, struct posted_line),
		.n = m->n,
		.line_count = (int64_t)m->n,
	};
	for (size_t i = 0; i < m->n; i++) {
		const struct name *from = &r->places[first + i];
		const struct name *to = &r->places[r->n + first + i];

		p->lines[i] = (struct posted_line){
			.item_id = r->items[first + i].id,
			.sku = r->items[first + i].name,
			.from_id = from->id,
			.from = from->name,
			.to_id = to->id,
			.to = to->name,
			.quantity = m->lines[i].quantity,
		};
	}
}

int ledger_compare_demands(const void *pa, const void *pb)
{
	const struct demand *a = pa, *b = pb;

	if (a->item_id != b->item_id)
		return a->item_id < b->item_id ? -1 : 1;
	if (a->location_id != b->location_id)
		return a->location_id < b->location_id ? -1 : 1;
	return 0;
}

/* Adds `more` to `d`; false when the sum is over what a balance can hold. */
static bool merge(struct demand *d, const struct demand *more)
{
	if (more->has_expected) {
		d->has_expected = true;
		d->expected = more->expected;
	}
	return qty_add(d->delta, more->delta, &d->delta) &&
		qty_add(d->taken, more->taken, &d->taken);
}

/* Both real ends of every line, in lock order, one entry a balance. One that nets to nothing (A to B
 * and back) is kept: its balance shows that nothing of it was archived meanwhile. */
static bool sum_demands(struct arena *a, const struct ledger_movement *m, struct ledger_plan *plan)
{
	struct demand *all = ARENA_ARRAY(a, 2 * m->n, struct demand);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct posted_line *l = &plan->movement.lines[i];
		struct demand d = {.item_id = l->item_id,
			.has_expected = m->lines[i].has_expected,
			.expected = m->lines[i].expected};

		assert(m->flat || !d.has_expected);
		if (!location_is_virtual(l->from_id)) {
			d.location_id = l->from_id;
			d.delta = -l->quantity;
			d.taken = l->quantity;
			all[n++] = d;
		}
		if (!location_is_virtual(l->to_id)) {
			d.location_id = l->to_id;
			d.delta = l->quantity;
			d.taken = 0;
			all[n++] = d;
		}
	}
	qsort(all, n, sizeof(*all), ledger_compare_demands);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && ledger_compare_demands(&all[kept - 1], &all[i]) == 0) {
			if (!merge(&all[kept - 1], &all[i]))
				return false;
		} else {
			all[kept++] = all[i];
		}
	}
	plan->demands = all;
	plan->demand_count = kept;
	return true;
}

/* ---- where from and where to ---- */

static int compare_ids(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return (a > b) - (a < b);
}

static void find_ends(struct arena *a, struct ledger_plan *plan)
{
	const struct posted *p = &plan->movement;
	struct ledger_ends *ends = &plan->ends;
	size_t n = 0, kept = 0;

	*ends = (struct ledger_ends){.from_id = p->lines[0].from_id, .to_id = p->lines[0].to_id};
	for (size_t i = 1; i < p->n; i++) {
		ends->from_id = p->lines[i].from_id == ends->from_id ? ends->from_id : 0;
		ends->to_id = p->lines[i].to_id == ends->to_id ? ends->to_id : 0;
	}
	if (ends->from_id && ends->to_id)
		return;
	ends->places = ARENA_ARRAY(a, 2 * p->n, int64_t);
	for (size_t i = 0; i < p->n; i++) {
		if (!ends->from_id)
			ends->places[n++] = p->lines[i].from_id;
		if (!ends->to_id)
			ends->places[n++] = p->lines[i].to_id;
	}
	qsort(ends->places, n, sizeof(*ends->places), compare_ids);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || ends->places[kept - 1] != ends->places[i])
			ends->places[kept++] = ends->places[i];
	ends->place_count = kept;
}

/* The lists that ledger_post takes; formats in sql/routines/ledger_post.sql. */
struct str ledger_places_json(struct arena *a, const struct ledger_plan *plan)
{
	struct buf b;
	struct json_out j;

	if (plan->ends.place_count == 0)
		return STR_NONE;
	buf_init(&b, a, PLAN_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < plan->ends.place_count; i++)
		json_int(&j, NULL, plan->ends.places[i]);
	json_array_end(&j);
	return buf_str(&b);
}

struct str ledger_demands_json(struct arena *a, const struct ledger_plan *plan)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, a, PLAN_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < plan->demand_count; i++) {
		const struct demand *d = &plan->demands[i];

		json_array(&j, NULL);
		json_int(&j, NULL, d->item_id);
		json_int(&j, NULL, d->location_id);
		json_qty(&j, NULL, d->delta);
		json_array_end(&j);
	}
	json_array_end(&j);
	return buf_str(&b);
}

struct str ledger_lines_json(struct arena *a, const struct ledger_plan *plan)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, a, PLAN_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < plan->movement.n; i++) {
		const struct posted_line *l = &plan->movement.lines[i];

		json_array(&j, NULL);
		json_int(&j, NULL, l->item_id);
		json_int(&j, NULL, l->from_id);
		json_int(&j, NULL, l->to_id);
		json_qty(&j, NULL, l->quantity);
		json_array_end(&j);
	}
	json_array_end(&j);
	return buf_str(&b);
}

static void check_names(struct arena *a, struct err **e, const struct ledger_movement *m,
	const struct ledger_names *r, size_t first)
{
	for (size_t i = 0; i < m->n; i++) {
		size_t from = first + i, to = r->n + first + i;

		check_name(a, e, m, i, "sku", "item_id", "item", &r->item_asked[from],
			&r->items[from]);
		check_name(a, e, m, i, "from", "from_id", "location", &r->place_asked[from],
			&r->places[from]);
		check_name(
			a, e, m, i, "to", "to_id", "location", &r->place_asked[to], &r->places[to]);
		check_line(a, e, m, i, &r->places[from], &r->places[to]);
	}
}

struct err *ledger_plan_with(struct ctx *c, const struct ledger_movement *m,
	const struct ledger_names *names, size_t first, struct ledger_plan *out)
{
	struct arena *a = c->arena;
	struct err *e = NULL;

	check_header(a, &e, m);
	if (m->n <= LEDGER_LINES_MAX)
		check_names(a, &e, m, names, first);
	TRY(err_join(c->mistakes, e));
	assert(m->n <= LEDGER_LINES_MAX);
	out->asked = m;
	out->epoch = names->epoch;
	fill_movement(c, m, names, first, &out->movement);
	if (!sum_demands(a, m, out)) {
		err_add_field(&e, a, STR("/lines"), "too_large",
			"The quantities sum to more than %s.", "999999999999.999999");
		return e;
	}
	find_ends(a, out);
	return NULL;
}

struct err *ledger_plan(struct ctx *c, const struct ledger_movement *m, struct ledger_plan *out)
{
	struct ledger_names names = {.n = 0};

	if (m->n <= LEDGER_LINES_MAX)
		TRY(ledger_resolve(c, m, 1, &names));
	return ledger_plan_with(c, m, &names, 0, out);
}
