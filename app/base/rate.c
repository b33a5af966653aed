/* The generic cell rate algorithm: a bucket is known by the time at which it is full again. */
#include "base/rate.h"

#include <assert.h>
#include <string.h>

#include "base/secret.h"

#define TIME_BITS 48
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define TIME_SPAN (INT64_C(1) << TIME_BITS)
#define US_PER_S 1000000
/* No policy's bucket takes longer to fill; token_us() rounds up. */
#define AHEAD_MAX ((int64_t)RATE_WINDOW_S_MAX * US_PER_S + RATE_QUOTA_MAX)
#define EMPTY INT64_MIN /* older than any bucket */

static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "buckets need no lock");

static const char *const names[RATE_GROUPS] = {
#define X(group, name) [group] = name,
	RATE_TABLE(X)
#undef X
};

const char *rate_group_name(enum rate_group group)
{
	assert(group < RATE_GROUPS);
	return names[group];
}

static bool take_part(struct str *rest, int64_t max, uint32_t *out)
{
	struct str part = str_cut(*rest, '/', rest);
	int64_t n;

	if (!str_to_int(part, &n) || n < 1 || n > max)
		return false;
	*out = (uint32_t)n;
	return true;
}

bool rate_policy_parse(struct str text, struct rate_policy *out)
{
	struct str rest = text;

	*out = (struct rate_policy){0};
	if (str_is(text, "off"))
		return true;
	if (!take_part(&rest, RATE_QUOTA_MAX, &out->quota) || !rest.p ||
		!take_part(&rest, RATE_WINDOW_S_MAX, &out->window_s))
		return false;
	out->burst = out->quota;
	if (rest.p && !take_part(&rest, out->quota, &out->burst))
		return false;
	return !rest.p && out->quota / out->window_s <= RATE_PER_SECOND_MAX;
}

/* ---- one bucket ---- */

/* Rounded up: never more than the quota. */
static int64_t token_us(const struct rate_policy *p)
{
	return ((int64_t)p->window_s * US_PER_S + p->quota - 1) / p->quota;
}

/* How far ahead of now the time in a word is. The clock of 48 bits turns over after 8.9 years:
 * whatever is further ahead than can be is a time gone by, or one from before the host started. A shorter
 * one would take a bucket that nobody used for a turn, less what can be ahead, for an empty one. */
static int64_t ahead_us(uint64_t word, int64_t now_us)
{
	int64_t d = (int64_t)((word - (uint64_t)now_us) & TIME_MASK);

	return d <= AHEAD_MAX ? d : d - TIME_SPAN;
}

/* What is missing until the bucket is full. More than it holds is a larger policy's: then it is empty. */
static int64_t missing_us(uint64_t word, const struct rate_policy *p, int64_t now_us)
{
	int64_t full = p->burst * token_us(p);
	int64_t missing = word ? ahead_us(word, now_us) : 0;

	if (missing < 0)
		return 0;
	return missing < full ? missing : full;
}

static uint64_t word_of(uint64_t tag, int64_t full_at_us)
{
	return tag << TIME_BITS | ((uint64_t)full_at_us & TIME_MASK);
}

static uint32_t seconds_up(int64_t us)
{
	return us <= 0 ? 0 : (uint32_t)((us + US_PER_S - 1) / US_PER_S);
}

static void describe(struct rate_left *left, const struct rate_policy *p, int64_t missing)
{
	int64_t token = token_us(p), full = p->burst * token;

	left->tokens = (uint32_t)((full - missing) / token);
	left->full_in_s = seconds_up(missing);
	left->retry_in_s = left->tokens ? 0 : seconds_up(missing + token - full);
}

/* ---- places ---- */

static uint64_t hash_of(const struct rate_table *t, const struct rate_who *who)
{
	unsigned char text[1 + RATE_NAME_MAX] = {(unsigned char)who->group};

	assert(who->group < RATE_GROUPS && who->name.n <= RATE_NAME_MAX);
	memcpy(text + 1, who->name.p, who->name.n);
	return secret_short_hash(t->key, (struct str){(const char *)text, 1 + who->name.n});
}

