#include "domain/stock.h"

#include <assert.h>

#include "domain/change.h"
#include "domain/ledger_plan.h"
#include "domain/names.h"
#include "domain/reach.h"

#define PAIRS_JSON_MAX ((size_t)256 * 1024)

struct err *stock_list(struct ctx *c, const struct stock_filter *f, struct stock_rows *out)
{
	struct stock_filter filter = *f;

	filter.within = reach_of(c, PERM_STOCK_READ);
	return stock_store_page(c->db, c->arena, &filter, out);
}

/* A name that stands for nothing. `prefix` is where the question's fields stand:
 * "/lines/3", or "". */
static void check(struct ctx *c, struct err **e, struct str prefix, const char *what,
	const char *field, const struct name_query *q, const struct name *name)
{
	struct str pointer = str_printf(c->arena, "%.*s/%s", STR_ARG(prefix), field);
	struct str id_pointer = str_printf(c->arena, "%.*s/%s_id", STR_ARG(prefix), what);

	if (q->name.p && !name->id)
		err_add_field(e, c->arena, pointer, "unknown", "There is no %s \"%.*s\".", what,
			STR_ARG(q->name));
	if (q->name.p && q->id)
		err_add_field(e, c->arena, id_pointer, "conflicting",
			"Name the %s or its id, not both.", what);
	else if (q->id && !name->id)
		err_add_field(e, c->arena, id_pointer, "unknown", "There is no %s %lld.", what,
			(long long)q->id);
	else if (!q->name.p && !q->id)
		err_add_field(e, c->arena, pointer, "required", "Name the %s.", what);
}

struct questions {
	struct name_query *items, *places;
	struct name *item, *place;
};

static struct err *resolve(struct ctx *c, enum permission p, const struct stock_question *q,
	size_t n, struct questions *out)
{
	struct arena *a = c->arena;
	int64_t epoch;

	out->items = ARENA_ARRAY(a, n, struct name_query);
	out->places = ARENA_ARRAY(a, n, struct name_query);
	out->item = ARENA_ARRAY(a, n, struct name);
	out->place = ARENA_ARRAY(a, n, struct name);
	for (size_t i = 0; i < n; i++) {
		out->items[i] = (struct name_query){q[i].sku, q[i].item_id};
		out->places[i] = (struct name_query){q[i].location, q[i].location_id};
	}
	TRY(names_resolve(c, NAMES_ITEMS, out->items, n, out->item, &epoch));
	TRY(names_resolve(c, NAMES_LOCATIONS, out->places, n, out->place, &epoch));
	return reach_hide(c, p, out->place, n);
}

static struct err *query(struct ctx *c, enum permission p, const struct stock_question *q, size_t n,
	bool flat, struct stock_rows *out)
{
	struct questions r;
	struct err *e = NULL;
	struct buf b;
	struct json_out j;

	TRY(resolve(c, p, q, n, &r));
	buf_init(&b, c->arena, PAIRS_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		struct str prefix = flat ? STR("") : str_printf(c->arena, "/lines/%zu", i);

		check(c, &e, prefix, "item", "sku", &r.items[i], &r.item[i]);
		if (r.places[i].name.p || r.places[i].id)
			check(c, &e, prefix, "location", "location", &r.places[i], &r.place[i]);
		json_array(&j, NULL);
		json_int(&j, NULL, r.item[i].id);
		json_int(&j, NULL, r.place[i].id);
		json_array_end(&j);
	}
	json_array_end(&j);
	assert(!b.overflow);
	TRY(err_join(c->mistakes, e));
	return stock_store_many(c->db, c->arena, buf_str(&b), reach_of(c, p), out);
}

struct err *stock_query(
	struct ctx *c, const struct stock_question *q, size_t n, struct stock_rows *out)
{
	return query(c, PERM_STOCK_READ, q, n, false, out);
}

