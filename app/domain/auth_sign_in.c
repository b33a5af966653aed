/* What gives somebody a session or a token: passwords and client secrets. */
#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "domain/agent.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"
#include "domain/client_inside.h"
#include "domain/password.h"
#include "domain/seal.h"
#include "domain/second_factor.h"
#include "domain/second_factor_inside.h"
#include "domain/token.h"
#include "store/session_store.h"
#include "store/user_store.h"

#define STAND_IN_LABEL "bincard stand-in 1 "

/* ---- staff ---- */

struct err *auth_refuse_sign_in(struct arena *a)
{
	return err_new(a, ERR_UNAUTHENTICATED, "The name or the password is not right.");
}

struct err *auth_takes_passwords(const struct auth *auth, struct arena *a)
{
	if (!auth->config->no_passwords)
		return NULL;
	return err_new(a, ERR_FORBIDDEN, "Passwords are switched off here. Use single sign-on.");
}

/* A name that nobody has is checked against the hash of somebody who has one, so that it takes as long as a
 * wrong password: how long that is was decided when the hash was made, which may have been under other
 * parameters than those of now. It is always the same one for a name, however that is spelled, and
 * nobody can tell whose without the master key. */
static struct err *stand_in(struct auth *auth, struct ctx *c, struct str account, struct str *hash)
{
	unsigned char key[SECRET_KEY_BYTES], mac[SECRET_MAC_BYTES];

	TRY(seal_read_key(c->arena, auth->config->master_key_file, key));
	secret_mac(mac, (struct str){(const char *)key, sizeof(key)},
		str_printf(c->arena, STAND_IN_LABEL "%.*s",
			STR_ARG(str_hex(c->arena, account.p, account.n))));
	secret_wipe(key, sizeof(key));
	return user_store_stand_in(c->db, c->arena, str_hex(c->arena, mac, sizeof(mac)), hash);
}

/* account: the name in the spelling of struct guess_who. */
static struct err *check_password(struct auth *auth, struct ctx *c, struct str name,
	struct str account, struct str password, struct user *user)
{
	struct str hash;
	bool found = false, match;

	TRY(stand_in(auth, c, account, &hash));
	if (!str_is_utf8(name))
		name = STR("");
	TRY(user_store_by_name(c->db, c->arena, name, user, &found));
	found = found && user->password_hash.n; /* else single sign-on alone lets in */
	if (found)
		hash = user->password_hash;
	match = password_matches(hash, password);
	return found && match && user->active ? NULL : auth_refuse_sign_in(c->arena);
}

/* The configuration may ask for more than when the hash was made; the password is known
 * only now. */
static struct err *refresh_hash(struct auth *auth, struct ctx *c, struct str name,
	struct str account, struct str password, struct user *user)
{
	struct str fresh;
	bool done;

	if (!password_is_old(auth->config, user->password_hash))
		return NULL;
	TRY(password_hash(auth->config, c->arena, password, &fresh));
	TRY(user_store_rehash(c->db, c->arena, user->id, user->password_hash, fresh, &done));
	if (!done) /* another sign-in has done it, or the password is a new one */
		return check_password(auth, c, name, account, password, user);
	user->password_hash = fresh;
	return NULL;
}

/* Old sessions are in nobody's way; failing to remove them must not keep anybody out. */
static void prune_sessions(struct ctx *c)
{
	struct err *e = session_store_prune(c->db, c->arena);

	if (e)
		log_err(LOG_WARNING, "old sessions were not removed", e);
}

struct session_start auth_session_start(
	struct auth *auth, struct ctx *c, int64_t user_id, struct str *cookie)
{
	*cookie = secret_random_text(c->arena, AUTH_COOKIE_RANDOM_BYTES);
	return (struct session_start){
		.token_hash = digest_sha256_str(c->arena, *cookie),
		.address = c->address.p ? c->address : STR(""),
		.browser = agent_words(c->arena, c->user_agent),
		.user_id = user_id,
		.life_s = auth->config->session_s,
	};
}

struct err *auth_record_session(
	struct ctx *c, const char *action, int64_t user_id, struct str user_name)
{
	struct str id = str_printf(c->arena, "%lld", (long long)user_id);

	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = id,
			.action = str_of(action),
			.actor = str_printf(c->arena, "user:%.*s", STR_ARG(id)),
			.actor_name = user_name,
		});
}

struct new_session {
	struct session_start start;
	const struct user *user;
};

static struct err *begin_session(struct ctx *c, void *arg)
{
	const struct new_session *s = arg;
	bool added;

	TRY(session_store_add(c->db, c->arena, &s->start, &added));
	if (!added) /* disabled, a new password or a second factor in this very moment */
		return auth_refuse_sign_in(c->arena);
	return auth_record_session(c, "signed_in", s->user->id, s->user->name);
}

