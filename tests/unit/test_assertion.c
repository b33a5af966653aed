/* What a client signs to sign itself in: each claim is checked, and nobody else's is taken. */
#include "tests/unit/unit.h"

#include "domain/token.h"
#include "tests/unit/token_maker.h"

#define NOW INT64_C(1800000000)
#define HEADER "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}"
#define NAMES                                                                   \
	"\"iss\":\"https://stock.example\",\"aud\":\"bincard\",\"sub\":\"c1\"," \
	"\"client_id\":\"c1\",\"scope\":\"items:read\",\"jti\":\"j1\""
#define TIMES "\"iat\":1800000000,\"exp\":1800000900"
#define CLAIMS "{" NAMES "," TIMES "}"

static EVP_PKEY *pair;
static struct str pem;
static struct token_key *keys[1];
static struct arena *kept;

static int make_keys(void **state)
{
	(void)state;
	kept = arena_new(65536);
	pair = maker_key("prime256v1");
	pem = maker_public_pem(kept, pair);
	keys[0] = token_key_new(STR("k1"), STR("ES256"), pem);
	return keys[0] ? 0 : -1;
}

static int free_keys(void **state)
{
	(void)state;
	token_key_free(keys[0]);
	EVP_PKEY_free(pair);
	arena_free(kept);
	return 0;
}

#define ASSERTION_AUD "\"aud\":\"https://stock.example\""
#define ASSERTION_LIFE "\"exp\":1800000300,\"jti\":\"j1\""
#define ASSERTION_CLIENT "\"iss\":\"c1\",\"sub\":\"c1\""

static void assert_assertion(struct arena *a, const char *claims, enum token_fault expected)
{
	const struct assertion_rules of_client = {
		.client_id = STR("c1"),
		.issuer = "https://stock.example",
		.endpoint = "https://stock.example/oauth2/token",
		.now_s = NOW,
	};
	struct assertion_claims out;
	struct str text = maker_token(a, pair, STR(HEADER), str_of(claims));
	enum token_fault fault = token_verify_assertion(keys, 1, &of_client, a, text, &out);

	if (fault != expected)
		print_error("%s: %s\n", claims, token_fault_text(fault));
	assert_int_equal(fault, expected);
}

static void an_assertion_is_for_us_and_soon_over(void **state)
{
	struct arena *a = *state;
	static const struct {
		const char *claims;
		enum token_fault fault;
	} all[] = {
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD "," ASSERTION_LIFE "}", TOKEN_GOOD},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE
		 ",\"aud\":\"https://stock.example/oauth2/token\",\"iat\":1800000000}",
			TOKEN_GOOD},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE ",\"aud\":[\"https://stock.example\"]}",
			TOKEN_GOOD},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE
		 ",\"aud\":[\"https://stock.example\",\"https://evil.example\"]}",
			TOKEN_AUDIENCE},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE ",\"aud\":[]}", TOKEN_AUDIENCE},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE ",\"aud\":\"https://stock.example/\"}",
			TOKEN_AUDIENCE},
		{"{" ASSERTION_CLIENT "," ASSERTION_LIFE "}", TOKEN_AUDIENCE},
		{"{\"iss\":\"c2\",\"sub\":\"c1\"," ASSERTION_AUD "," ASSERTION_LIFE "}",
			TOKEN_ISSUER},
		{"{\"iss\":\"c1\",\"sub\":\"c2\"," ASSERTION_AUD "," ASSERTION_LIFE "}",
			TOKEN_SUBJECT},
		{"{\"sub\":\"c1\"," ASSERTION_AUD "," ASSERTION_LIFE "}", TOKEN_ISSUER},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"jti\":\"j1\"}", TOKEN_EXP},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"jti\":\"j1\",\"exp\":1800000000}",
			TOKEN_EXPIRED},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"jti\":\"j1\",\"exp\":1800000301}",
			TOKEN_TOO_LONG_LIFE},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD "," ASSERTION_LIFE ",\"nbf\":1800000031}",
			TOKEN_NBF},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD "," ASSERTION_LIFE ",\"iat\":1800000031}",
			TOKEN_IAT},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"exp\":1800000300}", TOKEN_JTI},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"exp\":1800000300,\"jti\":\"\"}",
			TOKEN_JTI},
		{"{" ASSERTION_CLIENT "," ASSERTION_AUD ",\"exp\":1800000300,\"jti\":\"a b\"}",
			TOKEN_JTI},
		{CLAIMS, TOKEN_TOO_LONG_LIFE}, /* an access token */
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_assertion(a, all[i].claims, all[i].fault);
}

static void the_subject_is_read_before_the_signature(void **state)
{
	struct arena *a = *state;

	assert_str_is(
		token_unverified_subject(a, maker_token(a, pair, STR("{}"), STR(CLAIMS))), "c1");
	assert_null(token_unverified_subject(a, STR("")).p);
	assert_null(token_unverified_subject(a, STR("a.b")).p);
	assert_null(token_unverified_subject(a, STR("a.b.c")).p);
	assert_null(token_unverified_subject(a, maker_token(a, pair, STR("{}"), STR("[]"))).p);
	assert_null(
		token_unverified_subject(a, maker_token(a, pair, STR("{}"), STR("{\"sub\":1}"))).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(an_assertion_is_for_us_and_soon_over),
		UNIT_TEST(the_subject_is_read_before_the_signature),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
