/* What is signed is accepted; whatever is changed, added or forged is refused, each for
 * its reason. */
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

static const struct token_rules rules = {
	.issuer = "https://stock.example", .audience = "bincard", .now_s = NOW};
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

static enum token_fault verify(struct arena *a, struct str token)
{
	struct token_claims claims;

	return token_verify(keys, 1, &rules, a, token, &claims);
}

static enum token_fault signed_with(struct arena *a, const char *header, const char *claims)
{
	return verify(a, maker_token(a, pair, str_of(header), str_of(claims)));
}

#define assert_fault(got, want) assert_string_equal(token_fault_text(got), token_fault_text(want))
#define assert_header(a, header, want) assert_fault(signed_with((a), (header), CLAIMS), (want))
#define assert_claims(a, claims, want) assert_fault(signed_with((a), HEADER, (claims)), (want))

static void a_good_token_says_who_and_what(void **state)
{
	struct arena *a = *state;
	struct token_claims claims = {.expires_s = 0};
	struct str token = maker_token(a, pair, STR(HEADER), STR(CLAIMS));

	assert_fault(token_verify(keys, 1, &rules, a, token, &claims), TOKEN_GOOD);
	assert_str_is(claims.client_id, "c1");
	assert_str_is(claims.scope, "items:read");
	assert_int_equal(claims.expires_s, NOW + 900);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\"}", TOKEN_GOOD);
	assert_header(a, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k1\"}", TOKEN_GOOD);
}

static void what_libjwt_signs_is_accepted(void **state)
{
	struct arena *a = *state;
	struct token_pair made;
	struct token_key *key;
	struct token_claims claims;
	struct str token;
	struct token_grant grant = {
		.issuer = "https://stock.example",
		.audience = "bincard",
		.client_id = STR("bc-1"),
		.scope = STR("items:read stock:write"),
		.issued_s = NOW,
		.expires_s = NOW + 60,
	};

	token_key_make(a, &made);
	grant.kid = made.kid;
	grant.private_pem = made.private_pem;
	key = token_key_new(made.kid, STR(TOKEN_ALGORITHM), made.public_pem);
	assert_non_null(key);
	for (int i = 0; i < 50; i++) { /* r or s is short now and then, and must be padded */
		assert_null(token_sign(a, &grant, &token));
		assert_fault(token_verify(&key, 1, &rules, a, token, &claims), TOKEN_GOOD);
	}
	assert_str_is(claims.client_id, "bc-1");
	assert_str_is(claims.scope, "items:read stock:write");
	assert_int_equal(claims.expires_s, NOW + 60);
	token_key_free(key);
}

static void the_public_key_is_no_hmac_secret(void **state)
{
	struct arena *a = *state;
	static const char hs[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}";

	assert_fault(
		verify(a, maker_hs256(a, pem, str_of(hs), STR(CLAIMS))), TOKEN_WRONG_ALGORITHM);
	assert_fault(
		verify(a, maker_hs256(a, STR(""), str_of(hs), STR(CLAIMS))), TOKEN_WRONG_ALGORITHM);
	/* the header lies about the algorithm: 32 bytes of HMAC are no signature */
	assert_fault(verify(a, maker_hs256(a, pem, STR(HEADER), STR(CLAIMS))), TOKEN_SIGNATURE);
}

static void none_is_no_algorithm(void **state)
{
	struct arena *a = *state;
	static const char *const none[] = {
		"none", "None", "NONE", "nOnE", "", "es256", "ES256 ", "ES384", "RS256", "HS256"};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct str header = str_printf(a, "{\"alg\":\"%s\",\"kid\":\"k1\"}", none[i]);
		struct str text = maker_text(a, header, STR(CLAIMS));

		assert_fault(verify(a, maker_join(a, text, STR(""))), TOKEN_WRONG_ALGORITHM);
		assert_fault(verify(a, maker_token(a, pair, header, STR(CLAIMS))),
			TOKEN_WRONG_ALGORITHM);
	}
	assert_header(a, "{\"kid\":\"k1\"}", TOKEN_WRONG_ALGORITHM);
	assert_header(a, "{\"alg\":null,\"kid\":\"k1\"}", TOKEN_WRONG_ALGORITHM);
	assert_header(a, "{\"alg\":[\"ES256\"],\"kid\":\"k1\"}", TOKEN_WRONG_ALGORITHM);
	/* the right name and no signature */
	assert_fault(verify(a, maker_join(a, maker_text(a, STR(HEADER), STR(CLAIMS)), STR(""))),
		TOKEN_SIGNATURE);
}

