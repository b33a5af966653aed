/*
 * issuer: what other issuers of tokens publish: metadata (OpenID Connect Discovery 1.0, RFC 8414) and
 * keys (RFC 7517), fetched over HTTPS (base/fetch.h) and read strictly.
 *
 * The metadata's "issuer" has to be the issuer that was asked, byte for byte. Of the keys those are taken
 * that can verify with one of the algorithms allowed: what is of another kind, for encryption, too weak,
 * without a kid, or private, is passed over (RFC 7517 section 5); a set in which a kid stands twice for one
 * algorithm is refused. A key that names no algorithm is taken for each that fits it. A kid is any text of
 * at most TOKEN_KID_MAX bytes; it is compared, and never part of a path or a statement.
 */
#ifndef BINCARD_DOMAIN_ISSUER_H
#define BINCARD_DOMAIN_ISSUER_H

#include "base/fetch.h"
#include "domain/token_key.h"

#define ISSUER_KEYS_MAX 64 /* in a set, and of what is taken of it */

struct issuer_source {
	const struct fetch_config *fetch;
	const char *issuer; /* "https://login.example" */
	const char *jwks_uri; /* NULL: what its metadata says */
	const char *ca_file; /* NULL: the system's authorities */
	bool allow_http; /* to loopback, for tests and a demo */
	unsigned algorithms; /* 1 << TOKEN_ES256 | ... */
};

struct issuer_metadata {
	struct str jwks_uri; /* may be asked: fetch_may_ask() */
	const struct json_node *all; /* an object */
};

struct issuer_keys {
	struct token_key *keys[ISSUER_KEYS_MAX];
	size_t n;
};

/* Errors are ERR_UNAVAILABLE with the reason as the cause. */
MUST_CHECK struct err *issuer_read_metadata(struct arena *a, const struct issuer_source *source,
	struct str json, struct issuer_metadata *out);
/* At least one key, else it is an error. The keys are the caller's: issuer_keys_free(). */
MUST_CHECK struct err *issuer_read_keys(
	struct arena *a, unsigned algorithms, struct str json, struct issuer_keys *out);
void issuer_keys_free(struct issuer_keys *keys);

/* Asks the issuer; fetch->timeout_ms is for all that is asked. */
MUST_CHECK struct err *issuer_fetch_metadata(
	struct arena *a, const struct issuer_source *source, struct issuer_metadata *out);
/* The text of the set of keys, read once already, so that it can be kept. */
MUST_CHECK struct err *issuer_fetch_keys(
	struct arena *a, const struct issuer_source *source, struct str *jwks);

#endif
