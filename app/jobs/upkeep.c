#include "jobs/upkeep.h"

#include "store/event_store.h"

#define STEP_ROWS 500
#define HOUR_US ((time_us)3600 * 1000000)
/* A host whose clock is behind still takes what has just ended. */
#define CLOCKS_DIFFER_US ((time_us)600 * 1000000)

static struct err *clear(struct db *db, struct arena *a, enum stmt_id id, time_us before,
	const volatile sig_atomic_t *stop, int64_t *count)
{
	int64_t gone;

	do {
		TRY(db_exec(db, a, id, DB_ARGS(db_time(before), db_int(STEP_ROWS)), &gone, NULL));
		*count += gone;
	} while (gone == STEP_ROWS && !*stop);
	return NULL;
}

static struct err *clear_events(struct db *db, struct arena *a, time_us before,
	const volatile sig_atomic_t *stop, int64_t *count)
{
	int64_t gone;

	do {
		TRY(event_store_prune(db, a, before, STEP_ROWS, &gone));
		*count += gone;
	} while (gone == STEP_ROWS && !*stop);
	return NULL;
}

/* What is left of webhooks that are gone. */
static struct err *clear_history(
	struct db *db, struct arena *a, const volatile sig_atomic_t *stop, int64_t *count)
{
	struct db_rows webhook;
	int64_t gone;

	for (;;) {
		TRY(db_query(db, a, UPKEEP_GONE_WEBHOOK, DB_NO_ARGS, &webhook));
		if (!webhook.n)
			return NULL;
		do {
			TRY(db_exec(db, a, UPKEEP_GONE_DELIVERIES,
				DB_ARGS(db_int(db_row(&webhook, 0)[0].num), db_int(STEP_ROWS)),
				&gone, NULL));
			*count += gone;
			if (*stop)
				return NULL;
		} while (gone == STEP_ROWS);
	}
}

struct err *upkeep_run(struct db *db, struct arena *a, const struct upkeep_days *days,
	const volatile sig_atomic_t *stop, struct upkeep_counts *counts)
{
	const time_us now = time_now();

	TRY(clear(db, a, UPKEEP_SESSIONS, now, stop, &counts->sessions));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_PENDING_SIGN_INS, now, stop, &counts->pending_sign_ins));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_SSO_SIGN_INS, now, stop, &counts->pending_sign_ins));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_REVOKED_TOKENS, now - CLOCKS_DIFFER_US, stop,
		&counts->revoked_tokens));
	if (*stop)
		return NULL;
	/* a code that is used again a little later still ends what it gave */
	TRY(clear(db, a, UPKEEP_CODES, now - 24 * HOUR_US, stop, &counts->codes));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_FAMILIES, now - CLOCKS_DIFFER_US, stop, &counts->families));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_ASSERTIONS, now - CLOCKS_DIFFER_US, stop, &counts->assertions));
	if (*stop)
		return NULL;
	TRY(clear_events(db, a, now - days->events * TIME_DAY, stop, &counts->events));
	if (*stop)
		return NULL;
	TRY(clear(db, a, UPKEEP_DELIVERIES, now - days->deliveries * TIME_DAY, stop,
		&counts->deliveries));
	if (*stop)
		return NULL;
	TRY(clear_history(db, a, stop, &counts->deliveries));
	if (*stop)
		return NULL;
	return clear(db, a, UPKEEP_IDEMPOTENCY_KEYS, now - UPKEEP_KEY_HOURS * HOUR_US, stop,
		&counts->idempotency_keys);
}
