/*
 * secret: random bytes, sealing, keyed digests and password hashes. Wraps libsodium, which only
 * secret.c includes.
 */
#ifndef BINCARD_BASE_SECRET_H
#define BINCARD_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define SECRET_KEY_BYTES 32
#define SECRET_MAC_BYTES 32
/* What secret_seal adds to the length: nonce and authenticator. */
#define SECRET_SEAL_BYTES (24 + 16)

void secret_random(void *out, size_t n);
/* n random bytes as base64url. */
struct str secret_random_text(struct arena *a, size_t n);
/* Overwrites in a way that the compiler does not leave out. */
void secret_wipe(void *p, size_t n);

/* Encrypts and authenticates (XSalsa20 and Poly1305) under a random nonce. */
struct str secret_seal(
	struct arena *a, const unsigned char key[static SECRET_KEY_BYTES], struct str plain);
/* False when it was sealed with another key, cut or changed. */
bool secret_open(struct arena *a, const unsigned char key[static SECRET_KEY_BYTES],
	struct str sealed, struct str *plain);

/* HMAC-SHA256 (RFC 2104); a key of any length. */
void secret_mac(unsigned char out[static SECRET_MAC_BYTES], struct str key, struct str text);

/* SipHash under a key of SECRET_SHORT_KEY_BYTES: for places in tables that nobody may foresee. */
#define SECRET_SHORT_KEY_BYTES 16
uint64_t secret_short_hash(const unsigned char key[static SECRET_SHORT_KEY_BYTES], struct str text);

/* argon2id, PHC form. False when the memory cannot be had. */
bool secret_hash_password(struct arena *a, struct str password, unsigned memory_kib,
	unsigned passes, struct str *hash);
bool secret_password_matches(struct str hash, struct str password);
/* Whether the hash was made with other parameters than these. */
bool secret_password_is_old(struct str hash, unsigned memory_kib, unsigned passes);

#endif
