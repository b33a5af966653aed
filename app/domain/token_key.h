/*
 * token_key: the keys of access tokens, as OpenSSL holds them: parsed once, checked against their
 * algorithm once, used many times. ES256 (RFC 7518 section 3.4) is the one algorithm.
 */
#ifndef BINCARD_DOMAIN_TOKEN_KEY_H
#define BINCARD_DOMAIN_TOKEN_KEY_H

#include <stdbool.h>

#include "base/json_out.h"
#include "base/str.h"

#define TOKEN_ALGORITHM "ES256"
#define TOKEN_KID_MAX 64
#define TOKEN_SIGNATURE_BYTES 64

struct token_key;

/* NULL when the algorithm is not ours or the PEM is not a public key that fits it (another curve, a
 * point that is not on it, RSA). Owned by the caller: token_key_free. */
struct token_key *token_key_new(struct str kid, struct str algorithm, struct str public_pem);
void token_key_free(struct token_key *key);

struct str token_key_kid(const struct token_key *key);
const char *token_key_algorithm(const struct token_key *key);
/* RFC 7638. */
struct str token_key_thumbprint(struct arena *a, const struct token_key *key);
/* The public key alone, whatever stood around it. */
struct str token_key_pem(struct arena *a, const struct token_key *key);
/* The signature is r and s, 32 bytes each (RFC 7518 section 3.4); any other length is false. */
bool token_key_verifies(const struct token_key *key, struct str text, struct str signature);
/* The public key as a JWK (RFC 7517). */
void token_key_to_json(const struct token_key *key, struct json_out *j);

/* A new key pair; kid is the public key's thumbprint (RFC 7638). private_pem is the caller's to
 * wipe. */
struct token_pair {
	struct str kid, private_pem, public_pem;
};
void token_key_make(struct arena *a, struct token_pair *out);

#endif