static void the_signature_counts_to_the_last_bit(void **state)
{
	struct arena *a = *state;
	struct str text = maker_text(a, STR(HEADER), STR(CLAIMS));
	struct str sig = maker_ec_signature(a, pair, EVP_sha256(), 32, text);
	char zero[64] = {0}, changed[65];
	EVP_PKEY *other = maker_key("prime256v1");

	assert_fault(verify(a, maker_join(a, text, sig)), TOKEN_GOOD);
	for (size_t bit = 0; bit < 512; bit += 7) {
		memcpy(changed, sig.p, 64);
		changed[bit / 8] ^= (char)(1 << (bit % 8));
		assert_fault(
			verify(a, maker_join(a, text, (struct str){changed, 64})), TOKEN_SIGNATURE);
	}
	memcpy(changed, sig.p, 64);
	changed[64] = 0;
	assert_fault(verify(a, maker_join(a, text, (struct str){changed, 65})), TOKEN_SIGNATURE);
	assert_fault(verify(a, maker_join(a, text, (struct str){changed, 63})), TOKEN_SIGNATURE);
	assert_fault(verify(a, maker_join(a, text, (struct str){zero, 64})), TOKEN_SIGNATURE);
	assert_fault(verify(a, maker_token(a, other, STR(HEADER), STR(CLAIMS))), TOKEN_SIGNATURE);
	EVP_PKEY_free(other);
}

static void nothing_may_hang_on_a_segment(void **state)
{
	struct arena *a = *state;
	struct str good = maker_token(a, pair, STR(HEADER), STR(CLAIMS));
	static const char *const tails[] = {"!!", "=", "==", "\n", " ", "A", "%00", "+", "/"};

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct str token = str_printf(a, "%.*s%s", STR_ARG(good), tails[i]);

		assert_int_not_equal(verify(a, token), TOKEN_GOOD);
		token = str_printf(a, "%s%.*s", tails[i], STR_ARG(good));
		assert_int_not_equal(verify(a, token), TOKEN_GOOD);
	}
	assert_fault(verify(a, str_printf(a, "%.*s!!", STR_ARG(good))), TOKEN_NOT_BASE64URL);
}

/* A last character whose unused bits are not 0 stands for the same bytes in a lax decoder. */
static void there_is_one_spelling_of_a_signature(void **state)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct arena *a = *state;
	struct str good = maker_token(a, pair, STR(HEADER), STR(CLAIMS));
	char *text = str_cstr(a, good);
	size_t last = (size_t)(strchr(digits, text[good.n - 1]) - digits);

	assert_int_equal(last % 16, 0);
	for (size_t i = 1; i < 16; i++) {
		text[good.n - 1] = digits[last + i];
		assert_fault(verify(a, (struct str){text, good.n}), TOKEN_NOT_BASE64URL);
	}
}

static void three_segments(void **state)
{
	struct arena *a = *state;
	struct str good = maker_token(a, pair, STR(HEADER), STR(CLAIMS));

	assert_fault(verify(a, str_printf(a, "%.*s.", STR_ARG(good))), TOKEN_NOT_3_SEGMENTS);
	assert_fault(verify(a, str_printf(a, "%.*s.AAAA", STR_ARG(good))), TOKEN_NOT_3_SEGMENTS);
	assert_fault(verify(a, maker_text(a, STR(HEADER), STR(CLAIMS))), TOKEN_NOT_3_SEGMENTS);
	assert_fault(verify(a, STR("")), TOKEN_NOT_3_SEGMENTS);
	assert_fault(verify(a, STR_NONE), TOKEN_NOT_3_SEGMENTS);
	assert_fault(verify(a, STR("a")), TOKEN_NOT_3_SEGMENTS);
	assert_int_not_equal(verify(a, STR("..")), TOKEN_GOOD);
	assert_fault(verify(a, STR("....")), TOKEN_NOT_3_SEGMENTS);
}

