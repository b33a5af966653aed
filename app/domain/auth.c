#include "domain/auth.h"

#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"
#include "domain/auth_cache.h"
#include "domain/auth_inside.h"
#include "domain/reach.h"
#include "domain/token.h"
#include "store/client_store.h"
#include "store/session_store.h"

#define SECOND_US INT64_C(1000000)
#define SEEN_EVERY_US (60 * SECOND_US)
#define CSRF_LABEL "bincard csrf token 1"

struct auth *auth_new(struct arena *boot, const struct auth_config *config)
{
	struct auth *auth = ARENA_NEW(boot, struct auth);

	auth->config = config;
	auth->cache = auth_cache_new(boot);
	auth_foreign_new(auth, boot);
	return auth;
}

void auth_free(struct auth *auth)
{
	auth_keys_free(&auth->keys);
	auth_foreign_free(auth);
}

struct err *auth_load_keys(struct auth *auth, struct ctx *c)
{
	return auth_keys_load(&auth->keys, c, auth->config->master_key_file);
}

static uint64_t generation(const struct auth *auth)
{
	return auth->config->generation ? atomic_load(auth->config->generation) : 0;
}

void auth_changed(struct auth *auth)
{
	auth_cache_clear(auth->cache);
	if (auth->config->generation)
		atomic_fetch_add(auth->config->generation, 1);
}

/* ---- what is remembered ---- */

static struct str actor(struct arena *a, enum principal_kind kind, int64_t id)
{
	static const char *const kinds[] = {
		[PRINCIPAL_USER] = "user",
		[PRINCIPAL_CLIENT] = "client",
		[PRINCIPAL_FOREIGN] = "foreign",
	};

	return str_printf(a, "%s:%lld", kinds[kind], (long long)id);
}

static const struct limits *limits_of(struct arena *a, const struct limits *remembered)
{
	struct limits *limits;

	if (!remembered->n)
		return NULL;
	limits = ARENA_NEW(a, struct limits);
	*limits = *remembered;
	return limits;
}

static void principal_of(struct arena *a, const struct auth_entry *entry, struct principal *who)
{
	const enum principal_kind kind = entry->app ? PRINCIPAL_USER : entry->kind;

	*who = (struct principal){
		.kind = kind,
		.id = entry->id,
		.name = str_copy(a, (struct str){entry->name, entry->name_bytes}),
		.actor = actor(a, kind, entry->id),
		.app = entry->app ? actor(a, PRINCIPAL_CLIENT, entry->app) : STR_NONE,
		.permissions = entry->owes ? 0 : entry->permissions,
		.limits = limits_of(a, &entry->limits),
		.session = entry->session,
		.owes = entry->owes,
	};
}

void auth_set_name(struct auth_entry *entry, struct str name)
{
	assert(name.n <= sizeof(entry->name)); /* the column is not wider */
	memcpy(entry->name, name.p, name.n);
	entry->name_bytes = name.n;
}

/* left_us: how long the token or session itself has to live. */
static void remember(struct auth *auth, struct auth_entry *entry, int64_t left_us)
{
	const int64_t most = AUTH_CACHE_S * SECOND_US;

	entry->expires_us = time_monotonic_us() + (left_us < most ? left_us : most);
	auth_cache_put(auth->cache, entry);
}

/* Fills entry->hash; the entry itself when it is remembered, else NULL. */
static const struct auth_entry *recall(struct auth *auth, struct auth_entry *entry, struct str text)
{
	digest_sha256(entry->hash, text);
	auth_cache_sync(auth->cache, generation(auth));
	return auth_cache_find(auth->cache, entry->kind, entry->hash, time_monotonic_us());
}

/* ---- bearer tokens ---- */

struct err *auth_refuse_token(struct arena *a, const char *why)
{
	return err_because(
		err_new(a, ERR_INVALID_TOKEN, "The access token is not valid or has expired."),
		"token: %s", why);
}

