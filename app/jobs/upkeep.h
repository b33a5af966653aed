/*
 * upkeep: takes away what has had its time: sessions and sign-ins that have ended, answers that were kept for
 * retries, revoked tokens that have ended. In small steps, each its own transaction, so that nobody waits for it.
 */
#ifndef BINCARD_JOBS_UPKEEP_H
#define BINCARD_JOBS_UPKEEP_H

#include <signal.h>

#include "db/db.h"

/* Clients are promised 24 hours; the second day is for those who retry late. */
#define UPKEEP_KEY_HOURS 48

/* What is kept for how long. */
struct upkeep_days {
	int events, deliveries;
};

struct upkeep_counts {
	int64_t sessions;
	int64_t pending_sign_ins; /* at a second factor, or at the provider */
	int64_t idempotency_keys;
	int64_t revoked_tokens;
	int64_t codes; /* that apps were given for a user */
	int64_t families; /* of tokens, with their refresh tokens */
	int64_t assertions; /* of clients: the record that each was used */
	int64_t events; /* of the feed */
	int64_t deliveries; /* to webhooks */
};

/* Until nothing is left to do or *stop is set; *counts says what was taken away, also after an
 * error. */
MUST_CHECK struct err *upkeep_run(struct db *db, struct arena *a, const struct upkeep_days *days,
	const volatile sig_atomic_t *stop, struct upkeep_counts *counts);

#endif
