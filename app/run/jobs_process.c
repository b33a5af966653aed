#include "run/jobs_process.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "jobs/issuer_refresh.h"
#include "jobs/key_turn.h"
#include "jobs/settings_turn.h"
#include "jobs/upkeep.h"
#include "run/worker.h"

#define ARENA_BYTES_MAX ((size_t)16 << 20)
#define ROUND_US 60000000
#define LOCK_NAME "bincard.jobs"

/* The signal is open during the wait alone, so none is missed between the look and the wait. */
static void wait_until(int64_t at_us)
{
	sigset_t blocked, open;
	int64_t left_us = at_us - time_monotonic_us();
	struct timespec left = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	if (!process_stop && left_us > 0)
		ppoll(NULL, 0, &left, &open);
	sigprocmask(SIG_SETMASK, &open, NULL);
}

static struct err *one_round(
	struct db *db, struct arena *a, const struct config *c, struct upkeep_counts *counts)
{
	const struct upkeep_days days = {
		.events = c->feed.keep_days, .deliveries = c->webhooks.keep_days};
	struct err *e;
	bool made;
	bool got;

	TRY(db_lock(db, a, LOCK_NAME, 0, &got));
	if (!got) /* another host is at it */
		return NULL;
	e = upkeep_run(db, a, &days, &process_stop, counts);
	if (!e && !process_stop)
		e = key_turn_run(db, a, &c->auth, &made);
	if (!e && !process_stop)
		e = issuer_refresh_run(db, a, &c->auth, &c->sso, &process_stop);
	db_unlock(db, a, LOCK_NAME);
	return e;
}

static void log_round(const struct err *e, const struct upkeep_counts *counts)
{
	struct log_line l;

	if (e)
		log_err(LOG_WARNING, "upkeep", e);
	if (!counts->sessions && !counts->idempotency_keys && !counts->revoked_tokens &&
		!counts->assertions && !counts->pending_sign_ins && !counts->codes &&
		!counts->families && !counts->events && !counts->deliveries)
		return;
	log_begin(&l, LOG_INFO, "upkeep");
	log_int(&l, "sessions", counts->sessions);
	log_int(&l, "pending_sign_ins", counts->pending_sign_ins);
	log_int(&l, "idempotency_keys", counts->idempotency_keys);
	log_int(&l, "revoked_tokens", counts->revoked_tokens);
	log_int(&l, "authorization_codes", counts->codes);
	log_int(&l, "grants", counts->families);
	log_int(&l, "assertions", counts->assertions);
	log_int(&l, "events", counts->events);
	log_int(&l, "deliveries", counts->deliveries);
	log_end(&l);
}

/* Each host notes its own, so not under the lock of the round. */
static bool note_settings(struct db *db, struct arena *a, const struct config *c)
{
	struct err *e = db_ready(db, a);

	if (!e)
		e = settings_turn_run(db, a, str_of(c->file), config_lines(a, c));
	if (e)
		log_err(LOG_WARNING, "settings", e);
	return !e;
}

int jobs_process_run(const struct config *c, void (*ready)(void *arg), void *arg)
{
	struct arena *a = arena_new(ARENA_BYTES_MAX);
	struct db *db = db_new(&c->app, DB_SET_APP);
	bool noted = false;

	log_text(LOG_INFO, "started");
	ready(arg);
	while (!process_stop) {
		const int64_t begun_us = time_monotonic_us();
		struct upkeep_counts counts = {0};

		log_round(one_round(db, a, c, &counts), &counts);
		noted = noted || note_settings(db, a, c);
		arena_reset(a);
		wait_until(begun_us + ROUND_US);
	}
	db_free(db);
	arena_free(a);
	log_text(LOG_INFO, "ended");
	return EXIT_SUCCESS;
}
