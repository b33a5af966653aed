/*
 * foreign: whom tokens of other issuers name, and what they may do here.
 *
 * An issuer is trusted by the configuration alone. What its tokens say about scopes, roles or groups is
 * mapped to permissions by that configuration; without a map the names of our own permissions count.
 * A subject becomes a foreign principal when its first token is seen: a row with an id, so that what is
 * written down ("foreign:7") stays short and can be explained. One can be disabled.
 */
#ifndef BINCARD_DOMAIN_FOREIGN_H
#define BINCARD_DOMAIN_FOREIGN_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "domain/issuer.h"
#include "domain/token.h"
#include "store/foreign_store.h"

#define FOREIGN_ISSUERS_MAX 16
#define FOREIGN_GRANTS_MAX 64
#define FOREIGN_NAME_MAX 120 /* code points */

/* What a value of the claim is worth. */
struct foreign_grant {
	struct str value;
	perm_set permissions;
};

struct foreign_issuer {
	const char *name; /* in the configuration */
	struct issuer_source source;
	const char *audience;
	const char *claim; /* "scope", "realm_access.roles" */
	struct foreign_grant grants[FOREIGN_GRANTS_MAX];
	size_t grant_count;
	const char *location; /* the code of what its tokens are kept within; NULL: everywhere */
	int leeway_s;
};

/* "reader: items:read stock:read, clerk: movements:write". False when it cannot be read; *wrong is the
 * part that is no permission, or an entry without a name. */
bool foreign_parse_map(struct str text, struct foreign_issuer *out, struct str *wrong);

/* The member of that name, dots and all, or the one that the dots lead down to; NULL: none. */
const struct json_node *foreign_claim(
	struct arena *a, const struct json_node *object, struct str path);

perm_set foreign_permissions(
	struct arena *a, const struct foreign_issuer *issuer, const struct json_node *claims);

/* The principal of verified claims; it is stored when it is new. */
MUST_CHECK struct err *foreign_of_claims(struct ctx *c, const struct foreign_issuer *issuer,
	const struct foreign_claims *claims, struct foreign *out);

/* ERR_NOT_FOUND. */
MUST_CHECK struct err *foreign_read(struct ctx *c, int64_t id, struct foreign *out);
/* ERR_NOT_FOUND. Then: auth_changed() (domain/auth.h). */
MUST_CHECK struct err *foreign_set_active(
	struct ctx *c, int64_t id, bool active, struct foreign *out);
/* A page by id. */
MUST_CHECK struct err *foreign_list(
	struct ctx *c, const struct foreign_filter *f, struct foreign_rows *out);

void foreign_to_json(struct json_out *j, const struct foreign *foreign);

#endif
