/*
 * token_key: the keys of access tokens, as OpenSSL holds them: parsed once, checked against their
 * algorithm once, used many times. Our own keys are ES256; those of other issuers come as JWK (RFC 7517)
 * and may be of any algorithm of the table (RFC 7518 section 3, RFC 8037).
 */
#ifndef BINCARD_DOMAIN_TOKEN_KEY_H
#define BINCARD_DOMAIN_TOKEN_KEY_H

#include <stdbool.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/str.h"

#define TOKEN_ALGORITHM "ES256"
#define TOKEN_KID_MAX 255 /* any text: a name to compare with, and nothing else */
#define TOKEN_RSA_BITS_MIN 2048
#define TOKEN_RSA_BITS_MAX 8192 /* larger ones take their time */

enum token_algorithm {
	TOKEN_RS256,
	TOKEN_PS256,
	TOKEN_ES256,
	TOKEN_ES384,
	TOKEN_EDDSA, /* Ed25519 */
	TOKEN_ALGORITHMS,
};
const char *token_algorithm_name(enum token_algorithm algorithm); /* "RS256" */
/* False for a name that is none of the table's, as "none" and "HS256" are. */
bool token_algorithm_from(struct str name, enum token_algorithm *out);

struct token_key;

/* NULL when the algorithm is not ours or the PEM is not a public key that fits it (another curve, a
 * point that is not on it, RSA). Owned by the caller: token_key_free. */
struct token_key *token_key_new(struct str kid, struct str algorithm, struct str public_pem);
/* Of a JWK, for one algorithm. NULL when it is no public key that fits: another kty or crv, a point that
 * is not on the curve, RSA with fewer bits than TOKEN_RSA_BITS_MIN or an exponent that is even or 1, a
 * number that is not strict base64url. "alg", "use" and "kid" are the caller's to look at. */
struct token_key *token_key_from_jwk(struct arena *a, struct str kid,
	enum token_algorithm algorithm, const struct json_node *jwk);
void token_key_free(struct token_key *key);

struct str token_key_kid(const struct token_key *key);
const char *token_key_algorithm(const struct token_key *key);
/* RFC 7638, of one of our own. */
struct str token_key_thumbprint(struct arena *a, const struct token_key *key);
/* The public key alone, whatever stood around it. */
struct str token_key_pem(struct arena *a, const struct token_key *key);
/* Of ECDSA the signature is r and s, each as long as the curve's numbers (RFC 7518 section 3.4); any other
 * length is false. */
bool token_key_verifies(const struct token_key *key, struct str text, struct str signature);
/* One of our own as a JWK (RFC 7517). */
void token_key_to_json(const struct token_key *key, struct json_out *j);

/* A new key pair; kid is the public key's thumbprint (RFC 7638). private_pem is the caller's to
 * wipe. */
struct token_pair {
	struct str kid, private_pem, public_pem;
};
void token_key_make(struct arena *a, struct token_pair *out);

#endif
