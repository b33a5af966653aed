/*
 * sequencer: gives the changes that have committed their place in the feed (docs/decisions/0011-feed.md).
 *
 * Any number of processes may try; the one that holds the lease does it, and the others take over when it
 * has not been heard of for SEQUENCER_LEASE_S.
 */
#ifndef BINCARD_FEED_SEQUENCER_H
#define BINCARD_FEED_SEQUENCER_H

#include "db/db.h"

#define SEQUENCER_LEASE_S 3
#define SEQUENCER_ROWS 500 /* of the outbox, in one transaction */

struct sequencer {
	struct str
		holder; /* what this process is called in feed_state: at most 100 characters of ASCII */
	int64_t fence; /* 0: the lease is another's */
	int rows; /* fewer after an error, which may be of their size; 0: SEQUENCER_ROWS */
};

/* Sequences what has committed, once; takes the lease first when it can. *moved: rows of the outbox, of which
 * more may be there when they are SEQUENCER_ROWS. An error leaves nothing half done, and the lease as it
 * was. */
MUST_CHECK struct err *sequencer_step(
	struct sequencer *s, struct db *db, struct arena *a, int64_t *moved);
/* Gives the lease back, if it is held. */
MUST_CHECK struct err *sequencer_end(struct sequencer *s, struct db *db, struct arena *a);

#endif
