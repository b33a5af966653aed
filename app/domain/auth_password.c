/* A user's own new password. */
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

/* Counted as a sign-in is: a stolen cookie is no way to guess the password. */
static struct err *check_old(struct auth *auth, struct ctx *c, struct str old, struct user *user)
{
	struct guess_who guess;
	struct err *e = NULL;

	TRY(auth_guess_begin(auth, c, c->who->name, &guess));
	TRY(find_own(c, user));
	if (password_matches(user->password_hash, old))
		auth_guess_right(auth, c, &guess);
	else
		err_add_field(
			&e, c->arena, STR("/old_password"), "wrong", "This is not your password.");
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

	TRY(check_new(auth, c, old, fresh));
	TRY(check_old(auth, c, old, &user));
	start = auth_session_start(auth, c, user.id, cookie);
	TRY(password_hash(auth->config, c->arena, fresh, &start.password_hash));
	TRY(user_change_password(c, &user, &start));
	auth_changed(auth);
	return NULL;
}
