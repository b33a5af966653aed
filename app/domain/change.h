/*
 * change: the transaction around every change that is not a posting (those: domain/ledger.h).
 *
 *	struct err *item_create(struct ctx *c, ...)
 *	{
 *		return change_run(c, item_create_tx, &args);
 *	}
 *
 * The body checks, stores, and ends with change_record(): the outbox row and the stored answer
 * commit with the effect. Deadlock or lock wait: the whole body runs again, a bounded number of
 * times with jitter, so a body must set its outputs anew each time.
 */
#ifndef BINCARD_DOMAIN_CHANGE_H
#define BINCARD_DOMAIN_CHANGE_H

#include "base/err.h"
#include "domain/ctx.h"

typedef struct err *change_fn(struct ctx *c, void *arg);

/* Begins, claims the idempotency key if there is one, runs the body, commits. When the key is known
 * nothing is run: c->once->replayed is set and NULL returned (ERR_KEY_REUSED when the fingerprint
 * is another, ERR_IN_FLIGHT when the first request holds it for longer than the lock wait).
 *
 * Inside a transaction that is open already (an import that keeps all or nothing) only the body
 * runs: its error leaves what it had done so far to whoever opened the transaction, who rolls back.
 */
MUST_CHECK struct err *change_run(struct ctx *c, change_fn *body, void *arg);

/* Writes the outbox row, the entry of the audit log (domain/audit.h), and the answer into the
 * idempotency record if there is one. `json` is the resource as the API shows it. type:
 * "bincard.item.created.v1". */
MUST_CHECK struct err *change_record(
	struct ctx *c, const char *type, int64_t subject, struct str json);
/* The same for what was there before: the audit log says what was changed of it. */
MUST_CHECK struct err *change_record_from(
	struct ctx *c, const char *type, int64_t subject, struct str before, struct str json);
/* ... and for what is gone: `json` is what it was. */
MUST_CHECK struct err *change_record_gone(
	struct ctx *c, const char *type, int64_t subject, struct str json);
/* Instead of it when there was nothing to change: the answer is stored, the feed hears nothing. */
MUST_CHECK struct err *change_unchanged(struct ctx *c, struct str json);

/* The stored answer of a known key becomes this request's: ERR_KEY_REUSED when the fingerprint is
 * that of another request, else c->once->replayed. */
MUST_CHECK struct err *once_replay(
	struct ctx *c, struct str fingerprint, int status, struct str body);

/* The answer to a key whose first request is still running. */
struct err *once_in_flight(struct ctx *c);

/* What an attempt that failed may do: true after a pause when it may run again, because of a
 * deadlock or a lock that was waited for in vain. *attempt, 1 for the first, counts up; a lock wait
 * has taken seconds already and counts for several. The ledger uses the same. */
#define CHANGE_ATTEMPTS_MAX 12
MUST_CHECK bool change_again(struct ctx *c, const struct err *e, int *attempt);
/* The pause before attempt n + 1. */
void change_pause(int n);

#endif
