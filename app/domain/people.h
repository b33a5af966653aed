/*
 * people: what holds for every change of who may do what, be it of a user, of a role, or of both.
 *
 * Such changes run one after another: each begins with people_begin(), inside its transaction, and
 * ends with people_end().
 */
#ifndef BINCARD_DOMAIN_PEOPLE_H
#define BINCARD_DOMAIN_PEOPLE_H

#include "base/err.h"
#include "domain/ctx.h"

struct people {
	size_t roles; /* how many there are */
	size_t administrators; /* who could sign in and had all permissions everywhere when the change began */
};

MUST_CHECK struct err *people_begin(struct ctx *c, struct people *p);
/* ERR_CONFLICT when there was an administrator, and nobody is left. The command line may:
 * it can make another. */
MUST_CHECK struct err *people_end(struct ctx *c, const struct people *p);

/* What of these permissions whoever asks does not have everywhere. The command line has all there are. */
perm_set people_lacking(const struct ctx *c, perm_set permissions);
/* Nobody gives what he does not have, or changes what has more than he: ERR_FORBIDDEN unless whoever asks
 * has all of these permissions everywhere. The command line has all there are. */
MUST_CHECK struct err *people_may(struct ctx *c, perm_set permissions);

#endif
