/*
 * ledger_batch: the inside of ledger_batch_post(), shared by ledger_batch.c and
 * ledger_batch_write.c alone.
 */
#ifndef BINCARD_DOMAIN_LEDGER_BATCH_H
#define BINCARD_DOMAIN_LEDGER_BATCH_H

#include "base/digest.h"
#include "domain/ledger_plan.h"

/* Well below what a server takes as one statement's argument (max_allowed_packet, 16 MiB). */
#define LEDGER_LIST_BYTES_MAX ((size_t)12 * 1024 * 1024)

struct batch_entry {
	const struct ledger_movement *m;
	struct ledger_batch_result *out;
	unsigned char fingerprint[DIGEST_BYTES];
	const struct batch_entry *before; /* the one before it with the same key */
	bool open; /* not known, and nothing wrong so far */
	bool posted;
	struct ledger_plan plan;
	struct ledger_balance *became; /* of a posted one: the balances of its demands after it */
};

struct ledger_batch {
	struct ctx *c;
	struct batch_entry *entries;
	size_t n;
	struct demand *sums; /* what the posted ones do to each balance, in lock order */
	int64_t *touched; /* by how many of them */
	struct ledger_balance *balances; /* as they are after these */
	size_t balance_count;
};

/* A JSON array for a statement, written into `b`. */
struct json_out ledger_list_begin(struct arena *a, struct buf *b);
MUST_CHECK struct err *ledger_list_end(struct arena *a, struct json_out *j, struct str *out);

/* Writes what was decided: balances, movements, places, lines, keys, events. */
MUST_CHECK struct err *ledger_batch_write(struct ledger_batch *b);

#endif
