/*
 * permission: what a role grants, what a token's scope names, what a route asks for: one table.
 *
 * The third column says what becomes of a permission that is given within a part of the tree of locations
 * (domain/reach.h): PLACES are limited to that part, WHOLE ones are not, and UNLIMITED ones are not given so.
 */
#ifndef BINCARD_DOMAIN_PERMISSION_H
#define BINCARD_DOMAIN_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* clang-format off */
#define PERMISSION_TABLE(X) \
	X(PERM_ITEMS_READ,      "items:read",      WHOLE,     "See items and categories") \
	X(PERM_ITEMS_WRITE,     "items:write",     UNLIMITED, "Make, change and archive items and categories") \
	X(PERM_LOCATIONS_READ,  "locations:read",  PLACES,    "See locations") \
	X(PERM_LOCATIONS_WRITE, "locations:write", PLACES,    "Make, change, move and archive locations") \
	X(PERM_STOCK_READ,      "stock:read",      PLACES,    "See quantities") \
	X(PERM_STOCK_WRITE,     "stock:write",     PLACES,    "Adjust and set quantities") \
	X(PERM_MOVEMENTS_READ,  "movements:read",  PLACES,    "See movements") \
	X(PERM_MOVEMENTS_WRITE, "movements:write", PLACES,    "Post and reverse movements") \
	X(PERM_LEDGER_VERIFY,   "ledger:verify",   UNLIMITED, "Recompute balances from the ledger") \
	X(PERM_USERS_READ,      "users:read",      UNLIMITED, "See users and roles") \
	X(PERM_USERS_WRITE,     "users:write",     UNLIMITED, "Manage users and roles") \
	X(PERM_CLIENTS_READ,    "clients:read",    UNLIMITED, "See API clients") \
	X(PERM_CLIENTS_WRITE,   "clients:write",   UNLIMITED, "Manage API clients") \
	X(PERM_AUDIT_READ,      "audit:read",      UNLIMITED, "See the audit log") \
	X(PERM_FLAGS_READ,      "flags:read",      UNLIMITED, "See feature flags") \
	X(PERM_FLAGS_WRITE,     "flags:write",     UNLIMITED, "Switch feature flags") \
	X(PERM_WEBHOOKS_READ,   "webhooks:read",   UNLIMITED, "See webhooks and what was sent to them") \
	X(PERM_WEBHOOKS_WRITE,  "webhooks:write",  UNLIMITED, "Manage webhooks") \
	X(PERM_FEED_READ,       "feed:read",       UNLIMITED, "See how the feed of changes stands") \
	X(PERM_METRICS_READ,    "metrics:read",    UNLIMITED, "Read the metrics of a host")
/* clang-format on */

enum permission {
	PERM_NONE,
#define X(id, name, places, help) id,
	PERMISSION_TABLE(X)
#undef X
		PERMISSION_END
};

enum permission_places { PERMISSION_PLACES, PERMISSION_WHOLE, PERMISSION_UNLIMITED };

/* A set of permissions; a bit each. */
typedef uint64_t perm_set;

static inline perm_set perm_bit(enum permission p)
{
	return p == PERM_NONE ? 0 : (perm_set)1 << p;
}
static inline bool perm_has(perm_set set, enum permission p)
{
	return (set & perm_bit(p)) == perm_bit(p);
}

const char *permission_name(enum permission p); /* "items:read" */
const char *permission_help(enum permission p);

perm_set permission_all(void);
/* Those of the set that may be given within a part of the tree. */
perm_set permission_limited(perm_set set);

/* Reads a space-separated scope; false when it names an unknown permission (*out then holds the
 * known ones). */
bool permission_parse(struct str scope, perm_set *out);
/* The set as a scope, in the order of the table. */
struct str permission_format(struct arena *a, perm_set set);

#endif
