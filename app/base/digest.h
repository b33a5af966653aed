/*
 * digest: SHA-256 by libcrypto, for fingerprints and checksums, and the HMAC of one-time codes.
 */
#ifndef BINCARD_BASE_DIGEST_H
#define BINCARD_BASE_DIGEST_H

#include "base/str.h"

#define DIGEST_BYTES 32

void digest_sha256(unsigned char out[static DIGEST_BYTES], struct str bytes);
/* The same as a view of DIGEST_BYTES bytes in the arena. */
struct str digest_sha256_str(struct arena *a, struct str bytes);

/* The left half of SHA-256, SHA-384 or SHA-512 (bits), as OpenID Connect's at_hash has it. */
struct str digest_left_half(struct arena *a, int bits, struct str bytes);

/* HMAC-SHA-1 (RFC 2104), of which RFC 6238 makes codes. */
#define DIGEST_HMAC_SHA1_BYTES 20
void digest_hmac_sha1(
	unsigned char out[static DIGEST_HMAC_SHA1_BYTES], struct str key, struct str text);

#endif
