#include "domain/auth_cache.h"

#include <assert.h>
#include <string.h>

/* An entry has its place in one of so many ways of a set; the set is its hash's first bytes. */
#define WAYS 4
#define SETS (AUTH_CACHE_ENTRIES / WAYS)

struct auth_cache {
	uint64_t generation;
	struct auth_entry sets[SETS][WAYS];
};

struct auth_cache *auth_cache_new(struct arena *boot)
{
	static_assert((SETS & (SETS - 1)) == 0, "a power of two");
	return ARENA_NEW(boot, struct auth_cache);
}

void auth_cache_clear(struct auth_cache *cache)
{
	for (size_t i = 0; i < SETS; i++) {
		for (size_t w = 0; w < WAYS; w++)
			cache->sets[i][w].kind = PRINCIPAL_NONE;
	}
}

void auth_cache_sync(struct auth_cache *cache, uint64_t generation)
{
	if (cache->generation == generation)
		return;
	auth_cache_clear(cache);
	cache->generation = generation;
}

static struct auth_entry *set_of(
	struct auth_cache *cache, const unsigned char hash[static DIGEST_BYTES])
{
	return cache->sets[(hash[0] | (unsigned)hash[1] << 8) & (SETS - 1)];
}

const struct auth_entry *auth_cache_find(struct auth_cache *cache, enum principal_kind kind,
	const unsigned char hash[static DIGEST_BYTES], int64_t now_us)
{
	struct auth_entry *set = set_of(cache, hash);

	for (size_t w = 0; w < WAYS; w++) {
		if (set[w].kind == kind && memcmp(set[w].hash, hash, DIGEST_BYTES) == 0)
			return now_us < set[w].expires_us ? &set[w] : NULL;
	}
	return NULL;
}

void auth_cache_forget(struct auth_cache *cache, enum principal_kind kind,
	const unsigned char hash[static DIGEST_BYTES])
{
	struct auth_entry *set = set_of(cache, hash);

	for (size_t w = 0; w < WAYS; w++) {
		if (set[w].kind == kind && memcmp(set[w].hash, hash, DIGEST_BYTES) == 0)
			set[w].kind = PRINCIPAL_NONE;
	}
}

/* The same entry, else a free one, else the one that ends first. */
static struct auth_entry *victim(struct auth_entry *set, const struct auth_entry *entry)
{
	struct auth_entry *best = &set[0];

	for (size_t w = 0; w < WAYS; w++) {
		if (set[w].kind == entry->kind &&
			memcmp(set[w].hash, entry->hash, DIGEST_BYTES) == 0)
			return &set[w];
		if (best->kind == PRINCIPAL_NONE)
			continue;
		if (set[w].kind == PRINCIPAL_NONE || set[w].expires_us < best->expires_us)
			best = &set[w];
	}
	return best;
}

void auth_cache_put(struct auth_cache *cache, const struct auth_entry *entry)
{
	assert(entry->kind != PRINCIPAL_NONE && entry->name_bytes <= AUTH_NAME_BYTES_MAX);
	*victim(set_of(cache, entry->hash), entry) = *entry;
}
