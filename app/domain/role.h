/*
 * role: what a member of staff may do, under a name. The built-in ones are as they are, but
 * may be made to need a second factor.
 */
#ifndef BINCARD_DOMAIN_ROLE_H
#define BINCARD_DOMAIN_ROLE_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/role_store.h"

#define ROLE_NAME_MAX 64
#define ROLES_MAX 500 /* so that a form can offer all of them */

struct role_input {
	struct str name; /* STR_NONE: as it is */
	bool has_permissions;
	const struct str *permissions; /* "items:read" */
	size_t n;
	bool has_second_factor, second_factor;
};

MUST_CHECK struct err *role_list(struct ctx *c, const struct role_filter *f, struct role_rows *out);
/* ERR_NOT_FOUND. */
MUST_CHECK struct err *role_read(struct ctx *c, int64_t id, struct role *out);
MUST_CHECK struct err *role_find(struct ctx *c, struct str name, struct role *out);

/* All mistakes at once: ERR_INVALID, ERR_DUPLICATE. ERR_FORBIDDEN for permissions that whoever asks does
 * not have himself, before or after; ERR_CONFLICT for another name or other
 * permissions of a built-in role, for one more than ROLES_MAX, and when no administrator
 * would be left; ERR_PRECONDITION when `version` is given (not 0) and is not the role's any more. After
 * each: auth_changed(). */
MUST_CHECK struct err *role_create(struct ctx *c, const struct role_input *in, struct role *out);
MUST_CHECK struct err *role_update(
	struct ctx *c, int64_t id, int64_t version, const struct role_input *in, struct role *out);
/* ERR_CONFLICT while somebody has it. */
MUST_CHECK struct err *role_delete(struct ctx *c, int64_t id, int64_t version);

void role_to_json(struct json_out *j, const struct role *role);
/* A scope's permissions as an array. */
void permissions_to_json(struct json_out *j, const char *name, struct str scope);

#endif