static enum token_fault verify(
	struct auth *auth, struct ctx *c, struct str token, struct token_claims *claims)
{
	const struct token_rules rules = {
		.issuer = auth->config->issuer,
		.audience = auth->config->audience,
		.now_s = time_now() / SECOND_US,
	};

	return token_verify(auth->keys.keys, auth->keys.n, &rules, c->arena, token, claims);
}

/* What is given everywhere comes first: a limit does not take it back. */
static void take_roles(const struct session *s, struct auth_entry *entry)
{
	perm_set everywhere = 0, given;

	for (size_t i = 0; i < s->role_count; i++) {
		permission_parse(s->roles[i].permissions, &given);
		if (!s->roles[i].location_id)
			everywhere |= given;
	}
	entry->permissions = everywhere;
	for (size_t i = 0; i < s->role_count; i++) {
		permission_parse(s->roles[i].permissions, &given);
		if (s->roles[i].location_id)
			entry->permissions |= reach_limit(
				&entry->limits, everywhere, given, s->roles[i].location_id);
	}
}

static bool lacks_factor(const struct session *s)
{
	return s->needs_second_factor && !s->has_second_factor;
}

/* The user of a session, or for whom a client acts, as he is now. In single sign-on nothing can be set right
 * here: what it lacks is brought by signing in again. */
static bool take_user(const struct auth *auth, struct auth_entry *entry, const struct session *s)
{
	if (s->sso && lacks_factor(s))
		return false;
	entry->id = s->user_id;
	if (s->password_due && !s->sso && !auth->config->no_passwords)
		entry->owes |= OWES_PASSWORD;
	if (lacks_factor(s))
		entry->owes |= OWES_SECOND_FACTOR;
	take_roles(s, entry);
	auth_set_name(entry, s->user_name);
	return true;
}

/* What the client may do for a user: no more than the user himself, as long as he allows it. */
static struct err *check_family(struct auth *auth, struct ctx *c, const struct token_claims *claims,
	struct auth_entry *entry)
{
	const perm_set most = entry->permissions;
	struct session s;
	bool found;

	if (entry->limits
			.n) /* it would lose them here: domain/client_check.c refuses such clients */
		return auth_refuse_token(c->arena, "the client is limited to a location");
	TRY(session_store_by_family(
		c->db, c->arena, claims->family, claims->client_id, &s, &found));
	if (!found || !s.user_active || s.expires_at <= s.now)
		return auth_refuse_token(c->arena, "the user does not allow it any more");
	if (!str_eq(claims->subject, actor(c->arena, PRINCIPAL_USER, s.user_id)))
		return auth_refuse_token(c->arena, "sub is another user");
	entry->app = entry->id;
	if (!take_user(auth, entry, &s))
		return auth_refuse_token(c->arena, "single sign-on has proved no second factor");
	entry->permissions &= most;
	return NULL;
}

/* The client may be disabled by now, or have lost permissions that the token names. */
static struct err *check_client(struct auth *auth, struct ctx *c, const struct token_claims *claims,
	struct auth_entry *entry)
{
	perm_set granted, asked;
	struct client client;
	bool found, revoked = false;

	TRY(client_store_of_token(
		c->db, c->arena, claims->client_id, claims->jti, &client, &revoked, &found));
	if (!found || !client.active)
		return auth_refuse_token(
			c->arena, found ? "the client is disabled" : "no such client");
	if (revoked)
		return auth_refuse_token(c->arena, "revoked");
	permission_parse(client.scope, &granted);
	permission_parse(claims->scope, &asked);
	entry->id = client.id;
	entry->permissions = granted & asked;
	if (client.location_id)
		entry->permissions =
			reach_limit(&entry->limits, 0, entry->permissions, client.location_id);
	auth_set_name(entry, client.name);
	return claims->family ? check_family(auth, c, claims, entry) : NULL;
}

