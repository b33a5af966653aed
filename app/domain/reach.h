/*
 * reach: in which part of the tree of locations whoever asks has a permission. What is out of reach does
 * not exist for them: docs/decisions/0006-reach.md.
 *
 * Statements take it as a pattern for the path of a location, which has the ids of all that it stands in:
 * "/(101|205)/". STR_NONE, which is NULL there: everywhere.
 */
#ifndef BINCARD_DOMAIN_REACH_H
#define BINCARD_DOMAIN_REACH_H

#include "base/err.h"
#include "domain/ctx.h"

/* What a request of somebody who is limited may take beside what its route may. */
#define REACH_STATEMENTS 2

struct name;

/* Nothing, for who does not have the permission at all. */
struct str reach_of(const struct ctx *c, enum permission p);
/* Of a real location, by its path. */
bool reach_has(const struct ctx *c, enum permission p, struct str path);
/* Whether this location is on the path. */
bool reach_path_has(struct str path, int64_t location_id);
/* Locations out of reach become names that stand for nothing; built-in ones stay. One round trip, or none
 * for whoever is not limited. */
MUST_CHECK struct err *reach_hide(struct ctx *c, enum permission p, struct name *names, size_t n);

/* What whoever asks has everywhere. */
perm_set reach_unlimited(const struct ctx *c);

/* Adds a grant: what of `given` may be limited and is not given `everywhere`. Returns what that is. */
perm_set reach_limit(
	struct limits *limits, perm_set everywhere, perm_set given, int64_t location_id);
/* The location that a grant is to be limited to, by its code; 0 for STR_NONE. A mistake at `pointer` when it
 * is unknown or built in. */
MUST_CHECK struct err *reach_root(
	struct ctx *c, struct str code, struct str pointer, struct err **e, int64_t *id);

#endif
