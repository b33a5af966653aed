/* Whom the provider's word makes of somebody here. */
#include <assert.h>

#include "base/log.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"
#include "domain/check.h"
#include "domain/reach.h"
#include "domain/role.h"
#include "domain/seal.h"
#include "domain/sso_inside.h"
#include "domain/user_inside.h"
#include "store/sso_store.h"

#define ISSUER_JSON_MAX 8192
#define ID_TOKEN_MAX 4096 /* of what is kept: it has to fit into an address, too */

/* A sign-in on its way. What is refused is still committed: roles that the provider has taken are gone. */
struct entry {
	struct auth *auth;
	const struct sso_config *config;
	const struct sso_person *person;
	struct user asked; /* has the roles of the provider's that are here, and nothing else */
	struct people people;
	struct str id_token_sealed;
	bool keeps_roles; /* no other administrator is left */
	struct user user;
	struct str cookie;
	const char *refused;
	bool changed; /* what a user may do */
};

/* ---- events ---- */

static const struct principal provider = {
	.kind = PRINCIPAL_SYSTEM,
	.name = {"single sign-on", sizeof("single sign-on") - 1},
	.actor = {"system", sizeof("system") - 1},
};

/* What is done to a user in the name of the provider, by nobody of ours. */
static struct err *record(
	struct ctx *c, const char *type, const struct user *before, struct user *user)
{
	struct ctx by_provider = *c;

	by_provider.who = &provider;
	return user_finish(&by_provider, type, user->id, before, user);
}

static struct str issuer_json(struct arena *a, struct str issuer, struct str subject)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, ISSUER_JSON_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_str(&j, "issuer", issuer);
	json_str(&j, "subject", subject);
	json_object_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- roles ---- */

static void log_unknown_role(struct str role)
{
	struct log_line l;

	log_begin(&l, LOG_WARNING,
		"single sign-on names a role or a location that is not here, or too many roles");
	log_str(&l, "role", role);
	log_end(&l);
}

/* Groups that are no roles here are many, and nobody's mistake; what the configuration names is. */
static struct err *resolve_role(struct ctx *c, struct entry *e, const struct role_rows *here,
	struct str name, bool configured)
{
	struct str code, text = str_cut(name, '@', &code);
	struct user_role role = {.role_id = 0};
	struct err *unknown = NULL;

	for (size_t i = 0; i < here->n; i++) {
		if (str_eq(here->rows[i].name, text))
			role = (struct user_role){.role_id = here->rows[i].id,
				.second_factor = here->rows[i].second_factor};
	}
	if (!role.role_id) {
		if (configured)
			log_unknown_role(name);
		return NULL;
	}
	TRY(reach_root(c, code, STR(""), &unknown, &role.location_id));
	if (unknown || !user_add_role(&e->asked, &role)) /* not given at all */
		log_unknown_role(name);
	return NULL;
}

static struct err *resolve_roles(struct ctx *c, struct entry *e)
{
	const struct role_filter all = {.limit = ROLES_MAX};
	struct role_rows here;

	e->asked.roles = ARENA_ARRAY(c->arena, USER_ROLES_MAX, struct user_role);
	TRY(role_store_page(c->db, c->arena, &all, &here));
	for (size_t i = 0; i < e->person->role_count; i++)
		TRY(resolve_role(c, e, &here, e->person->roles[i], e->config->grant_count > 0));
	if (!e->asked.role_count && e->config->default_role)
		TRY(resolve_role(c, e, &here, str_of(e->config->default_role), true));
	return NULL;
}

static struct err *give_roles(struct ctx *c, struct entry *e)
{
	e->user.roles = e->asked.roles;
	e->user.role_count = e->asked.role_count;
	return user_store_set_roles(c->db, c->arena, &e->user);
}

/* The provider's word replaces what there was; other roles end all sessions of the user. */
static struct err *set_roles(struct ctx *c, struct entry *e)
{
	struct user before = e->user;

	if (user_same_roles(&before, &e->asked))
		return NULL;
	TRY(give_roles(c, e));
	TRY(people_end(c, &e->people));
	TRY(session_store_end_all(c->db, c->arena, e->user.id));
	TRY(invitation_store_end(c->db, c->arena, e->user.id));
	TRY(user_store_touch(c->db, c->arena, e->user.id));
	e->changed = true;
	return record(c, "bincard.user.updated.v1", &before, &e->user);
}

