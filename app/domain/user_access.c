/* Whether and by what password a user comes in. */
#include "base/digest.h"
#include "base/secret.h"
#include "domain/change.h"
#include "domain/password.h"
#include "domain/user_inside.h"

#define TOKEN_RANDOM_BYTES 32

struct access {
	int64_t id, version;
	bool active;
	struct str password_hash, token_hash;
	int life_s;
	struct user *out;
};

/* ---- disabled and enabled ---- */

static struct err *set_active_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct people people;
	struct user before;

	TRY(user_lock(c, &people, a->id, a->version, &before));
	if (!a->active) {
		TRY(session_store_end_all(c->db, c->arena, before.id));
		TRY(invitation_store_end(c->db, c->arena, before.id));
	}
	if (before.active == a->active) {
		*a->out = before;
		return change_unchanged(c, user_json(c, &before));
	}
	TRY(user_store_set_active(c->db, c->arena, before.id, a->active));
	TRY(people_end(c, &people));
	return user_finish(c, a->active ? "bincard.user.enabled.v1" : "bincard.user.disabled.v1",
		before.id, &before, a->out);
}

struct err *user_set_active(
	struct ctx *c, int64_t id, int64_t version, bool active, struct user *out)
{
	struct access a = {.id = id, .version = version, .active = active, .out = out};

	return change_run(c, set_active_tx, &a);
}

/* ---- sessions ---- */

static struct err *end_sessions_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct people people;
	struct user user;

	TRY(user_lock(c, &people, a->id, 0, &user));
	TRY(session_store_end_all(c->db, c->arena, user.id));
	return change_record_from(c, "bincard.user.sessions_ended.v1", user.id, user_json(c, &user),
		user_json(c, &user));
}

struct err *user_end_sessions(struct ctx *c, int64_t id)
{
	return change_run(c, end_sessions_tx, &(struct access){.id = id});
}

/* ---- passwords ---- */

static struct err *takes_passwords(struct ctx *c, const struct auth_config *config)
{
	return config->no_passwords ? err_new(c->arena, ERR_CONFLICT,
					      "Passwords are switched off here: staff come in by "
					      "single sign-on.")
				    : NULL;
}

static struct err *force_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct people people;
	struct user before;

	TRY(user_lock(c, &people, a->id, a->version, &before));
	if (!before.password_hash.n)
		return err_new(c->arena, ERR_CONFLICT, "The user has no password yet.");
	if (before.password_due) {
		*a->out = before;
		return change_unchanged(c, user_json(c, &before));
	}
	TRY(user_store_set_password_due(c->db, c->arena, before.id));
	return user_finish(c, "bincard.user.password_forced.v1", before.id, &before, a->out);
}

struct err *user_force_password(struct ctx *c, const struct auth_config *config, int64_t id,
	int64_t version, struct user *out)
{
	TRY(takes_passwords(c, config));
	return change_run(c, force_tx, &(struct access){.id = id, .version = version, .out = out});
}

static struct err *set_password_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct people people;
	struct user before, user;

	TRY(user_lock(c, &people, a->id, 0, &before));
	TRY(user_store_set_password(c->db, c->arena, before.id, a->password_hash));
	TRY(session_store_end_all(c->db, c->arena, before.id));
	TRY(invitation_store_end(c->db, c->arena, before.id));
	return user_finish(c, "bincard.user.password_changed.v1", before.id, &before, &user);
}

struct err *user_set_password(
	struct ctx *c, const struct auth_config *config, int64_t id, struct str password)
{
	struct access a = {.id = id};
	struct err *e = NULL;

	password_check(&e, config, c->arena, password, "/password");
	TRY(e);
	TRY(password_hash(config, c->arena, password, &a.password_hash));
	return change_run(c, set_password_tx, &a);
}

struct own_change {
	const struct user *user;
	const struct session_start *start;
};

static struct err *changed_meanwhile(struct ctx *c)
{
	return err_new(c->arena, ERR_CONFLICT, "Your password was changed meanwhile.");
}

