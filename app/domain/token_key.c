#include "domain/token_key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/digest.h"

#define CURVE "prime256v1"
#define COORDINATE_BYTES 32

struct token_key {
	char kid[TOKEN_KID_MAX + 1];
	EVP_PKEY *pkey;
};

static EVP_PKEY *read_public(struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *pkey;

	assert(bio);
	pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return pkey;
}

static bool is_on_our_curve(const EVP_PKEY *pkey)
{
	char name[32];
	size_t n;

	return EVP_PKEY_is_a(pkey, "EC") &&
		EVP_PKEY_get_group_name(pkey, name, sizeof(name), &n) == 1 &&
		strcmp(name, CURVE) == 0;
}

struct token_key *token_key_new(struct str kid, struct str algorithm, struct str public_pem)
{
	struct token_key *key;
	EVP_PKEY *pkey;

	if (!str_is(algorithm, TOKEN_ALGORITHM) || !kid.n || kid.n > TOKEN_KID_MAX ||
		!public_pem.p || public_pem.n > 4096)
		return NULL;
	pkey = read_public(public_pem);
	if (!pkey)
		return NULL;
	if (!is_on_our_curve(pkey)) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	key = calloc(1, sizeof(*key));
	assert(key);
	memcpy(key->kid, kid.p, kid.n);
	key->pkey = pkey;
	return key;
}

void token_key_free(struct token_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

struct str token_key_kid(const struct token_key *key)
{
	return str_of(key->kid);
}

const char *token_key_algorithm(const struct token_key *key)
{
	(void)key;
	return TOKEN_ALGORITHM;
}

/* r and s as the DER sequence that OpenSSL reads. */
static int signature_der(struct str signature, unsigned char **der)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(p, COORDINATE_BYTES, NULL);
	BIGNUM *s = BN_bin2bn(p + COORDINATE_BYTES, COORDINATE_BYTES, NULL);
	int n;

	assert(sig && r && s);
	n = ECDSA_SIG_set0(sig, r, s);
	assert(n == 1);
	n = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return n;
}

static bool digest_verify(EVP_PKEY *pkey, struct str text, const unsigned char *der, size_t n)
{
	static EVP_MD *sha256; /* fetched once: a lookup costs more than the digest */
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	if (!sha256)
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	assert(ctx && sha256);
	good = EVP_DigestVerifyInit(ctx, NULL, sha256, NULL, pkey) == 1 &&
		EVP_DigestVerify(ctx, der, n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

bool token_key_verifies(const struct token_key *key, struct str text, struct str signature)
{
	unsigned char *der = NULL;
	bool good;
	int n;

	if (signature.n != TOKEN_SIGNATURE_BYTES)
		return false;
	n = signature_der(signature, &der);
	good = n > 0 && digest_verify(key->pkey, text, der, (size_t)n);
	OPENSSL_free(der);
	return good;
}

static struct str coordinate(struct arena *a, const EVP_PKEY *pkey, const char *name)
{
	unsigned char bytes[COORDINATE_BYTES];
	BIGNUM *n = NULL;
	int ok;

	ok = EVP_PKEY_get_bn_param(pkey, name, &n);
	assert(ok == 1);
	ok = BN_bn2binpad(n, bytes, sizeof(bytes));
	assert(ok == sizeof(bytes));
	BN_free(n);
	return str_base64url(a, (struct str){(const char *)bytes, sizeof(bytes)});
}

void token_key_to_json(const struct token_key *key, struct json_out *j)
{
	struct arena *a = j->buf->arena;

	json_object(j, NULL);
	json_cstr(j, "kty", "EC");
	json_cstr(j, "crv", "P-256");
	json_str(j, "x", coordinate(a, key->pkey, OSSL_PKEY_PARAM_EC_PUB_X));
	json_str(j, "y", coordinate(a, key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y));
	json_cstr(j, "alg", TOKEN_ALGORITHM);
	json_cstr(j, "use", "sig");
	json_cstr(j, "kid", key->kid);
	json_object_end(j);
}

/* RFC 7638 section 3: the members that make the key, in the order of their names. */
static struct str thumbprint(struct arena *a, const EVP_PKEY *pkey)
{
	struct str x = coordinate(a, pkey, OSSL_PKEY_PARAM_EC_PUB_X);
	struct str y = coordinate(a, pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
	struct str jwk =
		str_printf(a, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
			STR_ARG(x), STR_ARG(y));

	return str_base64url(a, digest_sha256_str(a, jwk));
}

static struct str bio_text(struct arena *a, BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	assert(n > 0);
	return str_copy(a, (struct str){p, (size_t)n});
}

void token_key_make(struct arena *a, struct token_pair *out)
{
	EVP_PKEY *pkey = EVP_EC_gen(CURVE);
	BIO *private_bio = BIO_new(BIO_s_secmem()), *public_bio = BIO_new(BIO_s_mem());
	int ok;

	assert(pkey && private_bio && public_bio);
	ok = PEM_write_bio_PrivateKey(private_bio, pkey, NULL, NULL, 0, NULL, NULL);
	assert(ok == 1);
	ok = PEM_write_bio_PUBKEY(public_bio, pkey);
	assert(ok == 1);
	*out = (struct token_pair){
		.kid = thumbprint(a, pkey),
		.private_pem = bio_text(a, private_bio),
		.public_pem = bio_text(a, public_bio),
	};
	BIO_free(private_bio);
	BIO_free(public_bio);
	EVP_PKEY_free(pkey);
}

struct str token_key_thumbprint(struct arena *a, const struct token_key *key)
{
	return thumbprint(a, key->pkey);
}

struct str token_key_pem(struct arena *a, const struct token_key *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct str text;
	int ok;

	assert(bio);
	ok = PEM_write_bio_PUBKEY(bio, key->pkey);
	assert(ok == 1);
	text = bio_text(a, bio);
	BIO_free(bio);
	return text;
}
