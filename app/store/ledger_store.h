/*
 * ledger_store: the call that posts, and what a refusal needs to explain itself.
 */
#ifndef BINCARD_STORE_LEDGER_STORE_H
#define BINCARD_STORE_LEDGER_STORE_H

#include "base/qty.h"
#include "db/db.h"

/* A movement of one line, in place of the two lists. */
struct ledger_single {
	int64_t item_id;
	qty_t quantity;
	int64_t location_id; /* the balance that changes; the lower of two */
	qty_t delta;
	int64_t other_id; /* the other balance, which changes by -delta; 0: none */
	bool has_expected;
	qty_t expected;
};

/* Formats of balances, lines and event: sql/routines/ledger_post.sql. */
struct ledger_call {
	int64_t epoch;
	struct str actor, app, request_id, traceparent;
	struct str key, fingerprint; /* STR_NONE: none */
	int status;
	const char *type;
	struct str reference, reason;
	time_us occurred_at;
	int64_t reverses; /* 0: none */
	struct str event;
	size_t line_count, balance_count;
	int64_t from_id, to_id; /* of all lines; 0: several, which are in places */
	struct str places; /* STR_NONE: none */
	struct ledger_single single; /* line_count 1 */
	struct str balances, lines; /* more */
};

struct ledger_posted {
	int64_t id;
	time_us recorded_at;
};

/* Posts, in a transaction of its own. Nothing is changed when it fails: ERR_DB_DUPLICATE_KEY (the
 * key is known, or the original has been reversed), ERR_DB_REFUSED (a balance is missing, too
 * small, too large or not as expected), ERR_DB_STALE (the names are of another epoch), and what
 * every statement may meet. */
MUST_CHECK struct err *ledger_store_post(
	struct db *db, struct arena *a, const struct ledger_call *call, struct ledger_posted *out);

struct ledger_balance {
	bool exists;
	qty_t on_hand, reserved;
	int64_t version;
};
/* balances[0..n) in the order of the JSON. */
MUST_CHECK struct err *ledger_store_balances(
	struct db *db, struct arena *a, struct str balances, size_t n, struct ledger_balance *out);
/* Makes the rows that are missing, for active items at active locations. */
MUST_CHECK struct err *ledger_store_make_balances(
	struct db *db, struct arena *a, struct str balances);

/* ---- many movements at once: domain/ledger_batch.c; lists are JSON, formats in ledger.def ---- */

struct ledger_known {
	size_t position; /* in the list */
	struct str fingerprint;
};
/* Those keys of the list that are there. */
MUST_CHECK struct err *ledger_store_known(struct db *db, struct arena *a, struct str actor,
	struct str keys, struct ledger_known **rows, size_t *n);
/* As ledger_store_balances(), and the rows stay locked. */
MUST_CHECK struct err *ledger_store_lock_balances(
	struct db *db, struct arena *a, struct str balances, size_t n, struct ledger_balance *out);
/* *changed: how many of the balances allowed it. */
MUST_CHECK struct err *ledger_store_move_balances(
	struct db *db, struct arena *a, struct str balances, int64_t *changed);

struct ledger_added {
	int64_t id, line_count;
	time_us recorded_at;
};
/* *added: n rows, in the order of the list. */
MUST_CHECK struct err *ledger_store_add_movements(struct db *db, struct arena *a, struct str actor,
	struct str request_id, struct str movements, size_t n, struct ledger_added **added);
MUST_CHECK struct err *ledger_store_add_places(struct db *db, struct arena *a, struct str places);
MUST_CHECK struct err *ledger_store_add_lines(struct db *db, struct arena *a, struct str lines);
/* ERR_DB_DUPLICATE_KEY when one is there. */
MUST_CHECK struct err *ledger_store_add_keys(
	struct db *db, struct arena *a, struct str actor, struct str keys);
struct ledger_origin {
	struct str actor, app, request_id, traceparent;
};
MUST_CHECK struct err *ledger_store_add_events(
	struct db *db, struct arena *a, const struct ledger_origin *from, struct str movements);

#endif