/* The factor is asked for only now: what comes before tells nobody whether there is one. */
static struct err *begin(
	struct auth *auth, struct ctx *c, const struct user *user, struct sign_in *out)
{
	struct new_session s = {.user = user};

	TRY(second_factor_is_on(c, user->id, &out->pending));
	if (out->pending)
		return auth_pending_begin(c, user, &out->cookie);
	s.start = auth_session_start(auth, c, user->id, &out->cookie);
	s.start.password_hash = user->password_hash;
	return change_run(c, begin_session, &s);
}

static struct err *sign_in(struct auth *auth, struct ctx *c, struct str name, struct str password,
	struct user *user, struct sign_in *out)
{
	struct guess_who guess;

	TRY(auth_guess_begin(auth, c, name, &guess));
	TRY(check_password(auth, c, name, guess.account, password, user));
	auth_guess_right(auth, c, &guess);
	TRY(refresh_hash(auth, c, name, guess.account, password, user));
	return begin(auth, c, user, out);
}

struct err *auth_sign_in(
	struct auth *auth, struct ctx *c, struct str name, struct str password, struct sign_in *out)
{
	struct user user = {.id = 0};
	struct err *e;

	TRY(auth_takes_passwords(auth, c->arena));
	e = sign_in(auth, c, name, password, &user, out);

	if (e && e->code == ERR_UNAUTHENTICATED)
		TRY(audit_failure(c, "user", user.id, "sign_in_failed", name));
	TRY(e);
	prune_sessions(c);
	return NULL;
}

static struct err *end_session(struct ctx *c, void *arg)
{
	const struct str *hash = arg;
	struct session s;
	bool found, ended;

	TRY(session_store_by_hash(c->db, c->arena, *hash, &s, &found));
	if (!found)
		return NULL;
	TRY(session_store_end(c->db, c->arena, *hash, &ended));
	return ended ? auth_record_session(c, "signed_out", s.user_id, s.user_name) : NULL;
}

struct err *auth_sign_out(struct auth *auth, struct ctx *c, struct str cookie)
{
	struct str hash;

	if (!auth_is_cookie(c->arena, cookie))
		return NULL;
	hash = digest_sha256_str(c->arena, cookie);
	TRY(change_run(c, end_session, &hash));
	auth_changed(auth);
	return NULL;
}

/* ---- API clients ---- */

/* The permissions to grant: all that the client has, or what is asked for when it has all
 * of that. */
static struct err *grant_scope(
	struct ctx *c, const struct client *client, struct str scope, perm_set *out)
{
	struct err *e = NULL;
	perm_set has;

	permission_parse(client->scope, &has);
	*out = has;
	if (!scope.n)
		return NULL;
	if (!permission_parse(scope, out) || !*out || (*out & ~has))
		err_add_field(&e, c->arena, STR("/scope"), "invalid_scope",
			"The scope names what this client does not have.");
	return e;
}

/* grant: scope, and for a user subject and family. */
static struct err *sign(struct auth *auth, struct ctx *c, const struct client *client,
	struct token_grant *grant, struct access_token *out)
{
	const struct auth_config *config = auth->config;

	TRY(auth_refresh_keys(auth, c));
	*out = (struct access_token){.expires_in_s = config->token_s, .scope = grant->scope};
	grant->kid = str_of(auth->keys.signing_kid);
	grant->private_pem = (struct str){auth->keys.private_pem, auth->keys.private_bytes};
	grant->issuer = config->issuer;
	grant->audience = config->audience;
	grant->client_id = client->client_id;
	grant->issued_s = time_now() / 1000000;
	grant->expires_s = grant->issued_s + config->token_s;
	return token_sign(c->arena, grant, &out->token);
}

struct err *auth_token_for(struct auth *auth, struct ctx *c, const struct client *client,
	struct str scope, struct access_token *out)
{
	struct token_grant grant = {.subject = STR_NONE};
	perm_set granted;
	struct err *e = grant_scope(c, client, scope, &granted);

	if (e)
		return client_refused(c, client, e);
	grant.scope = permission_format(c->arena, granted);
	return sign(auth, c, client, &grant, out);
}

struct err *auth_family_token(struct auth *auth, struct ctx *c, const struct client *client,
	int64_t family_id, int64_t user_id, struct str scope, struct access_token *out)
{
	struct token_grant grant = {
		.subject = str_printf(c->arena, "user:%lld", (long long)user_id),
		.family = family_id,
		.scope = scope,
	};

	return sign(auth, c, client, &grant, out);
}

struct err *auth_client_token(struct auth *auth, struct ctx *c, struct str client_id,
	struct str secret, struct str scope, struct access_token *out)
{
	struct client client;

	TRY(client_check_secret(c, client_id, secret, &client));
	return auth_token_for(auth, c, &client, scope, out);
}
