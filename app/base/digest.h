/*
 * digest: SHA-256 by libcrypto, for fingerprints and checksums.
 */
#ifndef BINCARD_BASE_DIGEST_H
#define BINCARD_BASE_DIGEST_H

#include "base/str.h"

#define DIGEST_BYTES 32

void digest_sha256(unsigned char out[static DIGEST_BYTES], struct str bytes);
/* The same as a view of DIGEST_BYTES bytes in the arena. */
struct str digest_sha256_str(struct arena *a, struct str bytes);

#endif