static void size_is_capped_before_anything_else(void **state)
{
	struct arena *a = *state;
	const size_t mib = 1024 * 1024;
	char *text = arena_bytes(a, mib);
	size_t used;

	memset(text, 'A', mib);
	used = arena_used(a);
	assert_fault(verify(a, (struct str){text, mib}), TOKEN_TOO_LONG);
	assert_int_equal(arena_used(a), used);
	memset(text, '.', mib);
	assert_fault(verify(a, (struct str){text, TOKEN_BYTES_MAX + 1}), TOKEN_TOO_LONG);
	assert_fault(verify(a, (struct str){text, TOKEN_BYTES_MAX}), TOKEN_NOT_3_SEGMENTS);
}

static void the_header_is_checked(void **state)
{
	struct arena *a = *state;

	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"crit\":[\"exp\"],\"exp\":1}",
		TOKEN_CRITICAL);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"crit\":[]}", TOKEN_CRITICAL);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"crit\":null}", TOKEN_CRITICAL);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"id+jwt\"}", TOKEN_TYPE);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":7}", TOKEN_TYPE);
	assert_header(a, "{\"alg\":\"ES256\"}", TOKEN_NO_KID);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":7}", TOKEN_NO_KID);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"\"}", TOKEN_NO_KID);
	assert_header(a, "[]", TOKEN_HEADER);
	assert_header(a, "\"ES256\"", TOKEN_HEADER);
	assert_header(a, "", TOKEN_HEADER);
	assert_header(a, "{\"alg\":\"ES256\",\"kid\":\"k1\"} {}", TOKEN_HEADER);
	/* a name twice: which one counts is what an attacker plays with */
	assert_header(a, "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"k1\"}", TOKEN_HEADER);
}

static void a_kid_is_only_compared(void **state)
{
	struct arena *a = *state;
	static const char *const kids[] = {"k2", "../../../../dev/null", "/proc/self/environ",
		"k1' OR '1'='1", "k1'; DROP TABLE signing_key; --", "k1\\u0000", "K1", "k1 ", "k",
		"k1x", "http://evil.example/key", "| cat /etc/passwd"};
	char longer[TOKEN_KID_MAX + 1];

	for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++) {
		struct str header = str_printf(a, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kids[i]);
		enum token_fault fault = verify(a, maker_token(a, pair, header, STR(CLAIMS)));

		assert_true(fault == TOKEN_UNKNOWN_KEY || fault == TOKEN_HEADER);
	}
	memset(longer, 'k', sizeof(longer));
	assert_fault(verify(a,
			     maker_token(a, pair,
				     str_printf(a, "{\"alg\":\"ES256\",\"kid\":\"%.*s\"}",
					     (int)sizeof(longer), longer),
				     STR(CLAIMS))),
		TOKEN_NO_KID);
}