/* Signature and claims, with the keys read again for one that is not known. */
static struct err *check_token(
	struct auth *auth, struct ctx *c, struct str token, struct token_claims *claims)
{
	enum token_fault fault;

	TRY(auth_keys_refresh(&auth->keys, c, auth->config->master_key_file));
	fault = verify(auth, c, token, claims); /* by keys that have not ended */
	if (fault == TOKEN_UNKNOWN_KEY) {
		TRY(auth_keys_reload(&auth->keys, c, auth->config->master_key_file));
		fault = verify(auth, c, token, claims);
	}
	return fault ? auth_refuse_token(c->arena, token_fault_text(fault)) : NULL;
}

static struct err *check_own(struct auth *auth, struct ctx *c, struct str token,
	struct auth_entry *entry, int64_t *left_us)
{
	struct token_claims claims;

	TRY(check_token(auth, c, token, &claims));
	TRY(check_client(auth, c, &claims, entry));
	*left_us = claims.expires_s * SECOND_US - time_now();
	return NULL;
}

/* One that is remembered is a client's of ours, or, where others are trusted, one of theirs. */
static const struct auth_entry *recall_bearer(
	struct auth *auth, struct auth_entry *entry, struct str token)
{
	const struct auth_entry *known = recall(auth, entry, token);

	if (known || !auth->config->issuer_count)
		return known;
	return auth_cache_find(auth->cache, PRINCIPAL_FOREIGN, entry->hash, time_monotonic_us());
}

struct err *auth_bearer(struct auth *auth, struct ctx *c, struct str token, struct principal *who)
{
	struct auth_entry fresh = {.kind = PRINCIPAL_CLIENT};
	const struct auth_entry *entry = recall_bearer(auth, &fresh, token);
	int64_t left_us = 0;
	size_t issuer;

	if (entry) {
		principal_of(c->arena, entry, who);
		return NULL;
	}
	if (auth_foreign_find(auth, c->arena, token, &issuer))
		TRY(auth_foreign_check(auth, c, issuer, token, &fresh, &left_us));
	else
		TRY(check_own(auth, c, token, &fresh, &left_us));
	remember(auth, &fresh, left_us);
	principal_of(c->arena, &fresh, who);
	return NULL;
}

static struct err *is_refusal(struct err *e)
{
	return e && e->code == ERR_INVALID_TOKEN ? NULL : e;
}

struct err *auth_introspect(
	struct auth *auth, struct ctx *c, struct str token, struct token_state *out)
{
	struct auth_entry entry = {.kind = PRINCIPAL_CLIENT};
	struct err *e;

	*out = (struct token_state){.active = false};
	e = check_token(auth, c, token, &out->claims);
	if (!e)
		e = check_client(auth, c, &out->claims, &entry);
	if (e || entry.owes) /* who has to do something first can do nothing else */
		return is_refusal(e);
	out->scope = permission_format(c->arena, entry.permissions);
	out->active = true;
	return NULL;
}

struct err *auth_revoke(
	struct auth *auth, struct ctx *c, const struct client *client, struct str token)
{
	unsigned char hash[DIGEST_BYTES];
	struct token_claims claims;
	struct err *e = check_token(auth, c, token, &claims);

	if (e)
		return is_refusal(e);
	if (!str_eq(claims.client_id, client->client_id))
		return err_new(c->arena, ERR_FORBIDDEN, "The token is another client's.");
	TRY(client_store_revoke_token(c->db, c->arena, claims.jti, claims.expires_s * SECOND_US));
	digest_sha256(hash, token);
	auth_cache_forget(auth->cache, PRINCIPAL_CLIENT, hash);
	return NULL;
}

/* ---- sessions ---- */

static struct err *no_session(struct arena *a)
{
	return err_new(a, ERR_UNAUTHENTICATED, "You are not signed in, or the session has ended.");
}

