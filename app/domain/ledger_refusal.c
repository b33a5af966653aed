#include "domain/ledger_plan.h"

#include "store/ledger_store.h"

/* What a line is short of, for every line that takes from a balance that cannot give. */
static void explain_short(struct ctx *c, struct err **e, const struct ledger_plan *plan,
	const struct demand *d, qty_t available)
{
	const struct posted *p = &plan->movement;
	struct str has = qty_str(c->arena, available);

	if (!*e)
		*e = err_new(c->arena, ERR_INSUFFICIENT_STOCK, "There is not enough stock.");
	for (size_t i = 0; i < p->n; i++) {
		const struct posted_line *l = &p->lines[i];
		struct err_field *f;

		if (l->item_id != d->item_id || l->from_id != d->location_id)
			continue;
		f = err_add_field(e, c->arena, ledger_pointer(c->arena, plan->asked, i, "quantity"),
			"insufficient_stock", "%.*s is asked of %.*s at %.*s; %.*s is available.",
			STR_ARG(qty_str(c->arena, d->taken)), STR_ARG(l->sku), STR_ARG(l->from),
			STR_ARG(has));
		if (f) {
			f->extra_name = STR("available");
			f->extra_value = has;
		}
	}
}

static void explain_unexpected(struct ctx *c, struct err **e, const struct ledger_plan *plan,
	const struct demand *d, qty_t on_hand)
{
	struct err_field *f;
	const char *field = plan->asked->flat ? "expected" : "quantity";

	if (!*e)
		*e = err_new(c->arena, ERR_EXPECTATION, "The stock is not what was expected.");
	f = err_add_field(e, c->arena, ledger_pointer(c->arena, plan->asked, 0, field),
		"unexpected_quantity", "%.*s was expected; %.*s is on hand.",
		STR_ARG(qty_str(c->arena, d->expected)), STR_ARG(qty_str(c->arena, on_hand)));
	if (f) {
		f->extra_name = STR("on_hand");
		f->extra_value = qty_str(c->arena, on_hand);
	}
}

static void explain_full(struct ctx *c, struct err **e)
{
	if (!*e)
		*e = err_new(
			c->arena, ERR_CONFLICT, "A balance would be over 999999999999.999999.");
}

struct err *ledger_refusal(struct ctx *c, const struct ledger_plan *plan,
	const struct ledger_balance *b, bool *missing)
{
	struct err *e = NULL;

	*missing = false;
	for (size_t i = 0; i < plan->demand_count; i++) {
		const struct demand *d = &plan->demands[i];
		qty_t after;

		*missing |= !b[i].exists;
		if (d->has_expected && b[i].on_hand != d->expected)
			explain_unexpected(c, &e, plan, d, b[i].on_hand);
		else if (!qty_add(b[i].on_hand, d->delta, &after))
			explain_full(c, &e);
		else if (d->delta < 0 && after < b[i].reserved)
			/* The demand is the net; what lines bring to the same balance counts. */
			explain_short(
				c, &e, plan, d, b[i].on_hand - b[i].reserved + d->taken + d->delta);
	}
	return e;
}

/* A worker remembers what a name stands for, not that it was archived since; asked by id
 * it looks. */
static struct err *look_again(struct ctx *c, const struct ledger_plan *plan)
{
	struct ledger_movement m = *plan->asked;
	struct ledger_line *lines = ARENA_ARRAY(c->arena, m.n, struct ledger_line);
	struct ledger_names names;
	struct ledger_plan fresh;

	for (size_t i = 0; i < m.n; i++) {
		const struct posted_line *l = &plan->movement.lines[i];

		lines[i] = (struct ledger_line){
			.item_id = l->item_id,
			.from_id = l->from_id,
			.to_id = l->to_id,
		};
	}
	m.lines = lines;
	TRY(ledger_resolve(c, &m, 1, &names));
	ledger_ask(c->arena, plan->asked, 1, &names); /* mistakes are told in the request's terms */
	return ledger_plan_with(c, plan->asked, &names, 0, &fresh);
}

struct err *ledger_explain_refusal(struct ctx *c, const struct ledger_plan *plan)
{
	size_t n = plan->demand_count;
	struct ledger_balance *b = ARENA_ARRAY(c->arena, n, struct ledger_balance);
	struct str demands = ledger_demands_json(c->arena, plan);
	struct err *refusal;
	bool missing;

	TRY(ledger_store_balances(c->db, c->arena, demands, n, b));
	refusal = ledger_refusal(c, plan, b, &missing);
	if (missing) /* never touched, or archived */
		TRY(look_again(c, plan));
	TRY(refusal);
	return missing ? ledger_store_make_balances(c->db, c->arena, demands) : NULL;
}
