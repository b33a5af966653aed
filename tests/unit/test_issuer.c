/* What other issuers publish is read strictly, and their tokens are verified with their keys alone. */
#include "tests/unit/unit.h"

#include "domain/issuer.h"
#include "domain/token.h"
#include "tests/unit/jwk_maker.h"

#define NOW INT64_C(1800000000)
#define ONE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define ALL ((1u << TOKEN_ALGORITHMS) - 1)
#define CLAIMS                                                                              \
	"{\"iss\":\"https://login.example\",\"aud\":[\"other\",\"stock\"],\"sub\":\"s 1\"," \
	"\"exp\":1800000900}"

static const struct foreign_rules rules = {
	.issuer = "https://login.example", .audience = "stock", .now_s = NOW, .leeway_s = 30};
static EVP_PKEY *pairs[TOKEN_ALGORITHMS];

static int make_pairs(void **state)
{
	(void)state;
	for (int i = 0; i < TOKEN_ALGORITHMS; i++)
		pairs[i] = jwk_pair((enum token_algorithm)i);
	return 0;
}

static int free_pairs(void **state)
{
	(void)state;
	for (int i = 0; i < TOKEN_ALGORITHMS; i++)
		EVP_PKEY_free(pairs[i]);
	return 0;
}

/* A set of one key: the members that make it, and others. */
static struct str set_of(struct arena *a, EVP_PKEY *pair, const char *others)
{
	struct str members = jwk_members(a, pair);

	return str_printf(a, "{\"keys\":[{%.*s%s}]}", STR_ARG(members), others);
}

static size_t count(struct arena *a, unsigned algorithms, struct str json)
{
	struct issuer_keys keys;
	size_t n;

	if (issuer_read_keys(a, algorithms, json, &keys))
		return 0;
	n = keys.n;
	issuer_keys_free(&keys);
	return n;
}

static enum token_fault verify(struct arena *a, struct str set, unsigned allowed, struct str token)
{
	struct issuer_keys keys;
	struct foreign_claims claims;
	enum token_fault fault;

	assert_null(issuer_read_keys(a, allowed, set, &keys));
	fault = token_verify_foreign(keys.keys, keys.n, &rules, a, token, &claims);
	issuer_keys_free(&keys);
	return fault;
}

#define assert_fault(got, want) assert_string_equal(token_fault_text(got), token_fault_text(want))

static void every_algorithm_verifies_its_own_and_no_other(void **state)
{
	struct arena *a = *state;

	for (int i = 0; i < TOKEN_ALGORITHMS; i++) {
		const enum token_algorithm signs = (enum token_algorithm)i;
		struct str set = set_of(a, pairs[i], ",\"kid\":\"k\",\"use\":\"sig\"");

		for (int named = 0; named < TOKEN_ALGORITHMS; named++) {
			struct str token = jwk_token(a, pairs[i], signs,
				token_algorithm_name((enum token_algorithm)named), STR(CLAIMS));

			assert_true((verify(a, set, ALL, token) == TOKEN_GOOD) == (i == named));
		}
	}
}

static void a_changed_text_is_not_what_was_signed(void **state)
{
	struct arena *a = *state;

	for (int i = 0; i < TOKEN_ALGORITHMS; i++) {
		const enum token_algorithm signs = (enum token_algorithm)i;
		const char *alg = token_algorithm_name(signs);
		struct str set = set_of(a, pairs[i], ",\"kid\":\"k\"");
		struct str token = jwk_token(a, pairs[i], signs, alg, STR(CLAIMS));
		char *bytes = str_cstr(a, token);

		bytes[token.n - 20] = bytes[token.n - 20] == 'A' ? 'B' : 'A';
		assert_fault(verify(a, set, ALL, str_of(bytes)), TOKEN_SIGNATURE);
		token.n = (size_t)(strrchr(bytes, '.') + 1 - bytes);
		assert_fault(verify(a, set, ALL, token), TOKEN_SIGNATURE);
	}
}