/* ---- users ---- */

static const char *unfit_name(struct ctx *c, const struct entry *e)
{
	struct check k = {.arena = c->arena};

	if (!e->config->create_users)
		return "You are not a user here yet. Whoever manages users here can link your account.";
	if (!e->person->name.p)
		return "The sign-in service does not say your name.";
	check_text(&k, "/name", e->person->name, USER_NAME_MAX, CHECK_CODE);
	return k.err ? "The name that the sign-in service says is too long, or no name." : NULL;
}

static struct str cut_display_name(struct str name)
{
	size_t n = 0;

	for (int i = 0; i < USER_DISPLAY_NAME_MAX && n < name.n; i++)
		n += str_utf8_step((struct str){name.p + n, name.n - n});
	return (struct str){name.p, n};
}

static struct err *find_user(struct ctx *c, struct entry *e, bool *found)
{
	TRY(user_store_lock_identity(
		c->db, c->arena, e->person->issuer, e->person->subject, &e->user, found));
	return *found ? user_store_roles(c->db, c->arena, &e->user, 1) : NULL;
}

/* A name is no proof: one that somebody has is never taken over. */
static struct err *add_user(struct ctx *c, struct entry *e, bool *found)
{
	const struct sso_person *p = e->person;
	struct err *err;

	e->user = (struct user){.name = p->name,
		.display_name = cut_display_name(p->display_name.p ? p->display_name : p->name),
		.password_hash = STR(""),
		.active = true,
		.version = 1};
	err = user_store_add(c->db, c->arena, &e->user, &e->user.id);
	if (err && err->code == ERR_DB_DUPLICATE_KEY) {
		TRY(find_user(c, e, found)); /* another sign-in of the same person was quicker */
		if (!*found)
			e->refused = "Your name is taken here by a user that is not linked to your "
				     "account. Whoever manages users here can link it.";
		return NULL;
	}
	TRY(err);
	TRY(sso_store_add_identity(c->db, c->arena, e->user.id, p->issuer, p->subject));
	TRY(give_roles(c, e));
	return record(c, "bincard.user.created.v1", NULL, &e->user);
}

static const char *lacks_factor(const struct entry *e, const struct user *user)
{
	for (size_t i = 0; i < user->role_count && !e->person->second_factor; i++) {
		if (user->roles[i].second_factor)
			return "Your role needs a second factor, and the sign-in service has "
			       "asked for none.";
	}
	return NULL;
}

/* Makes the user if there is none; then *found tells whether there was one. */
static struct err *have_user(struct ctx *c, struct entry *e, bool *found)
{
	TRY(find_user(c, e, found));
	if (*found)
		return NULL;
	e->refused = unfit_name(c, e);
	if (!e->refused && e->config->roles_claim && !e->asked.role_count)
		e->refused = "The sign-in service gives you no role here.";
	if (!e->refused)
		e->refused = lacks_factor(e, &e->asked);
	return e->refused ? NULL : add_user(c, e, found);
}

/* ---- the session ---- */

static struct err *check_roles(struct ctx *c, struct entry *e, bool was_there)
{
	if (!e->user.active) {
		e->refused = "You are disabled here.";
		return NULL;
	}
	if (was_there && e->config->roles_claim && !e->keeps_roles) {
		TRY(set_roles(c, e));
		if (!e->user.role_count) {
			e->refused = "The sign-in service gives you no role here.";
			e->changed = true;
			return session_store_end_all(c->db, c->arena, e->user.id);
		}
	}
	e->refused = lacks_factor(e, &e->user);
	return NULL;
}

static struct err *record_sign_in(struct ctx *c, const struct user *user, struct str issuer)
{
	struct str id = str_printf(c->arena, "%lld", (long long)user->id);

	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = id,
			.action = STR("signed_in"),
			.after = issuer_json(c->arena, issuer, STR_NONE),
			.actor = str_printf(c->arena, "user:%.*s", STR_ARG(id)),
			.actor_name = user->name,
		});
}

static struct err *enter_tx(struct ctx *c, void *arg)
{
	struct entry *e = arg;
	struct session_start start;
	bool was_there, added;

