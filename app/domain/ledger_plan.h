/*
 * ledger_plan: a movement as it was asked for becomes a movement that can be posted: every mistake
 * found at once, names resolved, the demand summed per balance in lock order. Used by
 * domain/ledger.c and ledger_batch.c alone.
 */
#ifndef BINCARD_DOMAIN_LEDGER_PLAN_H
#define BINCARD_DOMAIN_LEDGER_PLAN_H

#include "domain/ledger.h"
#include "domain/names.h"
#include "store/ledger_store.h"

/* Whose reach (domain/reach.h) its locations must be within. */
static inline enum permission ledger_permission(const struct ledger_movement *m)
{
	return m->flat ? PERM_STOCK_WRITE : PERM_MOVEMENTS_WRITE;
}

/* What a movement does to one balance. */
struct demand {
	int64_t item_id, location_id;
	qty_t delta; /* 0 when its lines cancel out */
	qty_t taken; /* the part that is taken from it, > 0 when lines take */
	bool has_expected;
	qty_t expected;
};

/* Where the lines of a movement come from and go to: one location for all of them, or several, by
 * which it is then found among movement_place. */
struct ledger_ends {
	int64_t from_id, to_id; /* 0: several */
	int64_t *places; /* ascending, each once */
	size_t place_count;
};

struct ledger_plan {
	const struct ledger_movement *asked;
	struct posted movement; /* resolved; id and recorded_at come with the posting */
	int64_t epoch; /* that the names hold for */
	struct demand *demands; /* ascending by item and location */
	size_t demand_count;
	struct ledger_ends ends;
};

/* What the names in all lines of some movements stand for. places: first where from, of all lines,
 * then where to. */
struct ledger_names {
	size_t n; /* lines */
	struct name_query *item_asked, *place_asked;
	struct name *items, *places;
	int64_t epoch;
};

/* Fills in what is asked for; resolving does so, too. What is out of reach stands for nothing; all of
 * the movements need the same permission. */
void ledger_ask(struct arena *a, const struct ledger_movement *m, size_t n, struct ledger_names *r);
MUST_CHECK struct err *ledger_resolve(
	struct ctx *c, const struct ledger_movement *m, size_t n, struct ledger_names *r);

/* ERR_INVALID with all that is wrong, c->mistakes included. */
MUST_CHECK struct err *ledger_plan(
	struct ctx *c, const struct ledger_movement *m, struct ledger_plan *out);
/* The same for one of several, whose lines begin at `first` in `names`. */
MUST_CHECK struct err *ledger_plan_with(struct ctx *c, const struct ledger_movement *m,
	const struct ledger_names *names, size_t first, struct ledger_plan *out);

/* The lists of ledger_call. */
struct str ledger_places_json(struct arena *a, const struct ledger_plan *plan); /* STR_NONE: none */
struct str ledger_demands_json(struct arena *a, const struct ledger_plan *plan);
struct str ledger_lines_json(struct arena *a, const struct ledger_plan *plan);

/* The order in which balances are locked. */
int ledger_compare_demands(const void *a, const void *b);

/* Where a line's field stands in the request: "/lines/3/quantity", or "/quantity" of a flat
 * movement. */
struct str ledger_pointer(
	struct arena *a, const struct ledger_movement *m, size_t line, const char *field);

/* What stands in the way of the plan at these balances, one a demand; NULL: nothing but rows that
 * are missing, when *missing. */
MUST_CHECK struct err *ledger_refusal(struct ctx *c, const struct ledger_plan *plan,
	const struct ledger_balance *balances, bool *missing);

/* A refused posting: why? NULL when nothing stands in its way any more, so that it may be tried
 * again: the missing balances have been made, or somebody brought stock meanwhile. */
MUST_CHECK struct err *ledger_explain_refusal(struct ctx *c, const struct ledger_plan *plan);

#endif