static void times_are_integers(void **state)
{
	struct arena *a = *state;

	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":1800000000}", TOKEN_EXPIRED);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":1800000001}", TOKEN_GOOD);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":-1}", TOKEN_EXPIRED);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":9223372036854775807}", TOKEN_GOOD);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":\"1800000900\"}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":\"never\"}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":1800000900.0}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":1.9e9}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":true}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":null}", TOKEN_EXP);
	assert_claims(a, "{" NAMES ",\"iat\":1800000000,\"exp\":[1800000900]}", TOKEN_EXP);
	assert_claims(
		a, "{" NAMES ",\"iat\":1800000000,\"exp\":99999999999999999999}", TOKEN_CLAIMS);
	assert_claims(a, "{" NAMES "," TIMES ",\"nbf\":1800000000}", TOKEN_GOOD);
	assert_claims(a, "{" NAMES "," TIMES ",\"nbf\":1800000031}", TOKEN_NBF);
	assert_claims(a, "{" NAMES "," TIMES ",\"nbf\":9223372036854775807}", TOKEN_NBF);
	assert_claims(a, "{" NAMES "," TIMES ",\"nbf\":\"0\"}", TOKEN_NBF);
	assert_claims(a, "{" NAMES "," TIMES ",\"nbf\":0.5}", TOKEN_NBF);
	assert_claims(a, "{" NAMES ",\"exp\":1800000900}", TOKEN_IAT);
	assert_claims(a, "{" NAMES ",\"exp\":1800000900,\"iat\":1800000031}", TOKEN_IAT);
	assert_claims(a, "{" NAMES ",\"exp\":1800000900,\"iat\":\"1\"}", TOKEN_IAT);
}

static void a_claim_that_stands_twice_is_refused(void **state)
{
	struct arena *a = *state;

	assert_claims(a, "{" NAMES "," TIMES ",\"exp\":1900000000}", TOKEN_CLAIMS);
	assert_claims(a, "{" NAMES "," TIMES ",\"scope\":\"users:write\"}", TOKEN_CLAIMS);
	assert_claims(a, "{" NAMES "," TIMES ",\"\\u0073cope\":\"users:write\"}", TOKEN_CLAIMS);
}

static void names_are_exact(void **state)
{
	struct arena *a = *state;
	static const char *const issuers[] = {"\"https://stock.example/\"",
		"\"https://stock.exampl\"", "\"HTTPS://STOCK.EXAMPLE\"", "\"\"", "null",
		"[\"https://stock.example\"]", "7"};
	static const char *const audiences[] = {"\"bincar\"", "\"bincard2\"", "\"\"", "null", "[]",
		"7", "{\"bincard\":1}", "[\"other\"]", "[[\"bincard\"]]"};

	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++)
		assert_claims(a,
			arena_printf(a,
				"{\"iss\":%s,\"aud\":\"bincard\",\"sub\":\"c1\","
				"\"client_id\":\"c1\",\"scope\":\"\",\"jti\":\"j1\"," TIMES "}",
				issuers[i]),
			TOKEN_ISSUER);
	for (size_t i = 0; i < sizeof(audiences) / sizeof(audiences[0]); i++)
		assert_claims(a,
			arena_printf(a,
				"{\"iss\":\"https://stock.example\",\"aud\":%s,"
				"\"sub\":\"c1\",\"client_id\":\"c1\",\"scope\":\"\",\"jti\":\"j1\"," TIMES
				"}",
				audiences[i]),
			TOKEN_AUDIENCE);
	assert_claims(a,
		"{\"iss\":\"https://stock.example\",\"aud\":[7,\"other\",\"bincard\"],"
		"\"sub\":\"c1\",\"client_id\":\"c1\",\"scope\":\"\",\"jti\":\"j1\"," TIMES "}",
		TOKEN_GOOD);
}

