/*
 * second_factor_inside: what second_factor*.c and signing in share.
 */
#ifndef BINCARD_DOMAIN_SECOND_FACTOR_INSIDE_H
#define BINCARD_DOMAIN_SECOND_FACTOR_INSIDE_H

#include "domain/auth.h"
#include "store/user_store.h"

/* Inside a transaction: checks the code of a user's factor and uses it up, a recovery code with an entry in
 * the audit log. *good false for one that is wrong, or was used. */
MUST_CHECK struct err *second_factor_use(struct auth *auth, struct ctx *c, int64_t user_id,
	struct str user_name, struct str code, bool *good);
/* What is answered then: ERR_INVALID at /code. */
struct err *second_factor_wrong(struct ctx *c);

/* The password was right and a code is awaited: *cookie is for auth_second_step(). */
MUST_CHECK struct err *auth_pending_begin(
	struct ctx *c, const struct user *user, struct str *cookie);

#endif
