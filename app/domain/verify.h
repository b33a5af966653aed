/*
 * verify: recomputes every balance from the ledger and compares; looks whether the ledger itself is
 * whole.
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
	struct ledger_fault *faults;
	size_t fault_count;
	time_us checked_at;
};

/* Reads the whole ledger. The comparison is one snapshot, the faults are another; the counts may be
 * of a moment later. */
MUST_CHECK struct err *verify_ledger(struct ctx *c, struct verification *out);

/* A fault as a sentence: "2 movements do not agree with their lines. The first is movement 7." */
struct str verification_fault_text(struct arena *a, const struct ledger_fault *fault);

/* The result as the API shows it. */
void verification_to_json(struct json_out *j, const struct verification *v);

#endif
