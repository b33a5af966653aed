#include "domain/issuer_cache.h"

#include "base/digest.h"
#include "base/log.h"

#define SECOND_US INT64_C(1000000)

static struct str source_id(struct arena *a, const struct issuer_source *source)
{
	return digest_sha256_str(a,
		str_printf(a, "%s\n%s", source->issuer, source->jwks_uri ? source->jwks_uri : ""));
}

/* ---- asking the issuer ---- */

static void log_failure(const struct issuer_source *source, struct str why)
{
	struct log_line l;

	log_begin(&l, LOG_WARNING, "no keys of an issuer");
	log_str(&l, "issuer", str_of(source->issuer));
	log_str(&l, "cause", why);
	log_end(&l);
}

/* The claim is ours: whatever comes of it is stored. */
static struct err *ask(struct ctx *c, const struct issuer_source *source, struct str id)
{
	struct str jwks, why;
	struct err *e = issuer_fetch_keys(c->arena, source, &jwks);

	if (!e)
		return issuer_store_fetched(c->db, c->arena, id, jwks);
	why = e->cause;
	if (why.n > ISSUER_FAILURE_MAX || !str_is_text(why, false))
		why = STR("it has no text");
	log_failure(source, why);
	return issuer_store_failed(c->db, c->arena, id, why);
}

/* *asked false: another does, or did within the pause. */
static struct err *ask_once(struct ctx *c, const struct issuer_source *source, struct str id,
	const struct issuer_row *row, bool *asked)
{
	const int pause_s =
		row && row->fetched_at == TIME_NONE ? ISSUER_FIRST_PAUSE_S : ISSUER_PAUSE_S;

	*asked = false;
	if (c->in_event_loop)
		return err_because(err_new(c->arena, ERR_UNAVAILABLE, "%s", ""),
			"another process has to ask for the issuer's keys");
	if (!row)
		TRY(issuer_store_add(c->db, c->arena, id, str_of(source->issuer), asked));
	else if (row->tried_s >= pause_s)
		TRY(issuer_store_claim(c->db, c->arena, id, pause_s, asked));
	return *asked ? ask(c, source, id) : NULL;
}

static bool is_due(const struct issuer_row *row, bool found, int max_age_s)
{
	return !found || row->fetched_at == TIME_NONE || row->age_s >= max_age_s;
}

struct err *issuer_cache_refresh(
	struct ctx *c, const struct issuer_source *source, int max_age_s, bool *asked)
{
	struct str id = source_id(c->arena, source);
	struct issuer_row row;
	bool found;

	*asked = false;
	TRY(issuer_store_find(c->db, c->arena, id, TIME_NONE, &row, &found));
	if (!is_due(&row, found, max_age_s))
		return NULL;
	return ask_once(c, source, id, found ? &row : NULL, asked);
}

struct err *issuer_cache_state(
	struct ctx *c, const struct issuer_source *source, struct issuer_row *out)
{
	struct str id = source_id(c->arena, source);
	bool found;

	*out = (struct issuer_row){.fetched_at = TIME_NONE};
	return issuer_store_find(c->db, c->arena, id, TIME_NONE, out, &found);
}

/* ---- what this process holds ---- */

void issuer_cache_init(struct issuer_cache *cache, const struct issuer_source *source)
{
	*cache = (struct issuer_cache){.source = source, .fetched_at = TIME_NONE};
}

void issuer_cache_free(struct issuer_cache *cache)
{
	issuer_keys_free(&cache->keys);
	cache->fetched_at = TIME_NONE;
}

static void take(struct issuer_cache *cache, struct ctx *c, const struct issuer_row *row)
{
	struct err *e;

	if (row->fetched_at == TIME_NONE || row->age_s > ISSUER_KEYS_LAST_S) {
		issuer_cache_free(cache);
		return;
	}
	if (row->fetched_at == cache->fetched_at)
		return;
	issuer_cache_free(cache);
	e = issuer_read_keys(c->arena, cache->source->algorithms, row->jwks, &cache->keys);
	if (e) /* another host allows other algorithms */
		log_failure(cache->source, e->cause);
	cache->fetched_at = row->fetched_at;
}

static struct err *look(struct issuer_cache *cache, struct ctx *c, struct str id,
	struct issuer_row *row, bool *found)
{
	*row = (struct issuer_row){.fetched_at = TIME_NONE};
	TRY(issuer_store_find(c->db, c->arena, id, cache->fetched_at, row, found));
	cache->looked_us = time_monotonic_us();
	take(cache, c, row);
	return NULL;
}

/* Looks at the row, and asks the issuer when the keys are older than max_age_s. */
static struct err *renew(struct issuer_cache *cache, struct ctx *c, int max_age_s, bool *asking)
{
	struct str id = source_id(c->arena, cache->source);
	struct issuer_row row;
	bool found, asked;

	TRY(look(cache, c, id, &row, &found));
	if (c->in_event_loop && cache->keys.n && max_age_s) {
		*asking =
			row.asking; /* what is held is good for longer than another takes to ask */
		return NULL;
	}
	if (is_due(&row, found, max_age_s)) {
		TRY(ask_once(c, cache->source, id, found ? &row : NULL, &asked));
		if (asked)
			TRY(look(cache, c, id, &row, &found));
	}
	*asking = row.asking || !cache->keys.n;
	return NULL;
}

bool issuer_cache_is_fresh(const struct issuer_cache *cache)
{
	return cache->keys.n && time_monotonic_us() - cache->looked_us < ISSUER_LOOK_S * SECOND_US;
}

static struct err *none_yet(struct arena *a)
{
	struct err *e = err_new(a, ERR_UNAVAILABLE, "The issuer's keys are not there yet.");

	e->retry_after_s = 1;
	return e;
}

struct err *issuer_cache_ready(struct issuer_cache *cache, struct ctx *c)
{
	bool asking;

	if (!issuer_cache_is_fresh(cache))
		TRY(renew(cache, c, ISSUER_REFRESH_S, &asking));
	return cache->keys.n ? NULL : none_yet(c->arena);
}

struct err *issuer_cache_verify(struct issuer_cache *cache, struct ctx *c,
	const struct foreign_rules *rules, struct str token, struct foreign_claims *claims,
	enum token_fault *fault)
{
	bool asking = false;

	if (!issuer_cache_is_fresh(cache))
		TRY(renew(cache, c, ISSUER_REFRESH_S, &asking));
	*fault = token_verify_foreign(
		cache->keys.keys, cache->keys.n, rules, c->arena, token, claims);
	if (*fault != TOKEN_UNKNOWN_KEY)
		return NULL;
	TRY(renew(cache, c, 0, &asking));
	*fault = token_verify_foreign(
		cache->keys.keys, cache->keys.n, rules, c->arena, token, claims);
	return *fault == TOKEN_UNKNOWN_KEY && asking ? none_yet(c->arena) : NULL;
}
