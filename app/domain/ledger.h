/*
 * ledger: the one way into the ledger. Everything that changes a quantity posts a movement here.
 *
 * A movement is refused whole or applied whole. The demand is summed per balance (never checked
 * line by line), balances are locked in ascending order of (item, location, lot) and guarded inside
 * the statement that changes them; see docs/decisions/0002-posting.md. Deadlocks are run again here
 * and reach no caller.
 */
#ifndef BINCARD_DOMAIN_LEDGER_H
#define BINCARD_DOMAIN_LEDGER_H

#include "base/err.h"
#include "base/json_out.h"
#include "base/qty.h"
#include "base/timestamp.h"
#include "domain/ctx.h"
#include "store/movement_store.h" /* struct posted: a movement as it is read */

#define LEDGER_LINES_MAX 1000
#define LEDGER_FUTURE_S 300 /* occurred_at may be so far ahead: clocks differ */

/* A line as asked for: names or ids. */
struct ledger_line {
	struct str sku; /* or */
	int64_t item_id;
	struct str from; /* location code, or */
	int64_t from_id;
	struct str to;
	int64_t to_id;
	qty_t quantity; /* > 0, in the item's base unit */
	bool has_expected; /* of a flat movement: its balance must hold exactly `expected` before */
	qty_t expected;
};

struct ledger_movement {
	enum movement_type type;
	struct str reference; /* "" when there is none */
	struct str reason;
	bool has_occurred_at;
	time_us occurred_at; /* default: now */
	const struct ledger_line *lines;
	size_t n;
	bool flat; /* one line, whose fields stand at the top of the body: pointers are "/sku",
		    * "/location", "/quantity" */
	struct str import_key; /* ledger_batch_post: applied once, for ever; STR_NONE: none */
};

/* Posts. All mistakes at once: ERR_INVALID with pointers under "/lines/N/..." (unknown or archived
 * item, unknown or archived location, both ends virtual, same location, reversal as a type,
 * occurred_at in the future); ERR_INSUFFICIENT_STOCK naming for each short line what is available
 * to it; ERR_EXPECTATION. A known key: c->once->replayed, and *out is what its first request
 * posted. */
MUST_CHECK struct err *ledger_post(
	struct ctx *c, const struct ledger_movement *m, struct posted *out);

/* Posts the opposite of a movement. ERR_NOT_FOUND; ERR_CONFLICT when it has been reversed already
 * or is itself a reversal; ERR_INSUFFICIENT_STOCK when what it brought is gone. */
MUST_CHECK struct err *ledger_reverse(
	struct ctx *c, int64_t id, struct str reason, struct posted *out);

/* Many movements in few statements: imports. Between begin and commit any number of batches; all
 * that is posted commits together. A movement that is refused is as if it had not been asked for,
 * and the others are posted; each sees what those before it did. One whose import_key is known,
 * with the same content, is passed over.
 *
 * c->request_id tells one transaction from all others of the same actor. After ERR_DB_DEADLOCK,
 * ERR_DB_LOCK_WAIT or ERR_DB_LOST everything since begin is gone, or, when commit lost the
 * connection, may be there: roll back and begin again. Any other error: roll back. */
enum ledger_batch_outcome { LEDGER_BATCH_POSTED, LEDGER_BATCH_KNOWN, LEDGER_BATCH_REFUSED };
struct ledger_batch_result {
	enum ledger_batch_outcome outcome;
	int64_t id; /* posted */
	struct err *refusal; /* as of ledger_post(), or ERR_KEY_REUSED */
};
MUST_CHECK struct err *ledger_batch_begin(struct ctx *c);
MUST_CHECK struct err *ledger_batch_post(struct ctx *c, const struct ledger_movement *m, size_t n,
	struct ledger_batch_result *results);
MUST_CHECK struct err *ledger_batch_commit(struct ctx *c);
void ledger_batch_rollback(struct ctx *c);

/* One movement with its lines that are within reach; ERR_NOT_FOUND when there are none. 0 stands for the id of
 * a line's end that is not. */
MUST_CHECK struct err *ledger_read(struct ctx *c, int64_t id, struct posted *out);

/* The movement as the API shows it, {"id":...}. */
void ledger_to_json(struct json_out *j, const struct posted *p);

#endif
