/*
 * token_maker: makes tokens that no honest issuer makes, for the tests and the fuzzer of
 * domain/token.
 */
#ifndef BINCARD_TESTS_TOKEN_MAKER_H
#define BINCARD_TESTS_TOKEN_MAKER_H

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "base/str.h"

static inline EVP_PKEY *maker_key(const char *curve)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	if (!key)
		abort();
	return key;
}

static inline struct str maker_public_pem(struct arena *a, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct str pem;
	char *p;
	long n;

	if (!bio || PEM_write_bio_PUBKEY(bio, key) != 1)
		abort();
	n = BIO_get_mem_data(bio, &p);
	pem = str_copy(a, (struct str){p, (size_t)n});
	BIO_free(bio);
	return pem;
}

/* base64url(header) "." base64url(claims) */
static inline struct str maker_text(struct arena *a, struct str header, struct str claims)
{
	struct str h = str_base64url(a, header), c = str_base64url(a, claims);

	return str_printf(a, "%.*s.%.*s", STR_ARG(h), STR_ARG(c));
}

static inline struct str maker_join(struct arena *a, struct str text, struct str signature)
{
	struct str s = str_base64url(a, signature);

	return str_printf(a, "%.*s.%.*s", STR_ARG(text), STR_ARG(s));
}

/* r and s, half_bytes each. */
static inline struct str maker_ec_signature(
	struct arena *a, EVP_PKEY *key, const EVP_MD *md, int half_bytes, struct str text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[256], *raw = arena_alloc(a, (size_t)half_bytes * 2);
	const unsigned char *p = der;
	size_t n = sizeof(der);
	ECDSA_SIG *sig;

	if (!ctx || EVP_DigestSignInit(ctx, NULL, md, NULL, key) != 1 ||
		EVP_DigestSign(ctx, der, &n, (const unsigned char *)text.p, text.n) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, half_bytes) != half_bytes ||
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half_bytes, half_bytes) != half_bytes)
		abort();
	ECDSA_SIG_free(sig);
	return (struct str){(const char *)raw, (size_t)half_bytes * 2};
}

static inline struct str maker_token(
	struct arena *a, EVP_PKEY *key, struct str header, struct str claims)
{
	struct str text = maker_text(a, header, claims);

	return maker_join(a, text, maker_ec_signature(a, key, EVP_sha256(), 32, text));
}

static inline struct str maker_hs256(
	struct arena *a, struct str secret, struct str header, struct str claims)
{
	struct str text = maker_text(a, header, claims);
	unsigned char mac[32];
	unsigned n = sizeof(mac);

	if (!HMAC(EVP_sha256(), secret.p ? secret.p : "", (int)secret.n,
		    (const unsigned char *)text.p, text.n, mac, &n))
		abort();
	return maker_join(a, text, (struct str){(const char *)mac, n});
}

#endif
