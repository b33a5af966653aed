/*
 * auth_inside: the inside of struct auth, for auth*.c alone.
 */
#ifndef BINCARD_DOMAIN_AUTH_INSIDE_H
#define BINCARD_DOMAIN_AUTH_INSIDE_H

#include "domain/auth.h"
#include "domain/auth_cache.h"
#include "domain/auth_keys.h"
#include "domain/guess.h"
#include "domain/issuer_cache.h"
#include "store/session_store.h"
#include "store/user_store.h"

#define AUTH_COOKIE_RANDOM_BYTES 32

struct auth {
	const struct auth_config *config;
	struct auth_cache *cache;
	struct auth_keys keys;
	struct issuer_cache *issuers; /* of config->issuers, in their order */
};

/* One error for whatever is wrong with a token; `why` is for the log. */
struct err *auth_refuse_token(struct arena *a, const char *why);
void auth_set_name(struct auth_entry *entry, struct str name);

/* Other issuers' tokens: domain/auth_foreign.c */
void auth_foreign_new(struct auth *auth, struct arena *boot);
void auth_foreign_free(struct auth *auth);
/* Whether it says that it is from one that is trusted; *issuer is its place in the configuration. */
bool auth_foreign_find(struct auth *auth, struct arena *a, struct str token, size_t *issuer);
/* ERR_INVALID_TOKEN; ERR_UNAVAILABLE when the issuer's keys are not there. */
MUST_CHECK struct err *auth_foreign_check(struct auth *auth, struct ctx *c, size_t issuer,
	struct str token, struct auth_entry *entry, int64_t *left_us);

/* One error for whatever is wrong with a name or password. */
struct err *auth_refuse_sign_in(struct arena *a);

/* ERR_FORBIDDEN when passwords are switched off. */
MUST_CHECK struct err *auth_takes_passwords(const struct auth *auth, struct arena *a);

/* Counts a try at the account of that name: ERR_RATE when it comes too soon. The pair that it was
 * counted for is *who. */
MUST_CHECK struct err *auth_guess_begin(
	struct auth *auth, struct ctx *c, struct str name, struct guess_who *who);
/* The same for a code: apart from passwords, so that a right password takes back no wrong code. */
MUST_CHECK struct err *auth_guess_code_begin(
	struct auth *auth, struct ctx *c, int64_t user_id, struct guess_who *who);
/* It was right. */
void auth_guess_right(struct auth *auth, struct ctx *c, const struct guess_who *who);

/* Whether it is the password of whoever asks, counted as a sign-in is: a stolen cookie is no way to guess it.
 * ERR_INVALID at `pointer` when it is not. */
MUST_CHECK struct err *auth_own_password(struct auth *auth, struct ctx *c, struct str password,
	const char *pointer, struct user *user);

/* What a new session of a user begins with; *cookie is its value. */
struct session_start auth_session_start(
	struct auth *auth, struct ctx *c, int64_t user_id, struct str *cookie);

/* Inside the transaction of a session: there is none without its entry. action: "signed_in". */
MUST_CHECK struct err *auth_record_session(
	struct ctx *c, const char *action, int64_t user_id, struct str user_name);

/* A token with which a client that has signed in acts for a user: domain/grant.c. */
MUST_CHECK struct err *auth_family_token(struct auth *auth, struct ctx *c,
	const struct client *client, int64_t family_id, int64_t user_id, struct str scope,
	struct access_token *out);

/* Whether it has the form of a session's cookie. */
bool auth_is_cookie(struct arena *a, struct str cookie);

#endif
