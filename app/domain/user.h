/*
 * user: staff. A user is disabled, never deleted: movements name who posted them.
 *
 * Nobody manages users who have more permissions than himself, nor gives roles that have (people.h). After
 * each change: auth_changed(), so that what was remembered is forgotten.
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

struct user_role_input {
	struct str role;
	struct str location; /* STR_NONE: everywhere */
};

struct user_input {
	struct str name; /* of a new user; it never changes */
	struct str display_name; /* STR_NONE: as it is; of a new user the name */
	struct str password; /* of a new user; STR_NONE: none yet */
	bool has_roles;
	const struct user_role_input *roles;
	size_t role_count;
};

/* ---- reading ---- */

MUST_CHECK struct err *user_list(struct ctx *c, const struct user_filter *f, struct user_rows *out);
/* With roles. ERR_NOT_FOUND. */
MUST_CHECK struct err *user_read(struct ctx *c, int64_t id, struct user *out);
MUST_CHECK struct err *user_find(struct ctx *c, struct str name, struct user *out);
/* Until when the user's link can be used; TIME_NONE: there is none. */
MUST_CHECK struct err *user_invited_until(struct ctx *c, int64_t id, time_us *expires_at);

/* The password: "none" yet, "set", or "due" to be changed. */
const char *user_credential(const struct user *user);
/* The user as the API and events show it: never a hash. */
void user_to_json(struct json_out *j, const struct user *user);

/* ---- changes: ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_CONFLICT when no administrator would be left,
 * ERR_PRECONDITION when `version` is given (not 0) and is not the user's any more ---- */

/* All mistakes at once; ERR_DUPLICATE when the name is taken. */
MUST_CHECK struct err *user_add(struct ctx *c, const struct auth_config *config,
	const struct user_input *in, struct user *out);
/* Other roles end all sessions of the user: what a session may is settled when it begins. */
MUST_CHECK struct err *user_update(
	struct ctx *c, int64_t id, int64_t version, const struct user_input *in, struct user *out);
/* Disabling ends all sessions of the user and voids his link; doing it twice is fine. */
MUST_CHECK struct err *user_set_active(
	struct ctx *c, int64_t id, int64_t version, bool active, struct user *out);
/* The user can do nothing before he has changed his password. ERR_CONFLICT when there is none, or
 * passwords are switched off. */
MUST_CHECK struct err *user_force_password(struct ctx *c, const struct auth_config *config,
	int64_t id, int64_t version, struct user *out);
MUST_CHECK struct err *user_end_sessions(struct ctx *c, int64_t id);
/* For the command line. Ends all sessions of the user. ERR_INVALID for a password that is not fit. */
MUST_CHECK struct err *user_set_password(
	struct ctx *c, const struct auth_config *config, int64_t id, struct str password);
/* Of one's own: puts start->password_hash in place of user->password_hash, ends all sessions of the user,
 * and begins the new one. ERR_CONFLICT when the password is another by now. */
MUST_CHECK struct err *user_change_password(
	struct ctx *c, const struct user *user, const struct session_start *start);

/* ---- links with which a user chooses a password, once ---- */

struct invitation {
	struct str token; /* shown once; only its SHA-256 is kept */
	time_us expires_at;
};
/* A link before it is void. ERR_CONFLICT while passwords are switched off, for
 * a user who is disabled, and for oneself: who has but a session of mine must not get my password. */
MUST_CHECK struct err *user_invite(
	struct ctx *c, const struct auth_config *config, int64_t id, struct invitation *out);
/* ERR_NOT_FOUND for a link that is void, was used, or is too old. */
MUST_CHECK struct err *user_of_invitation(struct ctx *c, struct str token, struct user *out);
/* Ends all sessions of the user. ERR_NOT_FOUND likewise; ERR_INVALID at "/new_password". */
MUST_CHECK struct err *user_accept_invitation(
	struct ctx *c, const struct auth_config *config, struct str token, struct str password);

#endif
