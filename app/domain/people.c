#include "domain/people.h"

#include "domain/reach.h"
#include "store/role_store.h"
#include "store/user_store.h"

struct err *people_begin(struct ctx *c, struct people *p)
{
	TRY(role_store_lock_all(c->db, c->arena, &p->roles));
	return user_store_administrators(c->db, c->arena, &p->administrators);
}

struct err *people_end(struct ctx *c, const struct people *p)
{
	int64_t left;

	if (!p->administrators || c->who->kind == PRINCIPAL_SYSTEM)
		return NULL;
	TRY(user_store_administrators(c->db, c->arena, &left));
	return left ? NULL
		    : err_new(c->arena, ERR_CONFLICT, "Nobody would be left who can manage users.");
}

perm_set people_lacking(const struct ctx *c, perm_set permissions)
{
	return c->who->kind == PRINCIPAL_SYSTEM ? 0 : permissions & ~reach_unlimited(c);
}

struct err *people_may(struct ctx *c, perm_set permissions)
{
	perm_set lacking = people_lacking(c, permissions);

	return lacking ? err_new(c->arena, ERR_FORBIDDEN,
				 "You do not have all of these permissions yourself: %.*s.",
				 STR_ARG(permission_format(c->arena, lacking)))
		       : NULL;
}
