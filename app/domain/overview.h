/*
 * overview: what stands out today, for people. Nothing here is a rule.
 */
#ifndef BINCARD_DOMAIN_OVERVIEW_H
#define BINCARD_DOMAIN_OVERVIEW_H

#include "domain/ctx.h"
#include "store/overview_store.h"

/* Today is the day in UTC. */
MUST_CHECK struct err *overview_counts(struct ctx *c, struct overview_counts *out);
/* As overview_store_uses(). */
MUST_CHECK struct err *overview_location_uses(struct ctx *c, const int64_t *locations,
	size_t location_count, struct location_use **uses, size_t *n);

#endif
