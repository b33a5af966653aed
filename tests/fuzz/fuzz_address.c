/* Who a request comes from: a peer, trusted networks, and what stands in X-Forwarded-For. The first line is
 * a list of networks, the second the peer, the third the header. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static int is_address(struct arena *a, struct str s)
{
	unsigned char bytes[16];
	const char *text = str_cstr(a, s);

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* Nobody who is not a trusted proxy is believed, and nothing but an address comes out of a header. */
static void ask(
	struct arena *a, struct str peer, struct str forwarded, const struct networks *trusted)
{
	const struct networks nobody = {.n = 0};
	struct http_pair header = {.name = STR("x-forwarded-for"), .value = forwarded};
	struct request rq = {.arena = a, .remote_addr = peer, .headers = &header};
	struct request plain = {.arena = a, .remote_addr = peer};
	struct str given = address_of_client(&rq, trusted);
	struct str own = address_of_client(&plain, &nobody);
	struct str counted;

	check(str_eq(address_of_client(&rq, &nobody), own));
	check(str_eq(given, own) || is_address(a, given));
	counted = address_rate_name(a, given);
	check(counted.n == 0 || counted.n == 8 || counted.n == 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct str rest = {(const char *)data, n};
	struct str list = str_cut(rest, '\n', &rest);
	struct str peer = str_cut(rest, '\n', &rest);
	struct networks trusted;
	struct str bad = STR_NONE;
	bool fits = networks_parse(list, &trusted, &bad);

	check(fits || (bad.p >= list.p && bad.p + bad.n <= list.p + list.n));
	check(trusted.n <= NETWORKS_MAX);
	for (size_t i = 0; fits && i < trusted.n; i++)
		check(trusted.list[i].bits <= 128);
	if (fits)
		ask(a, peer, rest, &trusted);
	arena_free(a);
	return 0;
}
