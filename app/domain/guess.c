#include "domain/guess.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/secret.h"

#define TICK_US 100000
#define TICKS_PER_S 10
#define LEVEL_MAX 255

/* A slot: 24 bits of the hash, the number of tries (0: free), the tick from which the next may be. */
struct entry {
	uint32_t tag;
	uint32_t level;
	uint32_t ready;
};

struct rule {
	uint32_t free, wait_s_max;
};

enum kind { PAIR, ADDRESS, ACCOUNT, KNOWN };

struct place {
	_Atomic uint64_t *set;
	uint32_t tag;
};

static struct entry unpack(uint64_t v)
{
	return (struct entry){
		.tag = (uint32_t)(v >> 40),
		.level = (uint32_t)(v >> 32) & LEVEL_MAX,
		.ready = (uint32_t)v,
	};
}

static uint64_t pack(struct entry e)
{
	return (((uint64_t)e.tag << 8) | e.level) << 32 | e.ready;
}

static uint32_t tick_of(int64_t now_us)
{
	return (uint32_t)(now_us / TICK_US);
}

/* Ticks until it is ready; negative: since. */
static int32_t ticks_left(struct entry e, uint32_t now)
{
	return (int32_t)(e.ready - now);
}

/* Nobody waits longer than GUESS_KNOWN_S: a file that outlived the machine's start has times of
 * another clock. */
static bool is_over(struct entry e, uint32_t now)
{
	int32_t left = ticks_left(e, now);

	return e.level == 0 || left < -GUESS_FORGET_S * TICKS_PER_S ||
		left > GUESS_KNOWN_S * TICKS_PER_S;
}

/* ---- places ---- */

/* ::ffff:192.0.2.1 is 192.0.2.1; an address that cannot be read counts as its text. */
static struct str network(struct arena *a, struct str address)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned char bytes[16];
	const char *text = str_cstr(a, address);

	if (inet_pton(AF_INET, text, bytes) == 1)
		return str_copy(a, (struct str){(const char *)bytes, 4});
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return str_of(text);
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return str_copy(a, (struct str){(const char *)bytes + 12, 4});
	return str_copy(a, (struct str){(const char *)bytes, 8});
}

static struct place place_of(
	struct guess_table *t, struct arena *a, enum kind kind, const struct guess_who *who)
{
	const struct str key = {(const char *)t->key, sizeof(t->key)};
	struct str address = kind == ACCOUNT ? STR("") : network(a, who->address);
	struct str account = kind == ADDRESS ? STR("") : who->account;
	unsigned char mac[SECRET_MAC_BYTES];
	struct str text = str_printf(a, "%d %zu %.*s %.*s", (int)kind, address.n,
		STR_ARG(str_hex(a, address.p, address.n)),
		STR_ARG(str_hex(a, account.p, account.n)));

	secret_mac(mac, key, text);
	return (struct place){
		.set = t->slots[(mac[0] | (unsigned)mac[1] << 8) % GUESS_SETS],
		.tag = mac[2] | (uint32_t)mac[3] << 8 | (uint32_t)mac[4] << 16,
	};
}

/* The way that holds it, else the one that makes room: what is over, else the fewest tries, else the
 * one that is ready first. *seen is what stands there. */
static size_t find(const struct place *p, uint32_t now, uint64_t *seen, bool *there)
{
	size_t best = 0;
	struct entry least = {.level = 0};

	*there = false;
	for (size_t w = 0; w < GUESS_WAYS; w++) {
		uint64_t v = atomic_load(&p->set[w]);
		struct entry e = unpack(v);

		if (is_over(e, now))
			e.level = 0;
		*there = e.level && e.tag == p->tag;
		if (*there || w == 0 || e.level < least.level ||
			(e.level == least.level && ticks_left(e, least.ready) < 0)) {
			best = w;
			least = e;
			*seen = v;
		}
		if (*there)
			break;
	}
	return best;
}

/* ---- counting ---- */

static uint32_t wait_s(struct rule rule, uint32_t level)
{
	uint32_t over = level >= rule.free ? level - rule.free + 1 : 0;

	if (!over)
		return 0;
	return over > 16 || (1u << (over - 1)) > rule.wait_s_max ? rule.wait_s_max
								 : 1u << (over - 1);
}

