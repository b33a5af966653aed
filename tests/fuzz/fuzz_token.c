/* Any text is refused or accepted, and nothing else happens; as header and as claims under a true
 * signature too, so that what stands behind the signature is reached. What is accepted keeps the
 * rules. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "domain/token.h"
#include "tests/unit/token_maker.h"

#define NOW INT64_C(1800000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static EVP_PKEY *pair;
static struct token_key *key;
static struct arena *arena;

static void start(void)
{
	arena = arena_new((size_t)256 * 1024 * 1024);
	pair = maker_key("prime256v1");
	key = token_key_new(STR("k1"), STR("ES256"), maker_public_pem(arena, pair));
	if (!key)
		abort();
}

static enum token_fault verify(struct str token)
{
	const struct token_rules rules = {.issuer = "i", .audience = "a", .now_s = NOW};
	struct token_claims claims;
	enum token_fault fault = token_verify(&key, 1, &rules, arena, token, &claims);

	if (!token_fault_text(fault))
		abort();
	if (fault == TOKEN_GOOD &&
		(claims.expires_s <= NOW || !claims.client_id.n || !claims.scope.p))
		abort();
	return fault;
}

/* As a client's assertion: iss and sub are what it says itself, so the signature alone is missing. */
static enum token_fault verify_assertion(struct str token)
{
	const struct assertion_rules rules = {
		.client_id = token_unverified_subject(arena, token),
		.issuer = "i",
		.endpoint = "e",
		.now_s = NOW,
	};
	struct assertion_claims claims;
	enum token_fault fault = token_verify_assertion(&key, 1, &rules, arena, token, &claims);

	if (fault == TOKEN_GOOD &&
		(claims.expires_s <= NOW || claims.expires_s > NOW + TOKEN_ASSERTION_S ||
			!claims.jti.n || claims.jti.n > TOKEN_JTI_MAX))
		abort();
	return fault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str input = {(const char *)data, n};
	enum token_fault fault;

	if (!arena)
		start();
	fault = verify(input);
	/* nobody but us has the key */
	if (fault == TOKEN_GOOD || verify_assertion(input) == TOKEN_GOOD)
		abort();
	verify_assertion(
		maker_token(arena, pair, STR("{\"alg\":\"ES256\",\"kid\":\"k1\"}"), input));
	verify(maker_token(arena, pair, STR("{\"alg\":\"ES256\",\"kid\":\"k1\"}"), input));
	fault = verify(maker_token(arena, pair, input, STR("{}")));
	if (fault == TOKEN_GOOD)
		abort();
	arena_reset(arena);
	return 0;
}
