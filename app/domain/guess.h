/*
 * guess: how long whoever tries passwords has to wait. The table is in the memory that the workers
 * of a host share; each host counts by itself, and a table that is lost begins anew.
 *
 * Three things are counted, each by a keyed hash, so that nobody can aim at the place of another:
 *
 * - account and address together: some tries are free, then the wait doubles up to a maximum. The
 *   owner at another address does not feel it.
 * - an address, for all accounts, with a larger allowance, because many people may share one. Not
 *   asked for an account that has signed in from there lately.
 * - an account, from everywhere. This never refuses: with many tries behind it, the free ones of
 *   each address shrink to one. So nobody who is elsewhere can keep the owner out.
 *
 * A try is counted before the password is looked at, so that tries at the same time are counted as
 * those one after another are. A try that has to wait counts for nothing.
 *
 * An entry is one word, changed by compare and swap: a process that dies leaves no lock. When a set
 * is full the entry with the fewest tries makes room.
 */
#ifndef BINCARD_DOMAIN_GUESS_H
#define BINCARD_DOMAIN_GUESS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define GUESS_SETS 1024
#define GUESS_WAYS 8
#define GUESS_KEY_BYTES 32

#define GUESS_PAIR_FREE 5 /* so many at once; after the last one a second's wait */
#define GUESS_PAIR_WAIT_S_MAX 300
#define GUESS_ADDRESS_FREE 30
#define GUESS_ADDRESS_WAIT_S_MAX 30
#define GUESS_ACCOUNT_MANY 50 /* tries on one account, after which addresses have one free */
#define GUESS_FORGET_S 900 /* without a try */
#define GUESS_KNOWN_S (12 * 3600)

struct guess_table {
	unsigned char key[GUESS_KEY_BYTES]; /* random */
	_Atomic uint64_t slots[GUESS_SETS][GUESS_WAYS];
};

struct guess_who {
	struct str account; /* one spelling for all that the database takes for the same name */
	struct str address; /* of IPv6 the first 64 bits count: that is one customer's */
};

/* Counts a try. 0: go on; else the seconds to wait, and nothing is counted. */
int guess_try(struct guess_table *t, struct arena *a, const struct guess_who *who, int64_t now_us);
/* The try was right: the pair's tries are forgotten, by its address and its account, too. */
void guess_right(
	struct guess_table *t, struct arena *a, const struct guess_who *who, int64_t now_us);

#endif