/* A correction is an adjustment of one line between the location and @adjustment. */
static struct ledger_movement movement_of(const struct stock_correction *k, qty_t delta,
	const qty_t *expected, struct ledger_line *line)
{
	*line = (struct ledger_line){
		.sku = k->sku,
		.item_id = k->item_id,
		.from = delta > 0 ? STR("@adjustment") : k->location,
		.to = delta > 0 ? k->location : STR("@adjustment"),
		.quantity = delta > 0 ? delta : -delta,
		.has_expected = expected != NULL,
		.expected = expected ? *expected : 0,
	};
	return (struct ledger_movement){
		.type = MOVEMENT_ADJUSTMENT,
		.reference = k->reference,
		.reason = k->reason,
		.has_occurred_at = k->has_occurred_at,
		.occurred_at = k->occurred_at,
		.lines = line,
		.n = 1,
		.flat = true,
	};
}

/* What is wrong with a correction that changes nothing. */
static struct err *mistakes_of(struct ctx *c, const struct stock_correction *k)
{
	struct ledger_line line;
	struct ledger_movement m = movement_of(k, 1, NULL, &line);
	struct ledger_plan plan;

	return ledger_plan(c, &m, &plan);
}

static struct err *post(struct ctx *c, const struct stock_correction *k, qty_t delta,
	const qty_t *expected, struct posted *out)
{
	struct ledger_line line;
	struct ledger_movement m = movement_of(k, delta, expected, &line);

	return ledger_post(c, &m, out);
}

struct err *stock_adjust(
	struct ctx *c, const struct stock_correction *k, qty_t delta, struct posted *out)
{
	struct err *zero = NULL;

	if (delta != 0)
		return post(c, k, delta, NULL, out);
	err_add_field(&zero, c->arena, STR("/delta"), "zero", "The delta must not be 0.");
	return err_join(mistakes_of(c, k), zero);
}

static const struct str nothing_posted = {"{\"id\":null}", 11};

struct confirmation {
	const struct stock_correction *k;
	qty_t expected;
};

/* Nothing to post: but is it so? */
static struct err *confirm(struct ctx *c, void *arg)
{
	const struct confirmation *a = arg;
	struct stock_question q = {
		.sku = a->k->sku, .item_id = a->k->item_id, .location = a->k->location};
	struct stock_rows rows;
	struct err *e = NULL;
	struct err_field *f;

	TRY(mistakes_of(c, a->k));
	TRY(query(c, PERM_STOCK_WRITE, &q, 1, true, &rows));
	if (rows.rows[0].on_hand == a->expected)
		return change_unchanged(c, nothing_posted);
	e = err_new(c->arena, ERR_EXPECTATION, "The stock is not what was expected.");
	f = err_add_field(&e, c->arena, STR("/expected"), "unexpected_quantity",
		"%.*s was expected; %.*s is on hand.", STR_ARG(qty_str(c->arena, a->expected)),
		STR_ARG(qty_str(c->arena, rows.rows[0].on_hand)));
	f->extra_name = STR("on_hand");
	f->extra_value = qty_str(c->arena, rows.rows[0].on_hand);
	return e;
}

struct err *stock_set(struct ctx *c, const struct stock_correction *k, qty_t quantity,
	qty_t expected, struct posted *out)
{
	struct confirmation a = {k, expected};

	if (quantity != expected)
		return post(c, k, quantity - expected, &expected, out);
	*out = (struct posted){.json = nothing_posted};
	return change_run(c, confirm, &a);
}

void stock_level_to_json(struct json_out *j, const char *name, const struct stock_level *s)
{
	json_object(j, name);
	json_int(j, "item_id", s->item_id);
	json_str(j, "sku", s->sku);
	json_int(j, "location_id", s->location_id);
	json_str(j, "location", s->location);
	json_null(j, "lot");
	json_str(j, "unit", s->unit);
	json_qty(j, "on_hand", s->on_hand);
	json_qty(j, "reserved", s->reserved);
	json_qty(j, "available", s->on_hand - s->reserved);
	json_int(j, "version", s->version);
	json_time(j, "updated_at", s->updated_at);
	json_object_end(j);
}
