/*
 * auth: who is asking. Sessions and bearer tokens become a principal with permissions.
 *
 * A verified token or session is remembered in the process for a short time by the SHA-256 of its
 * text, so that a signature is not checked, nor the database asked, on each request. A sign-out, a
 * disabled user or client raises `generation` in the memory that the workers of a host share, and
 * they all forget at once; workers of other hosts learn of it at most AUTH_CACHE_S later.
 */
#ifndef BINCARD_DOMAIN_AUTH_H
#define BINCARD_DOMAIN_AUTH_H

#include <stdatomic.h>

#include "base/err.h"
#include "domain/ctx.h"
#include "domain/token.h"
#include "store/client_store.h"

#define AUTH_CACHE_S 5

struct auth_config {
	const char *issuer;
	const char *audience;
	const char
		*token_endpoint; /* for whom a client's assertion may be meant, beside the issuer */
	int token_s; /* life of an access token */
	int session_idle_s;
	int session_s; /* absolute limit */
	int key_days; /* age at which a signing key gets a successor; 0: never by itself */
	const char *master_key_file; /* 32 bytes, hex: seals private keys in the database */
	unsigned argon2_memory_kib;
	unsigned argon2_passes;
	int password_min; /* code points */
	bool no_passwords; /* staff come in by single sign-on alone */
	const struct foreign_issuer *issuers; /* whose tokens are taken beside our own */
	size_t issuer_count;
	_Atomic uint64_t *generation; /* in shared memory; NULL: this process alone */
	struct guess_table *guesses; /* in shared memory; NULL: tries are not counted */
};

struct guess_table; /* domain/guess.h */
struct foreign_issuer; /* domain/foreign.h */
struct auth;
struct auth *auth_new(struct arena *boot, const struct auth_config *config);
/* Gives back what is not in the arena: the keys. */
void auth_free(struct auth *auth);

/* Makes the signing key if the database has none (safe when many do it at once) and loads all keys.
 * Called when a worker opens its connection. */
MUST_CHECK struct err *auth_load_keys(struct auth *auth, struct ctx *c);

/* Fills *who from "Bearer" text: a token of ours, or of an issuer that is trusted. ERR_INVALID_TOKEN;
 * ERR_UNAVAILABLE while that issuer's keys cannot be had. The principal's strings live in c->arena. */
MUST_CHECK struct err *auth_bearer(
	struct auth *auth, struct ctx *c, struct str token, struct principal *who);

/* Fills *who and the session's CSRF token from the cookie's value. ERR_UNAUTHENTICATED when there
 * is no such session, it has ended, or its user is disabled. */
MUST_CHECK struct err *auth_session(struct auth *auth, struct ctx *c, struct str cookie,
	struct principal *who, struct str *csrf);

/* Signs in: out->cookie is the new session's value, or, when the user has a second factor, that of a sign-in
 * which waits for it and lets nobody do anything else (auth_second_step()). One error for a wrong name and a wrong password
 * (ERR_UNAUTHENTICATED), in the same time. ERR_FORBIDDEN when passwords are switched off. ERR_RATE, with retry_after_s and before a password is looked
 * at, for who has tried too often (domain/guess.h); the same for names that nobody has. */
struct sign_in {
	struct str cookie;
	bool pending;
};
MUST_CHECK struct err *auth_sign_in(struct auth *auth, struct ctx *c, struct str name,
	struct str password, struct sign_in *out);
/* The second step: *cookie is the new session's value. ERR_INVALID at /code for a wrong or used one;
 * ERR_UNAUTHENTICATED when nothing waits, for too long or after too many tries: begin anew; ERR_RATE. */
#define AUTH_PENDING_S 300
#define AUTH_PENDING_TRIES 5
MUST_CHECK struct err *auth_second_step(struct auth *auth, struct ctx *c, struct str pending_cookie,
	struct str code, struct str *cookie);
/* Nothing waits any more; fine when nothing did. */
MUST_CHECK struct err *auth_pending_end(struct ctx *c, struct str pending_cookie);
MUST_CHECK struct err *auth_sign_out(struct auth *auth, struct ctx *c, struct str cookie);

/* A user's own new password: c->who is the session that asks. All the user's sessions end, and *cookie
 * is the value of a new one. ERR_INVALID with fields at /old_password or /new_password; ERR_RATE as
 * above; ERR_CONFLICT when the password was changed meanwhile. */
MUST_CHECK struct err *auth_change_password(
	struct auth *auth, struct ctx *c, struct str old, struct str fresh, struct str *cookie);

/* Client credentials grant (RFC 6749 section 4.4). scope STR_NONE asks for all that the client has.
 * ERR_INVALID_CLIENT; ERR_INVALID with pointer "/scope" for a scope beyond the client's. */
struct access_token {
	struct str token;
	int expires_in_s;
	struct str scope;
};
MUST_CHECK struct err *auth_client_token(struct auth *auth, struct ctx *c, struct str client_id,
	struct str secret, struct str scope, struct access_token *out);

/* The same for a client that has signed in. */
MUST_CHECK struct err *auth_token_for(struct auth *auth, struct ctx *c, const struct client *client,
	struct str scope, struct access_token *out);

/* What a token is worth now, asked of the database and never of the cache (RFC 7662). */
struct token_state {
	bool active; /* false: nothing else is set */
	struct token_claims claims;
	struct str scope; /* what the client still has of what the token names */
};
MUST_CHECK struct err *auth_introspect(
	struct auth *auth, struct ctx *c, struct str token, struct token_state *out);
/* Ends a token before its time (RFC 7009): here at once, in other workers and on other hosts at most
 * AUTH_CACHE_S later. It does not raise the generation, or any client could keep the workers from
 * remembering. NULL for what is no token, or is over; ERR_FORBIDDEN for that of another client. */
MUST_CHECK struct err *auth_revoke(
	struct auth *auth, struct ctx *c, const struct client *client, struct str token);

const struct auth_config *auth_settings(const struct auth *auth);
/* Reads the keys again when that was not done for AUTH_KEYS_REFRESH_S: another's turn may have come. */
MUST_CHECK struct err *auth_refresh_keys(struct auth *auth, struct ctx *c);
/* {"keys":[...]} (RFC 7517); STR_NONE while no key is loaded. */
struct str auth_jwks(struct auth *auth, struct arena *a);

/* After a user, role or client was changed, once that is committed: makes all processes of this
 * host forget what they remember. */
void auth_changed(struct auth *auth);

/* In constant time; an absent token never matches. */
bool auth_csrf_matches(struct str session_csrf, struct str given);

#endif