static void an_algorithm_that_is_not_allowed_has_no_keys(void **state)
{
	struct arena *a = *state;
	struct str rsa = set_of(a, pairs[TOKEN_RS256], ",\"kid\":\"k\"");
	struct str named = set_of(a, pairs[TOKEN_RS256], ",\"kid\":\"k\",\"alg\":\"RS256\"");
	struct str token = jwk_token(a, pairs[TOKEN_RS256], TOKEN_PS256, "PS256", STR(CLAIMS));

	assert_int_equal(count(a, ALL, rsa), 2);
	assert_int_equal(count(a, ALL, named), 1);
	assert_int_equal(count(a, 1u << TOKEN_PS256, rsa), 1);
	assert_int_equal(count(a, 1u << TOKEN_PS256, named), 0);
	assert_int_equal(count(a, 1u << TOKEN_ES256, rsa), 0);
	assert_fault(verify(a, rsa, ALL, token), TOKEN_GOOD);
	assert_fault(verify(a, rsa, 1u << TOKEN_RS256, token), TOKEN_WRONG_ALGORITHM);
	assert_fault(verify(a, named, ALL, token), TOKEN_WRONG_ALGORITHM);
}

static void keys_that_cannot_be_used_are_passed_over(void **state)
{
	struct arena *a = *state;
	static const char *const others[] = {"", ",\"kid\":\"\"", ",\"kid\":7",
		",\"kid\":\"k\",\"use\":\"enc\"", ",\"kid\":\"k\",\"use\":7",
		",\"kid\":\"k\",\"key_ops\":[\"sign\"]", ",\"kid\":\"k\",\"key_ops\":\"verify\"",
		",\"kid\":\"k\",\"alg\":\"none\"", ",\"kid\":\"k\",\"alg\":\"HS256\"",
		",\"kid\":\"k\",\"alg\":\"ES384\"", ",\"kid\":\"k\",\"alg\":null",
		",\"kid\":\"k\",\"d\":\"AAAA\"", ",\"kid\":\"k\",\"k\":\"AAAA\""};
	EVP_PKEY *weak = EVP_RSA_gen(1024);
	char *longer = arena_printf(a, ",\"kid\":\"%0*d\"", TOKEN_KID_MAX + 1, 0);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_int_equal(count(a, ALL, set_of(a, pairs[TOKEN_ES256], others[i])), 0);
	assert_int_equal(count(a, ALL, set_of(a, pairs[TOKEN_ES256], longer)), 0);
	assert_int_equal(count(a, ALL, set_of(a, weak, ",\"kid\":\"k\"")), 0);
	assert_int_equal(
		count(a, ALL,
			set_of(a, pairs[TOKEN_ES256],
				",\"kid\":\"k\",\"key_ops\":[\"sign\",\"verify\"],\"x5c\":[\"x\"]")),
		1);
	EVP_PKEY_free(weak);
}