bool auth_is_cookie(struct arena *a, struct str cookie)
{
	struct str bytes;

	return cookie.p && cookie.n <= 64 && str_from_base64url(a, cookie, &bytes) &&
		bytes.n == AUTH_COOKIE_RANDOM_BYTES;
}

static void derive_csrf(struct arena *a, struct str cookie, struct auth_entry *entry)
{
	unsigned char mac[SECRET_MAC_BYTES];
	struct str text;

	secret_mac(mac, cookie, STR(CSRF_LABEL));
	text = str_base64url(a, (struct str){(const char *)mac, sizeof(mac)});
	assert(text.n == sizeof(entry->csrf));
	memcpy(entry->csrf, text.p, text.n);
}

/* How long the session has to live; 0 or less: it is over. */
static int64_t session_left_us(const struct auth *auth, const struct session *s)
{
	time_us idle_end = s->seen_at + auth->config->session_idle_s * SECOND_US;
	time_us end = s->expires_at < idle_end ? s->expires_at : idle_end;

	return end - s->now;
}

/* A session in use must not be taken for an idle one, however short the limit is. */
static int64_t seen_every_us(const struct auth *auth)
{
	int64_t tenth = auth->config->session_idle_s * SECOND_US / 10;

	return tenth < SEEN_EVERY_US ? tenth : SEEN_EVERY_US;
}

static struct err *find_session(
	struct auth *auth, struct ctx *c, struct auth_entry *entry, int64_t *left_us)
{
	struct str hash = {(const char *)entry->hash, sizeof(entry->hash)};
	struct session s;
	bool found;

	TRY(session_store_by_hash(c->db, c->arena, hash, &s, &found));
	if (!found || !s.user_active)
		return no_session(c->arena);
	*left_us = session_left_us(auth, &s);
	if (*left_us <= 0)
		return no_session(c->arena);
	if (s.now - s.seen_at >= seen_every_us(auth)) {
		if (c->watching)
			*left_us = 0; /* not remembered, so that a use of it is noticed */
		else
			TRY(session_store_seen(c->db, c->arena, hash));
	}
	entry->session = s.id;
	return take_user(auth, entry, &s) ? NULL : no_session(c->arena);
}

static void session_out(
	struct arena *a, const struct auth_entry *entry, struct principal *who, struct str *csrf)
{
	principal_of(a, entry, who);
	*csrf = str_copy(a, (struct str){entry->csrf, sizeof(entry->csrf)});
}

struct err *auth_session(struct auth *auth, struct ctx *c, struct str cookie, struct principal *who,
	struct str *csrf)
{
	struct auth_entry fresh = {.kind = PRINCIPAL_USER};
	const struct auth_entry *entry;
	int64_t left_us = 0;

	if (!auth_is_cookie(c->arena, cookie))
		return no_session(c->arena);
	entry = recall(auth, &fresh, cookie);
	if (!entry) {
		TRY(find_session(auth, c, &fresh, &left_us));
		derive_csrf(c->arena, cookie, &fresh);
		remember(auth, &fresh, left_us);
		entry = &fresh;
	}
	session_out(c->arena, entry, who, csrf);
	return NULL;
}

bool auth_csrf_matches(struct str session_csrf, struct str given)
{
	return session_csrf.n > 0 && given.p && str_eq_secret(session_csrf, given);
}

const struct auth_config *auth_settings(const struct auth *auth)
{
	return auth->config;
}

struct err *auth_refresh_keys(struct auth *auth, struct ctx *c)
{
	return auth_keys_refresh(&auth->keys, c, auth->config->master_key_file);
}

struct str auth_jwks(struct auth *auth, struct arena *a)
{
	struct json_out j;
	struct buf b;

	if (!auth->keys.n)
		return STR_NONE;
	buf_init(&b, a, AUTH_KEYS_MAX * 512 + 64);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_array(&j, "keys");
	for (size_t i = 0; i < auth->keys.n; i++)
		token_key_to_json(auth->keys.keys[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}
