#include "domain/people.h"

#include "domain/reach.h"
#include "store/role_store.h"
#include "store/user_store.h"

/* Who has less than all cannot give it, so cannot make another who manages everything. */
static struct err *count_administrators(struct ctx *c, size_t *count)
{
	struct user_may *rows;
	perm_set all = 0, one;
	size_t n;

	TRY(user_store_administrators(
		c->db, c->arena, c->ways_in.passwords, c->ways_in.issuer, &rows, &n));
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		permission_parse(rows[i].permissions, &one);
		all |= one;
		if (i + 1 < n && rows[i + 1].user_id == rows[i].user_id)
			continue;
		*count += all == permission_all();
		all = 0;
	}
	return NULL;
}

struct err *people_begin(struct ctx *c, struct people *p)
{
	TRY(role_store_lock_all(c->db, c->arena, &p->roles));
	return count_administrators(c, &p->administrators);
}

struct err *people_end(struct ctx *c, const struct people *p)
{
	size_t left;

	if (!p->administrators || c->who->kind == PRINCIPAL_SYSTEM)
		return NULL;
	TRY(count_administrators(c, &left));
	return left
		? NULL
		: err_new(c->arena, ERR_CONFLICT,
			  "Nobody would be left who can sign in and has all permissions everywhere.");
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