static void numbers_that_make_no_key_are_no_key(void **state)
{
	struct arena *a = *state;
	static const char *const keys[] = {
		/* not on the curve, too short, not base64url, another's names */
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ONE "\",\"y\":\"" ONE
		"\",\"kid\":\"k\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\",\"kid\":\"k\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"=\",\"y\":\"+\",\"kid\":\"k\"}",
		"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AAAA\",\"y\":\"AAAA\",\"kid\":\"k\"}",
		"{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"AQAB\",\"kid\":\"k\"}",
		"{\"kty\":\"RSA\",\"n\":7,\"e\":\"AQAB\",\"kid\":\"k\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\",\"kid\":\"k\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AAAA\",\"kid\":\"k\"}",
		"{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"k\"}", "{\"kid\":\"k\"}", "[]", "7",
		"null"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		assert_int_equal(count(a, ALL, str_printf(a, "{\"keys\":[%s]}", keys[i])), 0);
}

static void an_exponent_of_one_signs_nothing(void **state)
{
	struct arena *a = *state;
	struct str n = jwk_number(a, pairs[TOKEN_RS256], OSSL_PKEY_PARAM_RSA_N, 0);
	static const char *const exponents[] = {"AQ", "Ag", "AAAAAAAAAAE", "AQAAAAAAAAAB"};

	for (size_t i = 0; i < sizeof(exponents) / sizeof(*exponents); i++)
		assert_int_equal(
			count(a, ALL,
				str_printf(a,
					"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%s\","
					"\"kid\":\"k\"}]}",
					STR_ARG(n), exponents[i])),
			0);
}

static void a_kid_that_stands_twice_spoils_the_set(void **state)
{
	struct arena *a = *state;
	struct str one = jwk_members(a, pairs[TOKEN_ES256]),
		   two = jwk_members(a, pairs[TOKEN_ES384]);

	assert_int_equal(
		count(a, ALL,
			str_printf(a, "{\"keys\":[{%.*s,\"kid\":\"k\"},{%.*s,\"kid\":\"k\"}]}",
				STR_ARG(one), STR_ARG(one))),
		0);
	assert_int_equal(
		count(a, ALL,
			str_printf(a, "{\"keys\":[{%.*s,\"kid\":\"k\"},{%.*s,\"kid\":\"k\"}]}",
				STR_ARG(one), STR_ARG(two))),
		2);
}

static void a_set_has_its_limits(void **state)
{
	struct arena *a = *state;
	struct str members = jwk_members(a, pairs[TOKEN_ES256]);
	struct buf b;

	buf_init(&b, a, 1 << 20);
	buf_add_cstr(&b, "{\"keys\":[");
	for (int i = 0; i < ISSUER_KEYS_MAX; i++)
		buf_printf(&b, "{%.*s,\"kid\":\"k%d\"},", STR_ARG(members), i);
	b.n--;
	assert_int_equal(count(a, ALL, str_printf(a, "%.*s]}", (int)b.n, b.p)), ISSUER_KEYS_MAX);
	assert_int_equal(count(a, ALL, str_printf(a, "%.*s,{}]}", (int)b.n, b.p)), 0);
	assert_int_equal(count(a, ALL, STR("{\"keys\":[]}")), 0);
	assert_int_equal(count(a, ALL, STR("{\"keys\":{}}")), 0);
	assert_int_equal(count(a, ALL, STR("{}")), 0);
	assert_int_equal(count(a, ALL, STR("[]")), 0);
	assert_int_equal(count(a, ALL, STR("")), 0);
}

static void claims_are_looked_at_one_by_one(void **state)
{
	struct arena *a = *state;
	EVP_PKEY *pair = pairs[TOKEN_EDDSA];
	struct str set = set_of(a, pair, ",\"kid\":\"k\"");
	static const struct {
		const char *iss, *aud, *sub, *times;
		enum token_fault fault;
	} table[] = {
		{"\"https://login.example\"", "\"stock\"", "\"s\"", "\"exp\":1799999971",
			TOKEN_GOOD},
		{"\"https://login.example\"", "\"stock\"", "\"s\"", "\"exp\":1799999970",
			TOKEN_EXPIRED},
		{"\"https://login.example\"", "\"stock\"", "\"s\"", "\"exp\":\"1800000900\"",
			TOKEN_EXP},
		{"\"https://login.example\"", "\"stock\"", "\"s\"", "\"iat\":1", TOKEN_EXP},
		{"\"https://login.example\"", "\"stock\"", "\"s\"",
			"\"exp\":1800000900,\"nbf\":1800000031", TOKEN_NBF},
		{"\"https://login.example\"", "\"stock\"", "\"s\"",
			"\"exp\":1800000900,\"nbf\":1800000030,\"iat\":1800000030", TOKEN_GOOD},
		{"\"https://login.example\"", "\"stock\"", "\"s\"",
			"\"exp\":1800000900,\"iat\":1800000031", TOKEN_IAT},
		{"\"https://login.example/\"", "\"stock\"", "\"s\"", "\"exp\":1800000900",
			TOKEN_ISSUER},
		{"[\"https://login.example\"]", "\"stock\"", "\"s\"", "\"exp\":1800000900",
			TOKEN_ISSUER},
		{"\"https://login.example\"", "\"stock2\"", "\"s\"", "\"exp\":1800000900",
			TOKEN_AUDIENCE},
		{"\"https://login.example\"", "[]", "\"s\"", "\"exp\":1800000900", TOKEN_AUDIENCE},
		{"\"https://login.example\"", "{\"stock\":1}", "\"s\"", "\"exp\":1800000900",
			TOKEN_AUDIENCE},
		{"\"https://login.example\"", "\"stock\"", "\"\"", "\"exp\":1800000900",
			TOKEN_SUBJECT},
		{"\"https://login.example\"", "\"stock\"", "7", "\"exp\":1800000900",
			TOKEN_SUBJECT},
		{"\"https://login.example\"", "\"stock\"", "\"a\\u0007\"", "\"exp\":1800000900",
			TOKEN_SUBJECT},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct str claims = str_printf(a, "{\"iss\":%s,\"aud\":%s,\"sub\":%s,%s}",
			table[i].iss, table[i].aud, table[i].sub, table[i].times);

		assert_fault(verify(a, set, ALL, jwk_token(a, pair, TOKEN_EDDSA, "EdDSA", claims)),
			table[i].fault);
	}
}

static void metadata_is_the_issuers_own(void **state)
{
	struct arena *a = *state;
	const struct issuer_source source = {.issuer = "https://login.example"};
	struct issuer_metadata out;
	static const char *const wrong[] = {"", "[]", "{}",
		"{\"issuer\":\"https://login.example\"}",
		"{\"issuer\":\"https://login.example/\",\"jwks_uri\":\"https://login.example/k\"}",
		"{\"issuer\":\"https://login.example\",\"jwks_uri\":\"http://login.example/k\"}",
		"{\"issuer\":\"https://login.example\",\"jwks_uri\":\"http://127.0.0.1/k\"}",
		"{\"issuer\":\"https://login.example\",\"jwks_uri\":\"file:///etc/passwd\"}",
		"{\"issuer\":\"https://login.example\",\"jwks_uri\":\"https://u:p@login.example/k\"}",
		"{\"issuer\":\"https://login.example\",\"jwks_uri\":[\"https://login.example/k\"]}"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_non_null(issuer_read_metadata(a, &source, str_of(wrong[i]), &out));
	assert_null(issuer_read_metadata(a, &source,
		STR("{\"issuer\":\"https://login.example\",\"jwks_uri\":\"https://keys.example/k\","
		    "\"token_endpoint\":\"https://login.example/t\"}"),
		&out));
	assert_str_is(out.jwks_uri, "https://keys.example/k");
	assert_str_is(json_member(out.all, "token_endpoint")->text, "https://login.example/t");
}

static void only_https_is_asked_or_loopback_where_that_is_allowed(void **state)
{
	struct arena *a = *state;
	static const struct {
		const char *url;
		bool always, loopback;
	} table[] = {
		{"https://login.example/a?b=c", true, true},
		{"HTTPS://login.example", true, true},
		{"http://127.0.0.1:8080/x", false, true},
		{"http://[::1]/x", false, true},
		{"http://localhost/x", false, true},
		{"http://127.0.0.1.example/x", false, false},
		{"http://localhost@login.example/x", false, false},
		{"http://login.example/x", false, false},
		{"https://user@login.example", false, false},
		{"https://login.example/#x", false, false},
		{"ftp://login.example", false, false},
		{"login.example", false, false},
		{"https://", false, false},
		{"https://login.example/\nx", false, false},
		{"", false, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(fetch_may_ask(a, str_of(table[i].url), false), table[i].always);
		assert_int_equal(fetch_may_ask(a, str_of(table[i].url), true), table[i].loopback);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_algorithm_verifies_its_own_and_no_other),
		UNIT_TEST(a_changed_text_is_not_what_was_signed),
		UNIT_TEST(an_algorithm_that_is_not_allowed_has_no_keys),
		UNIT_TEST(keys_that_cannot_be_used_are_passed_over),
		UNIT_TEST(numbers_that_make_no_key_are_no_key),
		UNIT_TEST(an_exponent_of_one_signs_nothing),
		UNIT_TEST(a_kid_that_stands_twice_spoils_the_set),
		UNIT_TEST(a_set_has_its_limits),
		UNIT_TEST(claims_are_looked_at_one_by_one),
		UNIT_TEST(metadata_is_the_issuers_own),
		UNIT_TEST(only_https_is_asked_or_loopback_where_that_is_allowed),
	};

	return cmocka_run_group_tests(tests, make_pairs, free_pairs);
}
