#include "domain/grant.h"

#include <string.h>

#include "base/secret.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"
#include "domain/client.h"

#define CODE_RANDOM_BYTES 32
#define REFRESH_PREFIX "bcr_"
#define VERIFIER_MIN 43 /* RFC 7636 section 4.1 */
#define VERIFIER_MAX 128

/* ---- redirect addresses ---- */

/* "http://127.0.0.1:8000/back" without its port; STR_NONE when it is no such address. */
static struct str without_port(struct arena *a, struct str uri)
{
	static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(hosts[i]), end = n;

		if (!str_starts(uri, hosts[i]))
			continue;
		if (end < uri.n && uri.p[end] == ':') {
			do
				end++;
			while (end < uri.n && uri.p[end] >= '0' && uri.p[end] <= '9');
		}
		if (end < uri.n && uri.p[end] != '/' && uri.p[end] != '?')
			return STR_NONE;
		return str_printf(a, "%s%.*s", hosts[i], (int)(uri.n - end), uri.p + end);
	}
	return STR_NONE;
}

static bool is_plain(struct str uri)
{
	for (size_t i = 0; i < uri.n; i++) {
		if (uri.p[i] <= 0x20 || uri.p[i] >= 0x7f || uri.p[i] == '\\')
			return false;
	}
	return uri.n > 0 && uri.n <= CLIENT_URI_MAX + 6; /* a port more */
}

bool grant_is_redirect(struct arena *a, const struct client *client, struct str uri)
{
	struct str rest = client->redirect_uris, loopback;

	if (!is_plain(uri))
		return false;
	loopback = without_port(a, uri);
	while (rest.n) {
		struct str one = str_cut(rest, '\n', &rest);

		if (str_eq(one, uri))
			return true;
		if (loopback.p && str_eq(without_port(a, one), loopback))
			return true;
	}
	return false;
}

/* ---- what is asked, and allowed ---- */

static struct err *refuse_scope(struct ctx *c, const char *why)
{
	struct err *e = NULL;

	err_add_field(&e, c->arena, STR("/scope"), "invalid_scope", "%s", why);
	return e;
}

struct err *grant_scope_for(
	struct ctx *c, const struct client *client, struct str asked, perm_set *out)
{
	perm_set has, wanted;

	permission_parse(client->scope, &has);
	wanted = has;
	if (asked.n && (!permission_parse(asked, &wanted) || (wanted & ~has)))
		return refuse_scope(c, "The scope names what this client does not have.");
	*out = wanted & c->who->permissions;
	return *out ? NULL : refuse_scope(c, "The user has none of what is asked for.");
}

struct err *grant_is_allowed(
	struct ctx *c, const struct client *client, perm_set scope, bool *allowed)
{
	perm_set given = 0;
	struct str text;

	TRY(grant_store_consent(c->db, c->arena, c->who->id, client->id, false, &text));
	permission_parse(text.p ? text : STR(""), &given);
	*allowed = text.p && !(scope & ~given);
	return NULL;
}

/* user_name: of the one who acts here, or whom the client acts for. */
static struct err *record(struct ctx *c, const char *action, int64_t user_id, struct str user_name,
	const struct client *client, struct str before, struct str after)
{
	struct str id = str_printf(c->arena, "%lld", (long long)client->id);

	return audit_record(c,
		&(struct audit_note){
			.resource = STR("client"),
			.resource_id = id,
			.action = str_of(action),
			.actor = str_printf(c->arena, "user:%lld", (long long)user_id),
			.actor_name = user_name,
			.before = before,
			.after = after,
		});
}

static struct str scope_json(struct ctx *c, struct str scope)
{
	return scope.p ? str_printf(c->arena, "{\"allowed\":\"%.*s\"}", STR_ARG(scope)) : STR_NONE;
}

static struct err *remember(struct ctx *c, const struct grant_wish *wish)
{
	struct str before, after;
	perm_set given = 0;

	TRY(grant_store_consent(c->db, c->arena, c->who->id, wish->client->id, true, &before));
	permission_parse(before.p ? before : STR(""), &given);
	if (before.p && !(wish->scope & ~given))
		return NULL;
	after = permission_format(c->arena, given | wish->scope);
	TRY(grant_store_put_consent(c->db, c->arena, c->who->id, wish->client->id, after));
	return record(c, "allowed", c->who->id, c->who->name, wish->client, scope_json(c, before),
		scope_json(c, after));
}

struct allowing {
	const struct grant_wish *wish;
	struct str hash;
};

static struct err *allow_tx(struct ctx *c, void *arg)
{
	const struct allowing *allowing = arg;
	const struct grant_wish *wish = allowing->wish;
	const struct grant_code code = {
		.client_id = wish->client->id,
		.scope = permission_format(c->arena, wish->scope),
		.redirect_uri = wish->redirect_uri,
		.challenge = wish->challenge,
	};
	bool found;

