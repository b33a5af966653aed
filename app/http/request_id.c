/* Names for requests. They tell log lines apart; they are no secrets. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "http/fcgi_wire.h"

#define ID_MIN 8
#define ID_MAX 64

static uint64_t seed[4]; /* xoshiro256**, by Blackman and Vigna */

void request_id_seed(void)
{
	ssize_t n;

	do
		n = getrandom(seed, sizeof(seed), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(seed))
		abort();
}

static uint64_t rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static uint64_t next_random(void)
{
	uint64_t result = rotate(seed[1] * 5, 7) * 9;
	uint64_t t = seed[1] << 17;

	seed[2] ^= seed[0];
	seed[3] ^= seed[1];
	seed[1] ^= seed[2];
	seed[0] ^= seed[3];
	seed[2] ^= t;
	seed[3] = rotate(seed[3], 45);
	return result;
}

static bool is_well_formed(struct str id)
{
	if (id.n < ID_MIN || id.n > ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		unsigned char c = (unsigned char)id.p[i], lower = c | 0x20;

		if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
			    c == '_' || c == '-'))
			return false;
	}
	return true;
}

struct str request_id_choose(struct arena *a, struct str from_client)
{
	uint64_t random[2];

	if (is_well_formed(from_client))
		return from_client;
	random[0] = next_random();
	random[1] = next_random();
	return str_hex(a, random, sizeof(random));
}