static void the_client_is_named(void **state)
{
	struct arena *a = *state;
	static const char *const wrong[] = {"\"sub\":\"c1\",\"client_id\":\"c2\"", "\"sub\":\"c1\"",
		"\"client_id\":\"c1\"", "\"sub\":\"\",\"client_id\":\"\"",
		"\"sub\":1,\"client_id\":1", "\"sub\":null,\"client_id\":null"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_claims(a,
			arena_printf(a,
				"{\"iss\":\"https://stock.example\",\"aud\":\"bincard\","
				"\"scope\":\"\",\"jti\":\"j1\",%s," TIMES "}",
				wrong[i]),
			TOKEN_SUBJECT);
	assert_claims(a,
		"{\"iss\":\"https://stock.example\",\"aud\":\"bincard\",\"sub\":\"c1\","
		"\"client_id\":\"c1\"," TIMES "}",
		TOKEN_SCOPE);
	assert_claims(a,
		"{\"iss\":\"https://stock.example\",\"aud\":\"bincard\",\"sub\":\"c1\","
		"\"client_id\":\"c1\",\"scope\":[\"items:read\"]," TIMES "}",
		TOKEN_SCOPE);
	assert_claims(a, "[]", TOKEN_CLAIMS);
	assert_claims(a, "", TOKEN_CLAIMS);
	assert_claims(a, "\xff", TOKEN_CLAIMS);
}

static void only_keys_of_our_curve_are_keys(void **state)
{
	struct arena *a = *state;
	EVP_PKEY *p384 = maker_key("secp384r1"), *rsa = EVP_RSA_gen(1024);
	struct str es384, text;

	assert_null(token_key_new(STR("k"), STR("ES256"), maker_public_pem(a, p384)));
	assert_null(token_key_new(STR("k"), STR("ES256"), maker_public_pem(a, rsa)));
	assert_null(token_key_new(STR("k"), STR("HS256"), pem));
	assert_null(token_key_new(STR("k"), STR("none"), pem));
	assert_null(token_key_new(STR(""), STR("ES256"), pem));
	assert_null(token_key_new(STR("k"), STR("ES256"), STR("")));
	assert_null(token_key_new(STR("k"), STR("ES256"), STR_NONE));
	assert_null(token_key_new(STR("k"), STR("ES256"),
		STR("-----BEGIN PUBLIC KEY-----\nAAAA\n"
		    "-----END PUBLIC KEY-----\n")));
	/* signed by a P-384 key under an ES256 header */
	text = maker_text(a, STR(HEADER), STR(CLAIMS));
	es384 = maker_ec_signature(a, p384, EVP_sha384(), 48, text);
	assert_fault(verify(a, maker_join(a, text, es384)), TOKEN_SIGNATURE);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(rsa);
}

static void without_keys_nothing_is_accepted(void **state)
{
	struct arena *a = *state;
	struct token_claims claims;
	struct str token = maker_token(a, pair, STR(HEADER), STR(CLAIMS));

	assert_fault(token_verify(NULL, 0, &rules, a, token, &claims), TOKEN_UNKNOWN_KEY);
}

static void a_key_is_named_by_its_thumbprint(void **state)
{
	struct arena *a = *state;
	struct token_pair one, two;
	struct token_key *key;
	struct json_out j;
	struct buf b;

	token_key_make(a, &one);
	token_key_make(a, &two);
	assert_int_equal(one.kid.n, 43);
	assert_false(str_eq(one.kid, two.kid));
	key = token_key_new(one.kid, STR(TOKEN_ALGORITHM), one.public_pem);
	buf_init(&b, a, 1024);
	json_init(&j, &b);
	token_key_to_json(key, &j);
	assert_non_null(strstr(buf_cstr(&b), "\"crv\":\"P-256\""));
	assert_null(strstr(buf_cstr(&b), "\"d\"")); /* the private part */
	token_key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_good_token_says_who_and_what),
		UNIT_TEST(what_libjwt_signs_is_accepted),
		UNIT_TEST(the_public_key_is_no_hmac_secret),
		UNIT_TEST(none_is_no_algorithm),
		UNIT_TEST(the_signature_counts_to_the_last_bit),
		UNIT_TEST(nothing_may_hang_on_a_segment),
		UNIT_TEST(there_is_one_spelling_of_a_signature),
		UNIT_TEST(three_segments),
		UNIT_TEST(size_is_capped_before_anything_else),
		UNIT_TEST(the_header_is_checked),
		UNIT_TEST(a_kid_is_only_compared),
		UNIT_TEST(times_are_integers),
		UNIT_TEST(a_claim_that_stands_twice_is_refused),
		UNIT_TEST(names_are_exact),
		UNIT_TEST(the_client_is_named),
		UNIT_TEST(only_keys_of_our_curve_are_keys),
		UNIT_TEST(without_keys_nothing_is_accepted),
		UNIT_TEST(a_key_is_named_by_its_thumbprint),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
