/*
 * user_inside: what user*.c share.
 */
#ifndef BINCARD_DOMAIN_USER_INSIDE_H
#define BINCARD_DOMAIN_USER_INSIDE_H

#include "domain/people.h"
#include "domain/user.h"

/* Begins a change of the user: locked, with roles, of that version, and whoever asks may. */
MUST_CHECK struct err *user_lock(
	struct ctx *c, struct people *people, int64_t id, int64_t version, struct user *user);
/* Ends it: *out is what is stored now, and so are answer, event and audit log. before NULL: a new one. */
MUST_CHECK struct err *user_finish(
	struct ctx *c, const char *event, int64_t id, const struct user *before, struct user *out);
struct str user_json(struct ctx *c, const struct user *user);
/* The same roles in the same places. */
bool user_same_roles(const struct user *a, const struct user *b);
/* Adds a role, of which user->roles has room for USER_ROLES_MAX; one that is there for the same place is one
 * role. False when there are as many as there may be. */
bool user_add_role(struct user *user, const struct user_role *role);
/* Of all the user's roles. */
perm_set user_permissions(const struct user *user);

#endif