	TRY(grant_store_lock_session(c->db, c->arena, c->who->session, c->who->id, &found));
	if (!found)
		return err_new(c->arena, ERR_UNAUTHENTICATED, "The session has ended.");
	TRY(remember(c, wish));
	return grant_store_add_code(
		c->db, c->arena, c->who->session, allowing->hash, &code, GRANT_CODE_S);
}

struct err *grant_allow(struct ctx *c, const struct grant_wish *wish, struct str *code)
{
	struct allowing allowing = {.wish = wish};

	*code = secret_random_text(c->arena, CODE_RANDOM_BYTES);
	allowing.hash = digest_sha256_str(c->arena, *code);
	return change_run(c, allow_tx, &allowing);
}

/* ---- tokens ---- */

static struct err *invalid_grant(struct ctx *c, const char *why)
{
	return err_because(err_new(c->arena, ERR_INVALID_GRANT,
				   "The code or refresh token is not valid, or is over."),
		"grant: %s", why);
}

static bool is_verified(struct ctx *c, struct str challenge, struct str verifier)
{
	if (verifier.n < VERIFIER_MIN || verifier.n > VERIFIER_MAX)
		return false;
	return str_eq_secret(
		challenge, str_base64url(c->arena, digest_sha256_str(c->arena, verifier)));
}

/* A transaction that commits also when it refuses: `refused` is why. */
struct redeeming {
	const struct auth_config *config;
	const struct client *client;
	const struct grant_redemption *in;
	struct str code_hash, refresh_hash; /* the latter STR_NONE: none is wanted */
	const char *refused;
	int64_t family_id, user_id;
	struct str scope;
};

static struct err *end_reused(struct ctx *c, const struct client *client, int64_t family_id,
	int64_t user_id, struct str user_name)
{
	TRY(grant_store_end_family(c->db, c->arena, family_id));
	return record(c, "token_reused", user_id, user_name, client, STR_NONE, STR_NONE);
}

/* What a client may be given now of what a user has allowed it. */
static perm_set still_has(const struct client *client, struct str scope)
{
	perm_set allowed, has;

	permission_parse(scope, &allowed);
	permission_parse(client->scope, &has);
	return allowed & has;
}

static const char *misfit(struct ctx *c, const struct redeeming *r, const struct grant_code *code)
{
	if (!code->alive)
		return "the code is over";
	if (!str_eq(code->redirect_uri, r->in->redirect_uri))
		return "redirect_uri is another";
	return is_verified(c, code->challenge, r->in->verifier) ? NULL : "wrong code_verifier";
}

static struct err *begin_family(struct ctx *c, struct redeeming *r, const struct grant_code *code)
{
	r->user_id = code->user_id;
	r->scope = permission_format(c->arena, still_has(r->client, code->scope));
	if (!r->scope.n) {
		r->refused = "the client has nothing of it any more";
		return NULL;
	}
	TRY(grant_store_add_family(
		c->db, c->arena, r->code_hash, r->config->refresh_s, &r->family_id));
	if (!r->family_id) {
		r->refused = "the user is disabled, or has taken it back";
		return NULL;
	}
	TRY(grant_store_use_code(c->db, c->arena, r->code_hash, r->family_id));
	if (r->refresh_hash.p)
		TRY(grant_store_add_refresh(
			c->db, c->arena, r->refresh_hash, r->family_id, r->config->refresh_idle_s));
	return record(
		c, "signed_in_for", r->user_id, code->user_name, r->client, STR_NONE, STR_NONE);
}

static struct err *redeem_tx(struct ctx *c, void *arg)
{
	struct redeeming *r = arg;
	struct grant_code code;
	bool found;

	TRY(grant_store_lock_code(c->db, c->arena, r->code_hash, &code, &found));
	if (!found || code.client_id != r->client->id) {
		r->refused = "no such code of this client";
		return NULL;
	}
	if (code.family_id) {
		r->refused = "the code was used before";
		return end_reused(c, r->client, code.family_id, code.user_id, code.user_name);
	}
	r->refused = misfit(c, r, &code);
	if (r->refused) /* whoever has tried has not asked for it: it is good for nobody any more */
		return grant_store_drop_code(c->db, c->arena, r->code_hash);
	return begin_family(c, r, &code);
}

static struct str new_refresh(struct ctx *c, struct str *hash)
{
	struct str random = secret_random_text(c->arena, CODE_RANDOM_BYTES);
	struct str token = str_printf(c->arena, REFRESH_PREFIX "%.*s", STR_ARG(random));

	*hash = digest_sha256_str(c->arena, token);
	return token;
}

struct err *grant_redeem(struct auth *auth, struct ctx *c, const struct client *client,
	const struct grant_redemption *in, struct grant_tokens *out)
{
	struct redeeming r = {
		.config = auth->config,
		.client = client,
		.in = in,
		.code_hash = digest_sha256_str(c->arena, in->code),
		.refresh_hash = STR_NONE,
	};

	*out = (struct grant_tokens){.refresh = STR_NONE};
	if (client_has_grant(client, "refresh_token"))
		out->refresh = new_refresh(c, &r.refresh_hash);
	TRY(change_run(c, redeem_tx, &r));
	if (r.refused)
		return invalid_grant(c, r.refused);
	return auth_family_token(auth, c, client, r.family_id, r.user_id, r.scope, &out->access);
}

