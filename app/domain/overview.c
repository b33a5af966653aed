#include "domain/overview.h"

#include "domain/reach.h"

struct err *overview_counts(struct ctx *c, struct overview_counts *out)
{
	const struct overview_reach reach = {
		.stock = reach_of(c, PERM_STOCK_READ),
		.locations = reach_of(c, PERM_LOCATIONS_READ),
		.movements = reach_of(c, PERM_MOVEMENTS_READ),
	};
	time_us now = time_now();

	return overview_store_counts(c->db, c->arena, now - now % TIME_DAY, &reach, out);
}

struct err *overview_location_uses(struct ctx *c, const int64_t *locations, size_t location_count,
	struct location_use **uses, size_t *n)
{
	return overview_store_uses(
		c->db, c->arena, locations, location_count, reach_of(c, PERM_STOCK_READ), uses, n);
}
