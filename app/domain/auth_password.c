/* A user's own new password. */
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/password.h"
#include "domain/user.h"

/* The session may be remembered for a moment longer than its user is what he was. */
static struct err *find_own(struct ctx *c, struct user *user)
{
	bool found;

	TRY(user_store_by_name(c->db, c->arena, c->who->name, user, &found));
	if (found && user->active && user->id == c->who->id)
		return NULL;
	return err_new(c->arena, ERR_UNAUTHENTICATED, "Sign in again.");
}

struct err *auth_own_password(struct auth *auth, struct ctx *c, struct str password,
	const char *pointer, struct user *user)
{
	struct guess_who guess;
	struct err *e = NULL;

	TRY(auth_guess_begin(auth, c, c->who->name, &guess));
	TRY(find_own(c, user));
	if (password_matches(user->password_hash, password)) {
		auth_guess_right(auth, c, &guess);
		return NULL;
	}
	TRY(audit_failure(c, "user", user->id, "password_refused", user->name));
	err_add_field(&e, c->arena, str_of(pointer), "wrong", "This is not your password.");
	return e;
}

static struct err *check_new(struct auth *auth, struct ctx *c, struct str old, struct str fresh)
{
	struct err *e = NULL;

	password_check(&e, auth->config, c->arena, fresh, "/new_password");
	if (!e && str_eq(old, fresh))
		err_add_field(&e, c->arena, STR("/new_password"), "unchanged",
			"This is the password that you have now.");
	return e;
}

struct err *auth_change_password(
	struct auth *auth, struct ctx *c, struct str old, struct str fresh, struct str *cookie)
{
	struct session_start start;
	struct user user;

	TRY(auth_takes_passwords(auth, c->arena));
	TRY(check_new(auth, c, old, fresh));
	TRY(auth_own_password(auth, c, old, "/old_password", &user));
	start = auth_session_start(auth, c, user.id, cookie);
	start.second_factor = true; /* by the session that asks */
	TRY(password_hash(auth->config, c->arena, fresh, &start.password_hash));
	TRY(user_change_password(c, &user, &start));
	auth_changed(auth);
	return NULL;
}