/* ---- refreshing ---- */

struct refreshing {
	const struct auth_config *config;
	const struct client *client;
	struct str old_hash, new_hash, wanted;
	const char *refused;
	struct grant_refresh now;
	struct str scope;
};

static struct err *narrow(struct ctx *c, struct refreshing *r)
{
	perm_set has = still_has(r->client, r->now.scope), wanted = has;

	if (r->wanted.n && (!permission_parse(r->wanted, &wanted) || (wanted & ~has)))
		return refuse_scope(c, "The scope names what the user did not allow.");
	if (!wanted)
		return refuse_scope(c, "The scope names nothing that is left.");
	r->scope = permission_format(c->arena, wanted);
	return NULL;
}

static struct err *refresh_tx(struct ctx *c, void *arg)
{
	struct refreshing *r = arg;
	bool found;

	r->refused = NULL;
	TRY(grant_store_refresh(c->db, c->arena, r->old_hash, true, &r->now, &found));
	if (!found || r->now.client_id != r->client->id) {
		r->refused = "no such refresh token of this client";
		return NULL;
	}
	if (r->now.used) {
		r->refused = "the refresh token was used before";
		return end_reused(c, r->client, r->now.family_id, r->now.user_id, r->now.user_name);
	}
	if (!r->now.alive || r->now.ended) {
		r->refused = r->now.ended ? "the family has ended" : "the refresh token is over";
		return NULL;
	}
	TRY(narrow(c, r));
	TRY(grant_store_use_refresh(c->db, c->arena, r->old_hash));
	return grant_store_add_refresh(
		c->db, c->arena, r->new_hash, r->now.family_id, r->config->refresh_idle_s);
}

struct err *grant_refresh(struct auth *auth, struct ctx *c, const struct client *client,
	struct str token, struct str scope, struct grant_tokens *out)
{
	struct refreshing r = {
		.config = auth->config,
		.client = client,
		.old_hash = digest_sha256_str(c->arena, token),
		.wanted = scope,
	};

	*out = (struct grant_tokens){.refresh = new_refresh(c, &r.new_hash)};
	TRY(change_run(c, refresh_tx, &r));
	if (r.refused)
		return invalid_grant(c, r.refused);
	return auth_family_token(
		auth, c, client, r.now.family_id, r.now.user_id, r.scope, &out->access);
}

/* ---- ending ---- */

bool grant_is_refresh(struct str token)
{
	return str_starts(token, REFRESH_PREFIX);
}

struct err *grant_find(struct ctx *c, struct str token, struct grant_refresh *out, bool *found)
{
	TRY(grant_store_refresh(
		c->db, c->arena, digest_sha256_str(c->arena, token), false, out, found));
	*found = *found && out->alive && !out->ended && !out->used;
	return NULL;
}

struct revoking {
	const struct client *client;
	struct str hash;
};

static struct err *revoke_tx(struct ctx *c, void *arg)
{
	const struct revoking *r = arg;
	struct grant_refresh now;
	bool found;

	TRY(grant_store_refresh(c->db, c->arena, r->hash, true, &now, &found));
	if (!found || now.ended)
		return NULL;
	if (now.client_id != r->client->id)
		return err_new(c->arena, ERR_FORBIDDEN, "The token is another client's.");
	TRY(grant_store_end_family(c->db, c->arena, now.family_id));
	return record(
		c, "token_revoked", now.user_id, now.user_name, r->client, STR_NONE, STR_NONE);
}

struct err *grant_revoke(struct ctx *c, const struct client *client, struct str token)
{
	struct revoking r = {.client = client, .hash = digest_sha256_str(c->arena, token)};

	return change_run(c, revoke_tx, &r);
}

/* ---- a user's apps ---- */

struct err *grant_apps(struct ctx *c, struct grant_consent_rows *out)
{
	return grant_store_consents(c->db, c->arena, c->who->id, GRANT_APPS_MAX, out);
}

static struct err *withdraw_tx(struct ctx *c, void *arg)
{
	const struct client client = {.id = *(const int64_t *)arg};
	struct str before;
	bool ended;

	TRY(grant_store_consent(c->db, c->arena, c->who->id, client.id, true, &before));
	TRY(grant_store_end_consent(c->db, c->arena, c->who->id, client.id, &ended));
	if (!ended)
		return err_new(c->arena, ERR_NOT_FOUND, "You have allowed this app nothing.");
	TRY(grant_store_end_given(c->db, c->arena, c->who->id, client.id));
	return record(
		c, "withdrawn", c->who->id, c->who->name, &client, scope_json(c, before), STR_NONE);
}

struct err *grant_withdraw(struct ctx *c, int64_t client_id)
{
	return change_run(c, withdraw_tx, &client_id);
}
