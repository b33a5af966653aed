/*
 * jwk_maker: key pairs of all algorithms, as a JWK and as what signs, for the tests of domain/issuer.
 */
#ifndef BINCARD_TESTS_JWK_MAKER_H
#define BINCARD_TESTS_JWK_MAKER_H

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "domain/token_key.h"
#include "tests/unit/token_maker.h"

static inline struct str jwk_number(struct arena *a, EVP_PKEY *key, const char *name, int bytes)
{
	unsigned char raw[2048];
	BIGNUM *n = NULL;

	if (EVP_PKEY_get_bn_param(key, name, &n) != 1)
		abort();
	if (!bytes)
		bytes = BN_num_bytes(n);
	if (BN_bn2binpad(n, raw, bytes) != bytes)
		abort();
	BN_free(n);
	return str_base64url(a, (struct str){(const char *)raw, (size_t)bytes});
}

/* The members that make the key, without braces. */
static inline struct str jwk_members(struct arena *a, EVP_PKEY *key)
{
	unsigned char raw[32];
	size_t n = sizeof(raw);
	struct str x, y;
	int bytes;

	if (EVP_PKEY_is_a(key, "RSA")) {
		x = jwk_number(a, key, OSSL_PKEY_PARAM_RSA_N, 0);
		y = jwk_number(a, key, OSSL_PKEY_PARAM_RSA_E, 0);
		return str_printf(
			a, "\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"", STR_ARG(x), STR_ARG(y));
	}
	if (EVP_PKEY_is_a(key, "EC")) {
		bytes = EVP_PKEY_get_bits(key) / 8;
		x = jwk_number(a, key, OSSL_PKEY_PARAM_EC_PUB_X, bytes);
		y = jwk_number(a, key, OSSL_PKEY_PARAM_EC_PUB_Y, bytes);
		return str_printf(a,
			"\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%.*s\",\"y\":\"%.*s\"",
			EVP_PKEY_get_bits(key), STR_ARG(x), STR_ARG(y));
	}
	if (EVP_PKEY_get_raw_public_key(key, raw, &n) != 1)
		abort();
	x = str_base64url(a, (struct str){(const char *)raw, n});
	return str_printf(a, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"", STR_ARG(x));
}

static inline EVP_PKEY *jwk_pair(enum token_algorithm algorithm)
{
	EVP_PKEY *key = NULL;

	switch (algorithm) {
	case TOKEN_RS256:
	case TOKEN_PS256:
		key = EVP_RSA_gen(2048);
		break;
	case TOKEN_ES256:
		key = EVP_EC_gen("P-256");
		break;
	case TOKEN_ES384:
		key = EVP_EC_gen("P-384");
		break;
	case TOKEN_EDDSA:
	case TOKEN_ALGORITHMS:
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		break;
	}
	if (!key)
		abort();
	return key;
}

static inline struct str jwk_raw_signature(
	struct arena *a, EVP_PKEY *key, bool pss, struct str text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *raw = arena_alloc(a, 1024);
	EVP_PKEY_CTX *padding;
	size_t n = 1024;

	if (!ctx ||
		EVP_DigestSignInit(ctx, &padding, EVP_PKEY_is_a(key, "RSA") ? EVP_sha256() : NULL,
			NULL, key) != 1)
		abort();
	if (pss &&
		(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) != 1 ||
			EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) != 1))
		abort();
	if (EVP_DigestSign(ctx, raw, &n, (const unsigned char *)text.p, text.n) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	return (struct str){(const char *)raw, n};
}

static inline struct str jwk_signature(
	struct arena *a, EVP_PKEY *key, enum token_algorithm algorithm, struct str text)
{
	if (algorithm == TOKEN_ES256)
		return maker_ec_signature(a, key, EVP_sha256(), 32, text);
	if (algorithm == TOKEN_ES384)
		return maker_ec_signature(a, key, EVP_sha384(), 48, text);
	return jwk_raw_signature(a, key, algorithm == TOKEN_PS256, text);
}

/* A token whose header names `alg` and "k". */
static inline struct str jwk_token(struct arena *a, EVP_PKEY *key, enum token_algorithm algorithm,
	const char *alg, struct str claims)
{
	struct str header = str_printf(a, "{\"alg\":\"%s\",\"kid\":\"k\"}", alg);
	struct str text = maker_text(a, header, claims);

	return maker_join(a, text, jwk_signature(a, key, algorithm, text));
}

#endif
