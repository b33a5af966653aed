/* What an issuer publishes, whatever it is: metadata and keys are read or refused, and what is taken keeps
 * the limits. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "domain/issuer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void read_keys(struct arena *a, struct str input)
{
	struct issuer_keys keys;

	if (issuer_read_keys(a, (1u << TOKEN_ALGORITHMS) - 1, input, &keys)) {
		check(keys.n == 0);
		return;
	}
	check(keys.n > 0 && keys.n <= ISSUER_KEYS_MAX);
	for (size_t i = 0; i < keys.n; i++) {
		struct str kid = token_key_kid(keys.keys[i]);

		check(kid.n > 0 && kid.n <= TOKEN_KID_MAX);
		/* nobody has signed it */
		check(!token_key_verifies(keys.keys[i], STR("x"), input));
	}
	issuer_keys_free(&keys);
}

/* Keys of all kinds, right but for the number that the input is. */
static void read_numbers(struct arena *a, struct str input)
{
	static const char *const kinds[] = {"\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\"",
		"\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\"",
		"\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"AQAB\",\"x\"",
		"\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\""};
	struct str half = str_base64url(a, (struct str){input.p, input.n / 2});
	struct str number = str_base64url(a, input);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		read_keys(a,
			str_printf(a, "{\"keys\":[{\"kid\":\"k\",%s:\"%.*s\"}]}", kinds[i],
				STR_ARG(number)));
	read_keys(a,
		str_printf(a,
			"{\"keys\":[{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\","
			"\"x\":\"%.*s\",\"y\":\"%.*s\"}]}",
			STR_ARG(half), STR_ARG(half)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct issuer_source source = {.issuer = "i"};
	struct arena *a = arena_new((size_t)256 * 1024 * 1024);
	struct str input = {(const char *)data, n};
	struct issuer_metadata metadata;

	if (!issuer_read_metadata(a, &source, input, &metadata))
		check(fetch_may_ask(a, metadata.jwks_uri, false));
	read_keys(a, input);
	read_keys(a, str_printf(a, "{\"keys\":[%.*s]}", STR_ARG(input)));
	read_numbers(a, input);
	arena_free(a);
	return 0;
}
