/*
 * user: staff. A user is disabled, never deleted: movements name who posted them.
 */
#ifndef BINCARD_DOMAIN_USER_H
#define BINCARD_DOMAIN_USER_H

#include "base/json_out.h"
#include "domain/auth.h"
#include "store/session_store.h"
#include "store/user_store.h"

#define USER_NAME_MAX 64
#define USER_DISPLAY_NAME_MAX 120
#define USER_ROLES_MAX 32

struct user_input {
	struct str name;
	struct str display_name; /* STR_NONE: the name */
	struct str password;
	const struct str *roles; /* "viewer", or within a location: "clerk@WH-B" */
	size_t role_count;
};

/* All mistakes at once: name or password not fit, unknown roles or locations; ERR_DUPLICATE when the name is
 * taken. */
MUST_CHECK struct err *user_add(struct ctx *c, const struct auth_config *config,
	const struct user_input *in, struct user *out);
/* Ends all sessions of the user. ERR_NOT_FOUND; ERR_INVALID for a password that is not fit. */
MUST_CHECK struct err *user_set_password(
	struct ctx *c, const struct auth_config *config, struct str name, struct str password);
/* Of one's own: puts start->password_hash in place of user->password_hash, ends all sessions of the user,
 * and begins the new one. ERR_CONFLICT when the password is another by now. */
MUST_CHECK struct err *user_change_password(
	struct ctx *c, const struct user *user, const struct session_start *start);
/* Ends all sessions of the user. ERR_NOT_FOUND; disabling twice is fine. */
MUST_CHECK struct err *user_disable(struct ctx *c, struct str name);
/* After each of these: auth_changed(), so that what was remembered is forgotten. */

/* A page of users by id, those after after_id. */
MUST_CHECK struct err *user_list(struct ctx *c, int64_t after_id, int limit, struct user_rows *out);

/* The user as events show it: never the hash. */
void user_to_json(struct json_out *j, const struct user *user);

#endif
