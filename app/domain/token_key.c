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
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/digest.h"

#define CURVE "prime256v1"
#define COORDINATE_BYTES 32
#define COORDINATE_BYTES_MAX 48

struct token_key {
	size_t kid_bytes;
	char kid[TOKEN_KID_MAX];
	enum token_algorithm algorithm;
	EVP_PKEY *pkey;
};

static const struct algorithm {
	const char *name;
	const char *kty;
	const char *crv; /* of the JWK; NULL: it has none */
	const char *group; /* OpenSSL's name of the curve */
	const char *digest; /* NULL: Ed25519 takes the text as it is */
	size_t coordinate_bytes;
} algorithms[TOKEN_ALGORITHMS] = {
	[TOKEN_RS256] = {"RS256", "RSA", NULL, NULL, "SHA256", 0},
	[TOKEN_PS256] = {"PS256", "RSA", NULL, NULL, "SHA256", 0},
	[TOKEN_ES256] = {"ES256", "EC", "P-256", CURVE, "SHA256", COORDINATE_BYTES},
	[TOKEN_ES384] = {"ES384", "EC", "P-384", "secp384r1", "SHA384", COORDINATE_BYTES_MAX},
	[TOKEN_EDDSA] = {"EdDSA", "OKP", "Ed25519", NULL, NULL, 0},
};

const char *token_algorithm_name(enum token_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

bool token_algorithm_from(struct str name, enum token_algorithm *out)
{
	for (int i = 0; i < TOKEN_ALGORITHMS; i++) {
		if (str_is(name, algorithms[i].name)) {
			*out = (enum token_algorithm)i;
			return true;
		}
	}
	return false;
}

/* `pkey` is the new one's from here on. */
static struct token_key *new_key(struct str kid, enum token_algorithm algorithm, EVP_PKEY *pkey)
{
	struct token_key *key = calloc(1, sizeof(*key));

	assert(key && kid.n && kid.n <= sizeof(key->kid));
	memcpy(key->kid, kid.p, kid.n);
	key->kid_bytes = kid.n;
	key->algorithm = algorithm;
	key->pkey = pkey;
	return key;
}

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
	return new_key(kid, TOKEN_ES256, pkey);
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
	return (struct str){key->kid, key->kid_bytes};
}

const char *token_key_algorithm(const struct token_key *key)
{
	return algorithms[key->algorithm].name;
}

/* ---- signatures ---- */

/* r and s as the DER sequence that OpenSSL reads. */
static int signature_der(struct str signature, size_t half, unsigned char **der)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(p, (int)half, NULL);
	BIGNUM *s = BN_bin2bn(p + half, (int)half, NULL);
	int n;

	assert(sig && r && s);
	n = ECDSA_SIG_set0(sig, r, s);
	assert(n == 1);
	n = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return n;
}

/* Fetched once: a lookup costs more than the digest. */
static EVP_MD *digest_of(const struct algorithm *algorithm)
{
	static EVP_MD *digests[TOKEN_ALGORITHMS];
	EVP_MD **place = &digests[algorithm - algorithms];

	if (!*place && algorithm->digest) {
		*place = EVP_MD_fetch(NULL, algorithm->digest, NULL);
		assert(*place);
	}
	return *place;
}

