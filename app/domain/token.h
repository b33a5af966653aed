/*
 * token: access tokens (RFC 7519, RFC 9068), signed by libjwt and verified here with OpenSSL.
 *
 * Verification is strict: three segments of strict base64url, at most TOKEN_BYTES_MAX; the key is
 * found by kid in memory and the algorithm is the *key's*, which the header must name; the
 * signature; then every claim, with integers where integers belong. A header with "crit" is
 * refused, and JSON with a name twice. It allocates in the arena and asks no database.
 */
#ifndef BINCARD_DOMAIN_TOKEN_H
#define BINCARD_DOMAIN_TOKEN_H

#include "base/err.h"
#include "domain/token_key.h"

#define TOKEN_BYTES_MAX 8192
#define TOKEN_JTI_MAX 64
#define TOKEN_SKEW_S 30 /* how far ahead the clock of the host that signed may be */

/* Why a token was refused: for the log and the tests; whoever sent it learns one sentence. */
/* clang-format off */
#define TOKEN_FAULTS(X) \
	X(TOKEN_GOOD,            "good") \
	X(TOKEN_TOO_LONG,        "too long") \
	X(TOKEN_NOT_3_SEGMENTS,  "not three segments") \
	X(TOKEN_NOT_BASE64URL,   "not base64url") \
	X(TOKEN_HEADER,          "the header is not a JSON object") \
	X(TOKEN_TYPE,            "typ is neither JWT nor at+jwt") \
	X(TOKEN_CRITICAL,        "the header has crit") \
	X(TOKEN_NO_KID,          "the header has no kid") \
	X(TOKEN_UNKNOWN_KEY,     "unknown key") \
	X(TOKEN_WRONG_ALGORITHM, "alg is not the key's") \
	X(TOKEN_SIGNATURE,       "wrong signature") \
	X(TOKEN_CLAIMS,          "the claims are not a JSON object") \
	X(TOKEN_EXP,             "exp is missing or not an integer") \
	X(TOKEN_EXPIRED,         "expired") \
	X(TOKEN_NBF,             "nbf is not an integer, or in the future") \
	X(TOKEN_IAT,             "iat is missing, not an integer, or in the future") \
	X(TOKEN_ISSUER,          "wrong iss") \
	X(TOKEN_AUDIENCE,        "wrong aud") \
	X(TOKEN_SUBJECT,         "sub or client_id is missing or not as it should be") \
	X(TOKEN_SCOPE,           "scope is missing or not text") \
	X(TOKEN_JTI,             "jti is missing or not an identifier") \
	X(TOKEN_TOO_LONG_LIFE,   "exp is too far ahead")
/* clang-format on */

enum token_fault {
#define X(id, text) id,
	TOKEN_FAULTS(X)
#undef X
};

const char *token_fault_text(enum token_fault fault);

/* What a token must say. */
struct token_rules {
	const char *issuer, *audience;
	int64_t now_s;
};

struct token_claims {
	struct str client_id;
	struct str scope;
	struct str jti; /* 1 to TOKEN_JTI_MAX visible ASCII characters */
	int64_t issued_s, expires_s;
};

MUST_CHECK enum token_fault token_verify(struct token_key *const *keys, size_t n,
	const struct token_rules *rules, struct arena *a, struct str text,
	struct token_claims *out);

/* What a client signs to sign itself in (RFC 7523 section 3): iss and sub are the client, aud is one
 * or both of two names of this server and nobody else, exp is at most TOKEN_ASSERTION_S ahead. iat may
 * be left out. */
#define TOKEN_ASSERTION_S 300
struct assertion_rules {
	struct str client_id;
	const char *issuer, *endpoint; /* the two names */
	int64_t now_s;
};
struct assertion_claims {
	struct str jti;
	int64_t expires_s;
};
MUST_CHECK enum token_fault token_verify_assertion(struct token_key *const *keys, size_t n,
	const struct assertion_rules *rules, struct arena *a, struct str text,
	struct assertion_claims *out);
/* Who it says it is from, before anything is verified: to find the keys. STR_NONE. */
struct str token_unverified_subject(struct arena *a, struct str text);

/* A token of another issuer, verified with that issuer's keys alone (domain/issuer.h). aud is a text or an
 * array that has ours in it; iat and nbf may be left out. */
#define TOKEN_SUBJECT_MAX 255
struct foreign_rules {
	const char *issuer, *audience;
	int64_t now_s;
	int leeway_s; /* by how much the issuer's clock may be wrong */
};
struct foreign_claims {
	struct str subject; /* text of 1 to TOKEN_SUBJECT_MAX bytes */
	int64_t expires_s; /* the leeway not counted */
	const char *algorithm; /* of the key that signed it */
	const struct json_node *all; /* an object */
};
MUST_CHECK enum token_fault token_verify_foreign(struct token_key *const *keys, size_t n,
	const struct foreign_rules *rules, struct arena *a, struct str text,
	struct foreign_claims *out);
/* Whose it says it is, before anything is verified: to choose the keys. STR_NONE. */
struct str token_unverified_issuer(struct arena *a, struct str text);

/* Signs (domain/token_sign.c). */
struct token_grant {
	struct str kid;
	struct str private_pem; /* of an ES256 key */
	const char *issuer, *audience;
	struct str client_id, scope;
	int64_t issued_s, expires_s;
};
MUST_CHECK struct err *token_sign(
	struct arena *a, const struct token_grant *grant, struct str *token);

#endif