static struct err *change_password_tx(struct ctx *c, void *arg)
{
	const struct own_change *change = arg;
	struct user before, user;
	bool done;

	TRY(user_read(c, change->user->id, &before));
	TRY(user_store_change_password(c->db, c->arena, before.id, change->user->password_hash,
		change->start->password_hash, &done));
	if (!done)
		return changed_meanwhile(c);
	TRY(session_store_end_all(c->db, c->arena, before.id));
	TRY(invitation_store_end(c->db, c->arena, before.id));
	TRY(session_store_add(c->db, c->arena, change->start, &done));
	if (!done)
		return changed_meanwhile(c);
	return user_finish(c, "bincard.user.password_changed.v1", before.id, &before, &user);
}

struct err *user_change_password(
	struct ctx *c, const struct user *user, const struct session_start *start)
{
	return change_run(
		c, change_password_tx, &(struct own_change){.user = user, .start = start});
}

/* ---- invitations ---- */

static struct err *invite_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct people people;
	struct user user;

	if (c->who->kind == PRINCIPAL_USER && c->who->id == a->id)
		return err_new(c->arena, ERR_CONFLICT,
			"Change your own password with the one that you have, at /account.");
	TRY(user_lock(c, &people, a->id, 0, &user));
	if (!user.active)
		return err_new(c->arena, ERR_CONFLICT, "The user is disabled.");
	TRY(invitation_store_put(c->db, c->arena, user.id, a->token_hash, a->life_s));
	return change_record_from(
		c, "bincard.user.invited.v1", user.id, user_json(c, &user), user_json(c, &user));
}

struct err *user_invite(
	struct ctx *c, const struct auth_config *config, int64_t id, struct invitation *out)
{
	struct access a = {.id = id, .life_s = config->invite_s};

	TRY(takes_passwords(c, config));
	out->token = secret_random_text(c->arena, TOKEN_RANDOM_BYTES);
	a.token_hash = digest_sha256_str(c->arena, out->token);
	TRY(change_run(c, invite_tx, &a));
	return user_invited_until(c, id, &out->expires_at);
}

static struct err *void_link(struct ctx *c)
{
	return err_new(c->arena, ERR_NOT_FOUND,
		"This link was used already, is too old, or was replaced by another.");
}

struct err *user_of_invitation(struct ctx *c, struct str token, struct user *out)
{
	bool found;

	TRY(invitation_store_user(
		c->db, c->arena, digest_sha256_str(c->arena, token), out, &found));
	return found ? NULL : void_link(c);
}

static struct err *accept_tx(struct ctx *c, void *arg)
{
	const struct access *a = arg;
	struct user before, user;
	bool used;

	TRY(user_read(c, a->id, &before));
	TRY(invitation_store_use(c->db, c->arena, a->token_hash, &used));
	if (!used)
		return void_link(c);
	TRY(user_store_set_password(c->db, c->arena, before.id, a->password_hash));
	TRY(session_store_end_all(c->db, c->arena, before.id));
	return user_finish(c, "bincard.user.password_changed.v1", before.id, &before, &user);
}

/* Nobody is signed in here: what is written down is that the user did it. */
struct err *user_accept_invitation(
	struct ctx *c, const struct auth_config *config, struct str token, struct str password)
{
	struct access a = {.token_hash = digest_sha256_str(c->arena, token)};
	struct principal self = {.kind = PRINCIPAL_USER};
	struct ctx own = *c;
	struct err *e = NULL;
	struct user user;

	TRY(takes_passwords(c, config));
	TRY(user_of_invitation(c, token, &user));
	password_check(&e, config, c->arena, password, "/new_password");
	TRY(e);
	TRY(password_hash(config, c->arena, password, &a.password_hash));
	a.id = self.id = user.id;
	self.name = user.name;
	self.actor = str_printf(c->arena, "user:%lld", (long long)user.id);
	own.who = &self;
	return change_run(&own, accept_tx, &a);
}
