/*
 * verify: recomputes every balance from the ledger and compares.
 */
#ifndef BINCARD_DOMAIN_VERIFY_H
#define BINCARD_DOMAIN_VERIFY_H

#include "base/err.h"
#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/verify_store.h"

#define VERIFY_DIFFERENCES_MAX 100

struct verification {
	bool ok;
	struct ledger_counts counts;
	int64_t difference_count;
	struct difference *differences; /* the first VERIFY_DIFFERENCES_MAX */
	size_t n;
	time_us checked_at;
};

/* Reads the whole ledger. The comparison is one snapshot; the counts may be of a moment later. */
MUST_CHECK struct err *verify_ledger(struct ctx *c, struct verification *out);

/* The result as the API shows it. */
void verification_to_json(struct json_out *j, const struct verification *v);

#endif