static uint64_t tag_of(uint64_t hash)
{
	uint64_t tag = hash >> TIME_BITS;

	return tag ? tag : 1; /* the word of a bucket is never 0 */
}

struct place {
	_Atomic uint64_t *cell;
	uint64_t word; /* what was read there */
	uint64_t tag;
	bool found; /* else the oldest of its set */
	int64_t ahead;
};

/* Two processes never give one name two places: as long as nothing has replaced the oldest bucket of
 * a set all of them choose it, because the others only grow younger, and one of them changes it. */
static struct place find(
	struct rate_table *t, const struct rate_who *who, uint64_t hash, int64_t now_us)
{
	_Atomic uint64_t *set = t->regions[who->region].sets[hash % RATE_SETS];
	struct place best = {.tag = tag_of(hash), .ahead = INT64_MAX};

	for (size_t i = 0; i < RATE_WAYS; i++) {
		uint64_t word = atomic_load(&set[i]);
		int64_t ahead = word ? ahead_us(word, now_us) : EMPTY;

		if (word >> TIME_BITS == best.tag)
			return (struct place){&set[i], word, best.tag, true, ahead};
		if (ahead < best.ahead) {
			best.cell = &set[i];
			best.word = word;
			best.ahead = ahead;
		}
	}
	return best;
}

/* The bucket that is shared by those who find a full set. */
static struct place crowd(struct rate_table *t, const struct rate_who *who, uint64_t hash)
{
	size_t i = hash / RATE_SETS % RATE_CROWDS;
	_Atomic uint64_t *cell = &t->regions[who->region].crowds[who->group][i];

	return (struct place){.cell = cell, .word = atomic_load(cell), .tag = 1, .found = true};
}

static struct place place_of(
	struct rate_table *t, const struct rate_who *who, uint64_t hash, int64_t now_us)
{
	struct place p = find(t, who, hash, now_us);

	return p.found || p.ahead <= 0 ? p : crowd(t, who, hash);
}

bool rate_take(struct rate_table *t, const struct rate_who *who, const struct rate_policy *policy,
	int64_t now_us, struct rate_left *left)
{
	const int64_t token = token_us(policy), full = policy->burst * token;
	const uint64_t hash = hash_of(t, who);
	int64_t missing;
	struct place p;
	bool taken;

	do {
		p = place_of(t, who, hash, now_us);
		missing = p.found ? missing_us(p.word, policy, now_us) : 0;
		taken = missing + token <= full;
		if (taken)
			missing += token;
	} while (!atomic_compare_exchange_weak(p.cell, &p.word, word_of(p.tag, now_us + missing)));
	describe(left, policy, missing);
	if (!taken)
		atomic_fetch_add(&t->refused[who->group], 1);
	return taken;
}

void rate_look(struct rate_table *t, const struct rate_who *who, const struct rate_policy *policy,
	int64_t now_us, struct rate_left *left)
{
	struct place p = place_of(t, who, hash_of(t, who), now_us);

	describe(left, policy, p.found ? missing_us(p.word, policy, now_us) : 0);
}

void rate_reset(struct rate_table *t, const struct rate_who *who)
{
	struct place p;

	do
		p = find(t, who, hash_of(t, who), 0);
	while (p.found && !atomic_compare_exchange_weak(p.cell, &p.word, 0));
}

unsigned rate_in_use(struct rate_table *t, enum rate_region region, int64_t now_us)
{
	unsigned n = 0;

	for (size_t s = 0; s < RATE_SETS; s++)
		for (size_t w = 0; w < RATE_WAYS; w++) {
			uint64_t word = atomic_load(&t->regions[region].sets[s][w]);

			n += word && ahead_us(word, now_us) > 0;
		}
	return n;
}