/* Seconds that are left of it, rounded up. More than the rule ever gives is no time of this clock. */
static int left_s(struct entry e, struct rule rule, uint32_t now)
{
	int32_t left = ticks_left(e, now);

	if (left <= 0 || left > (int32_t)rule.wait_s_max * TICKS_PER_S)
		return 0;
	return (left + TICKS_PER_S - 1) / TICKS_PER_S;
}

static uint32_t level_of(const struct place *p, uint32_t now)
{
	uint64_t seen;
	bool there;

	find(p, now, &seen, &there);
	return there ? unpack(seen).level : 0;
}

/* Counts one more, or says how long to wait. */
static int take(const struct place *p, struct rule rule, uint32_t now)
{
	for (;;) {
		uint64_t seen;
		bool there;
		size_t w = find(p, now, &seen, &there);
		struct entry e = {.tag = p->tag};
		int wait = 0;

		if (there) {
			e = unpack(seen);
			wait = left_s(e, rule, now);
		}
		if (wait)
			return wait;
		if (e.level < LEVEL_MAX)
			e.level++;
		e.ready = now + wait_s(rule, e.level) * TICKS_PER_S;
		if (atomic_compare_exchange_strong(&p->set[w], &seen, pack(e)))
			return 0;
	}
}

/* Takes back so many tries; how many there were. */
static uint32_t give_back(const struct place *p, uint32_t n, uint32_t now)
{
	for (;;) {
		uint64_t seen;
		bool there;
		size_t w = find(p, now, &seen, &there);
		struct entry e = unpack(seen);
		uint32_t before = e.level;

		if (!there)
			return 0;
		e.level = n < before ? before - n : 0;
		e.ready = now;
		if (atomic_compare_exchange_strong(&p->set[w], &seen, pack(e)))
			return before;
	}
}

static void set_known(const struct place *p, uint32_t now)
{
	const struct entry e = {
		.tag = p->tag, .level = 1, .ready = now + GUESS_KNOWN_S * TICKS_PER_S};
	uint64_t seen;
	bool there;
	size_t w = find(p, now, &seen, &there);

	/* lost to somebody else at this moment: the next sign-in sets it */
	(void)atomic_compare_exchange_strong(&p->set[w], &seen, pack(e));
}

int guess_try(struct guess_table *t, struct arena *a, const struct guess_who *who, int64_t now_us)
{
	const struct rule address_rule = {GUESS_ADDRESS_FREE, GUESS_ADDRESS_WAIT_S_MAX};
	struct rule pair_rule = {GUESS_PAIR_FREE, GUESS_PAIR_WAIT_S_MAX};
	const struct place pair = place_of(t, a, PAIR, who), address = place_of(t, a, ADDRESS, who),
			   account = place_of(t, a, ACCOUNT, who),
			   known = place_of(t, a, KNOWN, who);
	uint32_t now = tick_of(now_us);
	int wait;

	if (level_of(&account, now) >= GUESS_ACCOUNT_MANY)
		pair_rule.free = 1;
	wait = take(&pair, pair_rule, now);
	if (wait)
		return wait;
	wait = level_of(&known, now) ? 0 : take(&address, address_rule, now);
	if (wait) {
		(void)give_back(&pair, 1, now);
		return wait;
	}
	(void)take(&account, (struct rule){LEVEL_MAX, 0}, now);
	return 0;
}

void guess_right(
	struct guess_table *t, struct arena *a, const struct guess_who *who, int64_t now_us)
{
	const struct place pair = place_of(t, a, PAIR, who), address = place_of(t, a, ADDRESS, who),
			   account = place_of(t, a, ACCOUNT, who),
			   known = place_of(t, a, KNOWN, who);
	uint32_t now = tick_of(now_us), n = give_back(&pair, LEVEL_MAX, now);

	if (!level_of(&known, now))
		(void)give_back(&address, n, now);
	(void)give_back(&account, n, now);
	set_known(&known, now);
}
