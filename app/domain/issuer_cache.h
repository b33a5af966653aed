/*
 * issuer_cache: the keys of another issuer, as this process holds them.
 *
 * They are kept in the database (issuer_key_set), for all workers of all hosts and over restarts. Whoever
 * needs newer ones claims the row, asks the issuer and stores the answer, ISSUER_PAUSE_S apart at least,
 * whatever comes; all others go on with what is known. What is known stays in force while the issuer is
 * down, up to ISSUER_KEYS_LAST_S. A key that the issuer has withdrawn is refused when the set was read
 * again: after ISSUER_JOBS_REFRESH_S by the process for background jobs, after ISSUER_REFRESH_S by a worker.
 */
#ifndef BINCARD_DOMAIN_ISSUER_CACHE_H
#define BINCARD_DOMAIN_ISSUER_CACHE_H

#include "domain/ctx.h"
#include "domain/issuer.h"
#include "domain/token.h"
#include "store/issuer_store.h"

#define ISSUER_PAUSE_S 60
#define ISSUER_FIRST_PAUSE_S 5 /* while there are no keys at all */
#define ISSUER_JOBS_REFRESH_S 300
#define ISSUER_REFRESH_S 600
#define ISSUER_LOOK_S 30 /* how long a process does without a look at the row */
#define ISSUER_KEYS_LAST_S (7 * 86400)

struct issuer_cache {
	const struct issuer_source *source;
	struct issuer_keys keys;
	time_us fetched_at; /* of the set that `keys` is of; TIME_NONE: none */
	int64_t looked_us; /* monotonic; 0: never */
};

void issuer_cache_init(struct issuer_cache *cache, const struct issuer_source *source);
void issuer_cache_free(struct issuer_cache *cache);

/* Verifies a token of this issuer. *fault is TOKEN_GOOD, or why it is refused. ERR_UNAVAILABLE when its
 * key may be among those that somebody is fetching just now, or when there are no keys yet. */
MUST_CHECK struct err *issuer_cache_verify(struct issuer_cache *cache, struct ctx *c,
	const struct foreign_rules *rules, struct str token, struct foreign_claims *claims,
	enum token_fault *fault);

/* Whether it can verify without a look at the database. */
bool issuer_cache_is_fresh(const struct issuer_cache *cache);
/* Sees to it that there are keys, before they are needed. ERR_UNAVAILABLE when there are none yet. */
MUST_CHECK struct err *issuer_cache_ready(struct issuer_cache *cache, struct ctx *c);

/* Asks the issuer when its keys are older than max_age_s and nobody asked within the pause: for the process
 * for background jobs. *asked tells whether it did. */
MUST_CHECK struct err *issuer_cache_refresh(
	struct ctx *c, const struct issuer_source *source, int max_age_s, bool *asked);

/* What is known of an issuer: when its keys were had, and why the last try was in vain. */
MUST_CHECK struct err *issuer_cache_state(
	struct ctx *c, const struct issuer_source *source, struct issuer_row *out);

#endif
