/*
 * sso_inside: what sso*.c share.
 */
#ifndef BINCARD_DOMAIN_SSO_INSIDE_H
#define BINCARD_DOMAIN_SSO_INSIDE_H

#include "domain/issuer_cache.h"
#include "domain/sso.h"
#include "domain/user.h"

/* What the provider's metadata says; "" for an address that it has not. */
struct sso_endpoints {
	char authorization[FETCH_URL_MAX + 1], token[FETCH_URL_MAX + 1];
	char userinfo[FETCH_URL_MAX + 1], end_session[FETCH_URL_MAX + 1];
	bool says_iss; /* RFC 9207 */
	bool posts_secret; /* takes the secret in the form alone */
	int64_t read_us; /* monotonic; 0: never */
};

struct sso {
	const struct sso_config *config;
	struct issuer_cache keys;
	struct sso_endpoints at;
};

/* What follows from the cookie. */
struct sso_secrets {
	struct str state, nonce, verifier;
};

struct err *sso_unavailable(struct err *cause);
/* Whether nothing has to be asked before somebody is sent to the provider. */
bool sso_is_ready(const struct sso *sso);
/* sso->at, read again when it is old; while the provider is down, what was known stays. */
MUST_CHECK struct err *sso_endpoints(struct sso *sso, struct ctx *c);

#define SSO_ROLES_SAID_MAX 512

/* Who signs in, as the provider says. */
struct sso_person {
	struct str issuer, subject;
	struct str name, display_name; /* STR_NONE: not said */
	struct str roles[SSO_ROLES_SAID_MAX]; /* by the claim: as written there, or in the map */
	size_t role_count;
	bool second_factor; /* one was proved, or needs no proof */
	struct str id_token;
};
/* Changes the code for tokens, verifies them, and asks for what the ID token leaves out. */
MUST_CHECK struct err *sso_ask_person(struct sso *sso, struct ctx *c,
	const struct sso_secrets *secrets, struct str code, struct sso_person *out);

/* Makes or finds the user, sets the roles, and begins a session. */
MUST_CHECK struct err *sso_enter(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_person *person, struct str *cookie);

#endif
