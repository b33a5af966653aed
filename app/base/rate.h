/*
 * rate: token buckets in memory that processes share, without a lock, so that a process that is
 * killed leaves none behind.
 *
 * A bucket is one 64-bit word: a tag of 16 bits, and in 48 bits the microsecond at which it will be
 * full again. Taking a token is one compare-and-swap, and so exact over all processes. A bucket that
 * is full again says nothing, so its place is given to whoever comes; one that is not is never pushed
 * out. Who finds no place shares a bucket with others like him. Callers that have signed in and
 * strangers have regions of their own: no number of addresses takes a place from a known caller.
 */
#ifndef BINCARD_BASE_RATE_H
#define BINCARD_BASE_RATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* clang-format off */
/*    group            name of the policy */
#define RATE_TABLE(X) \
	X(RATE_API_READ,   "api-read") \
	X(RATE_API_WRITE,  "api-write") \
	X(RATE_PAGE_READ,  "page-read") \
	X(RATE_PAGE_WRITE, "page-write") \
	X(RATE_SIGN_IN,    "sign-in") \
	X(RATE_TOKEN,      "token")
/* clang-format on */

enum rate_group {
#define X(group, name) group,
	RATE_TABLE(X)
#undef X
		RATE_GROUPS,
	RATE_NONE
};

#define RATE_WAYS 8
#define RATE_SETS 4096
#define RATE_CROWDS 64
#define RATE_KEY_BYTES 16

enum rate_region { RATE_KNOWN, RATE_STRANGERS, RATE_REGIONS };

struct rate_region_cells {
	_Alignas(64) _Atomic uint64_t sets[RATE_SETS][RATE_WAYS];
	_Atomic uint64_t crowds[RATE_GROUPS][RATE_CROWDS];
};

/* Zero but for the key is an empty table. */
struct rate_table {
	unsigned char key[RATE_KEY_BYTES]; /* random: nobody can aim at a place */
	_Atomic uint64_t refused[RATE_GROUPS];
	struct rate_region_cells regions[RATE_REGIONS];
};

/* `quota` tokens in `window_s` seconds, of which `burst` may be taken at once. quota 0: no limit. */
#define RATE_QUOTA_MAX 1000000
#define RATE_WINDOW_S_MAX 3600
#define RATE_PER_SECOND_MAX 100000
struct rate_policy {
	uint32_t quota, window_s, burst;
};

/* Whose bucket. The name is a caller's or an address's bytes, at most RATE_NAME_MAX. */
#define RATE_NAME_MAX 64
struct rate_who {
	enum rate_group group;
	enum rate_region region;
	struct str name;
};

/* How a bucket stands. */
struct rate_left {
	uint32_t tokens;
	uint32_t full_in_s; /* rounded up */
	uint32_t retry_in_s; /* until there is a token, rounded up; 0: there is one */
};

const char *rate_group_name(enum rate_group group);

/* "off", "QUOTA/SECONDS" or "QUOTA/SECONDS/BURST"; the burst is the quota unless told. */
bool rate_policy_parse(struct str text, struct rate_policy *out);

/* Takes a token; false when there is none, and then nothing is taken. Counts refusals. now_us is
 * monotonic, the same clock for all processes. */
bool rate_take(struct rate_table *t, const struct rate_who *who, const struct rate_policy *policy,
	int64_t now_us, struct rate_left *left);
/* How the bucket stands, without taking. */
void rate_look(struct rate_table *t, const struct rate_who *who, const struct rate_policy *policy,
	int64_t now_us, struct rate_left *left);
/* Fills the bucket up. */
void rate_reset(struct rate_table *t, const struct rate_who *who);
/* The number of buckets of a region that are not full, of RATE_SETS * RATE_WAYS. */
unsigned rate_in_use(struct rate_table *t, enum rate_region region, int64_t now_us);

#endif