/* PS256: MGF1 with the same digest, and a salt of its length (RFC 7518 section 3.5). */
static bool set_padding(EVP_PKEY_CTX *ctx, enum token_algorithm algorithm)
{
	if (algorithm != TOKEN_PS256)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verifies(const struct token_key *key, struct str text, const void *signature, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding;
	bool good;

	assert(ctx);
	good = EVP_DigestVerifyInit(ctx, &padding, digest_of(&algorithms[key->algorithm]), NULL,
		       key->pkey) == 1 &&
		set_padding(padding, key->algorithm) &&
		EVP_DigestVerify(ctx, signature, n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

bool token_key_verifies(const struct token_key *key, struct str text, struct str signature)
{
	const size_t half = algorithms[key->algorithm].coordinate_bytes;
	unsigned char *der = NULL;
	bool good;
	int n;

	if (!half)
		return verifies(key, text, signature.p, signature.n);
	if (signature.n != 2 * half)
		return false;
	n = signature_der(signature, half, &der);
	good = n > 0 && verifies(key, text, der, (size_t)n);
	OPENSSL_free(der);
	return good;
}

/* ---- keys of others ---- */

static bool member_is(const struct json_node *jwk, const char *name, const char *text)
{
	const struct json_node *m = json_member(jwk, name);

	return m && m->type == JSON_TEXT && str_is(m->text, text);
}

/* A member's bytes; false when it is not there or not strict base64url. */
static bool member_bytes(
	struct arena *a, const struct json_node *jwk, const char *name, struct str *out)
{
	const struct json_node *m = json_member(jwk, name);

	return m && m->type == JSON_TEXT && str_from_base64url(a, m->text, out) && out->n > 0;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	assert(params && ctx);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

/* OpenSSL takes no point that is not on the curve. */
static EVP_PKEY *ec_key(
	struct arena *a, const struct algorithm *algorithm, const struct json_node *jwk)
{
	unsigned char point[1 + 2 * COORDINATE_BYTES_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
	const size_t n = algorithm->coordinate_bytes;
	OSSL_PARAM_BLD *build;
	struct str x, y;
	EVP_PKEY *pkey;

	if (!member_bytes(a, jwk, "x", &x) || !member_bytes(a, jwk, "y", &y) || x.n != n ||
		y.n != n)
		return NULL;
	memcpy(point + 1, x.p, n);
	memcpy(point + 1 + n, y.p, n);
	build = OSSL_PARAM_BLD_new();
	assert(build);
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, algorithm->group, 0);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * n);
	pkey = from_params("EC", build);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static bool is_strong(const BIGNUM *n, const BIGNUM *e)
{
	return BN_num_bits(n) >= TOKEN_RSA_BITS_MIN && BN_num_bits(n) <= TOKEN_RSA_BITS_MAX &&
		BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 64;
}

static EVP_PKEY *rsa_key(struct arena *a, const struct json_node *jwk)
{
	OSSL_PARAM_BLD *build;
	struct str n, e;
	BIGNUM *bn, *be;
	EVP_PKEY *pkey = NULL;

	if (!member_bytes(a, jwk, "n", &n) || !member_bytes(a, jwk, "e", &e) ||
		n.n > TOKEN_RSA_BITS_MAX / 8 + 1 || e.n > 8)
		return NULL;
	bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
	be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
	build = OSSL_PARAM_BLD_new();
	assert(bn && be && build);
	if (is_strong(bn, be)) {
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn);
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be);
		pkey = from_params("RSA", build);
	}
	OSSL_PARAM_BLD_free(build);
	BN_free(bn);
	BN_free(be);
	return pkey;
}

static EVP_PKEY *ed25519_key(struct arena *a, const struct json_node *jwk)
{
	struct str x;

	if (!member_bytes(a, jwk, "x", &x))
		return NULL;
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.p, x.n);
}

static EVP_PKEY *jwk_key(
	struct arena *a, enum token_algorithm algorithm, const struct json_node *jwk)
{
	const struct algorithm *entry = &algorithms[algorithm];

	if (!member_is(jwk, "kty", entry->kty) ||
		(entry->crv && !member_is(jwk, "crv", entry->crv)))
		return NULL;
	if (entry->group)
		return ec_key(a, entry, jwk);
	return algorithm == TOKEN_EDDSA ? ed25519_key(a, jwk) : rsa_key(a, jwk);
}

struct token_key *token_key_from_jwk(struct arena *a, struct str kid,
	enum token_algorithm algorithm, const struct json_node *jwk)
{
	EVP_PKEY *pkey;

	if (!kid.n || kid.n > TOKEN_KID_MAX || jwk->type != JSON_OBJECT)
		return NULL;
	pkey = jwk_key(a, algorithm, jwk);
	ERR_clear_error();
	return pkey ? new_key(kid, algorithm, pkey) : NULL;
}

/* ---- keys of our own ---- */

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
	json_str(j, "kid", token_key_kid(key));
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
