#include "domain/change.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/timestamp.h"
#include "domain/audit.h"
#include "domain/event_type.h"
#include "store/change_store.h"

/* The key is known: its stored answer is what this request gets. */
static struct err *replay(struct ctx *c)
{
	struct once *once = c->once;
	struct stored_answer answer;
	bool found;

	TRY(once_store_find(c->db, c->arena, c->who->actor, once->key, &answer, &found));
	if (!found) /* rolled back meanwhile, or removed by upkeep: try again */
		return err_new(c->arena, ERR_DB_DEADLOCK, "%s", "");
	return once_replay(c, answer.fingerprint, answer.status, answer.body);
}

struct err *once_replay(struct ctx *c, struct str fingerprint, int status, struct str body)
{
	assert(fingerprint.n == sizeof(c->once->fingerprint));
	if (memcmp(fingerprint.p, c->once->fingerprint, fingerprint.n) != 0)
		return err_new(c->arena, ERR_KEY_REUSED,
			"This idempotency key came with another request before.");
	c->once->replayed = true;
	c->once->stored_status = status;
	c->once->stored_body = body;
	return NULL;
}

struct err *once_in_flight(struct ctx *c)
{
	struct err *e = err_new(c->arena, ERR_IN_FLIGHT,
		"The first request with this idempotency key is still running.");

	e->retry_after_s = 1;
	return e;
}

static struct err *claim(struct ctx *c)
{
	struct str fingerprint = {(const char *)c->once->fingerprint, sizeof(c->once->fingerprint)};

	return once_store_claim(
		c->db, c->arena, c->who->actor, c->once->key, fingerprint, c->once->status);
}

static struct err *run_in_transaction(struct ctx *c, change_fn *body, void *arg)
{
	bool once = c->once->key.p != NULL;

	if (once) {
		struct err *e = claim(c);

		if (e && e->code == ERR_DB_LOCK_WAIT)
			return once_in_flight(c);
		TRY(e);
	}
	TRY(body(c, arg));
	TRY(c->mistakes); /* a body that checks its input has refused already */
	return db_commit(c->db, c->arena);
}

static struct err *attempt(struct ctx *c, change_fn *body, void *arg)
{
	struct err *e;

	TRY(db_begin(c->db, c->arena));
	e = run_in_transaction(c, body, arg);
	if (!e)
		return NULL;
	if (db_in_transaction(c->db)) /* a commit that failed has ended it */
		db_rollback(c->db, c->arena);
	/* The claim comes first, so a duplicate is the key; if it was the body's after all,
	 * replay() finds no key, and the next attempt meets what stands in the way. */
	if (e->code == ERR_DB_DUPLICATE_KEY && c->once->key.p)
		return replay(c);
	return e;
}

struct err *change_run(struct ctx *c, change_fn *body, void *arg)
{
	struct err *e;
	int n = 1;

	if (db_in_transaction(c->db))
		return body(c, arg);
	do
		e = attempt(c, body, arg);
	while (e && change_again(c, e, &n));
	return e;
}

/* "bincard.item.created.v1" is action "created" of resource "item". */
static struct err *audit(
	struct ctx *c, const char *type, int64_t subject, struct str before, struct str after)
{
	struct audit_note note = {.before = before, .after = after};
	struct str rest;

	(void)str_cut(str_of(type), '.', &rest);
	note.resource = str_cut(rest, '.', &rest);
	note.action = str_cut(rest, '.', &rest);
	assert(note.resource.n && note.action.n);
	note.resource_id = str_printf(c->arena, "%lld", (long long)subject);
	return audit_record(c, &note);
}

static struct err *announce(struct ctx *c, const char *type, int64_t subject, struct str json)
{
	struct outbox_row row = {
		.type = type,
		.subject = subject,
		.actor = c->who->actor,
		.app = c->who->app,
		.request_id = c->request_id,
		.traceparent = c->traceparent,
		.data = json,
	};

	assert(event_type_of(str_of(type)));
	TRY(outbox_store_add(c->db, c->arena, &row));
	return change_unchanged(c, json);
}

struct err *change_record_from(
	struct ctx *c, const char *type, int64_t subject, struct str before, struct str json)
{
	TRY(audit(c, type, subject, before, json));
	return announce(c, type, subject, json);
}

struct err *change_record(struct ctx *c, const char *type, int64_t subject, struct str json)
{
	return change_record_from(c, type, subject, STR_NONE, json);
}

struct err *change_record_gone(struct ctx *c, const char *type, int64_t subject, struct str json)
{
	TRY(audit(c, type, subject, json, STR_NONE));
	return announce(c, type, subject, json);
}

struct err *change_unchanged(struct ctx *c, struct str json)
{
	if (!c->once->key.p)
		return NULL;
	return once_store_answer(c->db, c->arena, c->who->actor, c->once->key, json);
}

bool change_again(struct ctx *c, const struct err *e, int *attempt)
{
	if (e->code != ERR_DB_DEADLOCK && e->code != ERR_DB_LOCK_WAIT)
		return false;
	db_stats_retry(c->db);
	change_pause(*attempt);
	*attempt += e->code == ERR_DB_LOCK_WAIT ? CHANGE_ATTEMPTS_MAX / CHANGE_LOCK_WAITS_MAX : 1;
	return *attempt <= CHANGE_ATTEMPTS_MAX;
}

/* 1, 2, 4 ... 64 ms, plus up to as much again at random, so that those who met do not
 * meet again. */
void change_pause(int n)
{
	long base_us = 1000L << (n < 7 ? n - 1 : 6);
	uint64_t noise = (uint64_t)time_monotonic_us() * 2654435761U;
	long wait_us = base_us + (long)(noise % (uint64_t)base_us);
	struct timespec t = {wait_us / 1000000, wait_us % 1000000 * 1000};

	nanosleep(&t, NULL);
}