	e->refused = NULL;
	e->changed = false;
	TRY(people_begin(c, &e->people));
	TRY(have_user(c, e, &was_there));
	if (!e->refused)
		TRY(check_roles(c, e, was_there));
	if (e->refused)
		return NULL;
	start = auth_session_start(e->auth, c, e->user.id, &e->cookie);
	start.password_hash = e->user.password_hash;
	start.second_factor = true;
	TRY(session_store_add(c->db, c->arena, &start, &added));
	assert(added); /* the user is locked */
	TRY(session_store_by_sso(
		c->db, c->arena, start.token_hash, e->person->second_factor, e->id_token_sealed));
	return record_sign_in(c, &e->user, e->person->issuer);
}

/* For signing out there. Without it the provider asks whom it shall sign out. */
static void seal_id_token(struct ctx *c, struct entry *e)
{
	struct err *err;

	if (e->person->id_token.n > ID_TOKEN_MAX)
		return;
	err = seal_close(c->arena, auth_settings(e->auth)->master_key_file, e->person->id_token,
		&e->id_token_sealed);
	if (err)
		log_err(LOG_ERROR, "an ID token is not kept", err);
}

struct err *sso_enter(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_person *person, struct str *cookie)
{
	struct entry e = {.auth = auth, .config = sso->config, .person = person};
	struct err *err;

	seal_id_token(c, &e);
	TRY(resolve_roles(c, &e));
	err = change_run(c, enter_tx, &e);
	if (err && err->code == ERR_CONFLICT) {
		log_err(LOG_WARNING, "roles of the last administrator are kept", err);
		e.keeps_roles = true;
		err = change_run(c, enter_tx, &e);
	}
	TRY(err);
	if (e.changed)
		auth_changed(auth);
	if (e.refused)
		return err_new(c->arena, ERR_FORBIDDEN, "%s", e.refused);
	*cookie = e.cookie;
	return NULL;
}

/* ---- by hand ---- */

struct linking {
	struct str user_name, issuer, subject;
};

static struct err *link_tx(struct ctx *c, void *arg)
{
	const struct linking *l = arg;
	struct user user;
	struct err *e;

	TRY(user_find(c, l->user_name, &user));
	e = sso_store_add_identity(c->db, c->arena, user.id, l->issuer, l->subject);
	if (e && e->code == ERR_DB_DUPLICATE_KEY)
		return err_new(c->arena, ERR_DUPLICATE,
			"The user has an identity already, or this one is another user's.");
	TRY(e);
	TRY(session_store_end_all(c->db, c->arena, user.id));
	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = str_printf(c->arena, "%lld", (long long)user.id),
			.action = STR("identity_linked"),
			.after = issuer_json(c->arena, l->issuer, l->subject),
		});
}

static void check_part(
	struct err **e, struct arena *a, struct str text, size_t max, const char *pointer)
{
	if (!text.n || text.n > max || !str_is_text(text, false))
		err_add_field(
			e, a, str_of(pointer), "not_text", "It is 1 to %zu bytes of text.", max);
}

struct err *sso_link(struct ctx *c, struct str user_name, struct str issuer, struct str subject)
{
	struct linking l = {.user_name = user_name, .issuer = issuer, .subject = subject};
	struct err *e = NULL;

	check_part(&e, c->arena, issuer, SSO_SUBJECT_MAX, "/issuer");
	check_part(&e, c->arena, subject, SSO_SUBJECT_MAX, "/subject");
	TRY(e);
	return change_run(c, link_tx, &l);
}

static struct err *unlink_tx(struct ctx *c, void *arg)
{
	const struct linking *l = arg;
	struct str issuer, subject;
	struct user user;
	bool found, dropped;

	TRY(user_find(c, l->user_name, &user));
	TRY(sso_store_identity_of(c->db, c->arena, user.id, &issuer, &subject, &found));
	if (!found)
		return NULL;
	TRY(sso_store_drop_identity(c->db, c->arena, user.id, &dropped));
	TRY(session_store_end_all(c->db, c->arena, user.id));
	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = str_printf(c->arena, "%lld", (long long)user.id),
			.action = STR("identity_unlinked"),
			.before = issuer_json(c->arena, issuer, subject),
		});
}

struct err *sso_unlink(struct ctx *c, struct str user_name)
{
	return change_run(c, unlink_tx, &(struct linking){.user_name = user_name});
}

struct err *sso_has_password(struct ctx *c, bool *has)
{
	struct user user;

	TRY(user_find(c, c->who->name, &user));
	*has = user.password_hash.n > 0;
	return NULL;
}
