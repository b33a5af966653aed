#include "base/digest.h"

#include <assert.h>

#include <openssl/evp.h>

void digest_sha256(unsigned char out[static DIGEST_BYTES], struct str bytes)
{
	/* Fetched once and kept for the life of the process: EVP_sha256() would be looked up again
	 * on every call, which costs more than hashing a short text. */
	static EVP_MD *sha256;
	unsigned n = 0;
	int ok;

	if (!sha256)
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	assert(sha256);
	ok = EVP_Digest(bytes.p ? bytes.p : "", bytes.n, out, &n, sha256, NULL);
	assert(ok == 1 && n == DIGEST_BYTES);
}

struct str digest_sha256_str(struct arena *a, struct str bytes)
{
	unsigned char *out = arena_alloc(a, DIGEST_BYTES);

	digest_sha256(out, bytes);
	return (struct str){(const char *)out, DIGEST_BYTES};
}

struct str digest_left_half(struct arena *a, int bits, struct str bytes)
{
	const char *name = bits == 256 ? "SHA256" : bits == 384 ? "SHA384" : "SHA512";
	unsigned char *out = arena_alloc(a, EVP_MAX_MD_SIZE);
	size_t n = 0;
	int ok = EVP_Q_digest(NULL, name, NULL, bytes.p, bytes.n, out, &n);

	assert(ok == 1 && n == (size_t)bits / 8);
	return (struct str){(const char *)out, n / 2};
}

void digest_hmac_sha1(
	unsigned char out[static DIGEST_HMAC_SHA1_BYTES], struct str key, struct str text)
{
	size_t n = 0;
	unsigned char *made = EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, key.p, key.n,
		(const unsigned char *)text.p, text.n, out, DIGEST_HMAC_SHA1_BYTES, &n);

	assert(made && n == DIGEST_HMAC_SHA1_BYTES);
}
