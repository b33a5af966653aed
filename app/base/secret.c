#include "base/secret.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

static_assert(SECRET_KEY_BYTES == crypto_secretbox_KEYBYTES, "key");
static_assert(SECRET_MAC_BYTES == crypto_auth_hmacsha256_BYTES, "digest");
static_assert(SECRET_SEAL_BYTES == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES, "seal");

/* Every function may be the first that a process calls; a second sodium_init() does nothing. */
static void ready(void)
{
	int rc = sodium_init();

	assert(rc >= 0);
}

void secret_random(void *out, size_t n)
{
	ready();
	randombytes_buf(out, n);
}

struct str secret_random_text(struct arena *a, size_t n)
{
	char *bytes = arena_bytes(a, n);
	struct str text;

	secret_random(bytes, n);
	text = str_base64url(a, (struct str){bytes, n});
	secret_wipe(bytes, n);
	return text;
}

void secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

struct str secret_seal(
	struct arena *a, const unsigned char key[static SECRET_KEY_BYTES], struct str plain)
{
	unsigned char *out = arena_bytes(a, plain.n + SECRET_SEAL_BYTES);
	int rc;

	assert(plain.p);
	secret_random(out, crypto_secretbox_NONCEBYTES);
	rc = crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES,
		(const unsigned char *)plain.p, plain.n, out, key);
	assert(rc == 0);
	return (struct str){(const char *)out, plain.n + SECRET_SEAL_BYTES};
}

bool secret_open(struct arena *a, const unsigned char key[static SECRET_KEY_BYTES],
	struct str sealed, struct str *plain)
{
	const unsigned char *nonce = (const unsigned char *)sealed.p;
	unsigned char *out;

	ready();
	if (!sealed.p || sealed.n < SECRET_SEAL_BYTES)
		return false;
	out = arena_bytes(a, sealed.n - SECRET_SEAL_BYTES + 1);
	if (crypto_secretbox_open_easy(out, nonce + crypto_secretbox_NONCEBYTES,
		    sealed.n - crypto_secretbox_NONCEBYTES, nonce, key) != 0)
		return false;
	*plain = (struct str){(const char *)out, sealed.n - SECRET_SEAL_BYTES};
	return true;
}

void secret_mac(unsigned char out[static SECRET_MAC_BYTES], struct str key, struct str text)
{
	crypto_auth_hmacsha256_state state;

	ready();
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.p, text.n);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

uint64_t secret_short_hash(const unsigned char key[static SECRET_SHORT_KEY_BYTES], struct str text)
{
	static_assert(SECRET_SHORT_KEY_BYTES == crypto_shorthash_KEYBYTES, "key");
	uint64_t hash;

	static_assert(sizeof(hash) == crypto_shorthash_BYTES, "hash");
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text.p, text.n, key);
	return hash;
}

bool secret_hash_password(struct arena *a, struct str password, unsigned memory_kib,
	unsigned passes, struct str *hash)
{
	char text[crypto_pwhash_STRBYTES];

	ready();
	if (crypto_pwhash_str_alg(text, password.p ? password.p : "", password.n, passes,
		    (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return false;
	*hash = str_copy(a, str_of(text));
	return true;
}

/* libsodium wants the hash in a buffer of full size, filled up with NUL. */
static bool hash_buffer(char out[static crypto_pwhash_STRBYTES], struct str hash)
{
	memset(out, 0, crypto_pwhash_STRBYTES);
	if (!hash.p || hash.n >= crypto_pwhash_STRBYTES)
		return false;
	memcpy(out, hash.p, hash.n);
	return true;
}

bool secret_password_matches(struct str hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES];

	ready();
	return hash_buffer(text, hash) &&
		crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
}

bool secret_password_is_old(struct str hash, unsigned memory_kib, unsigned passes)
{
	char text[crypto_pwhash_STRBYTES];

	ready();
	return !hash_buffer(text, hash) ||
		crypto_pwhash_str_needs_rehash(text, passes, (size_t)memory_kib * 1024) != 0;
}
