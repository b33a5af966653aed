/*
 * location: where stock is. A tree: a site holds zones and bins, a zone holds zones and bins, a bin
 * holds bins. Never deleted: archived instead, and only when nothing is left at it or below it.
 * Virtual ones, where stock comes from and goes to, are built in and never change.
 *
 * Every change takes one lock on the tree first, so that two moves at once cannot make a circle or
 * leave a wrong path; changing a code raises the name epoch (domain/names.h). c->once as in
 * domain/item.h.
 */
#ifndef BINCARD_DOMAIN_LOCATION_H
#define BINCARD_DOMAIN_LOCATION_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/location_store.h"

#define LOCATION_CODE_MAX 64 /* characters */
#define LOCATION_NAME_MAX 255
#define LOCATION_DEPTH_MAX 12

/* The virtual ones; see sql/migrations/0001_catalogue.sql. */
#define LOCATION_ID_SUPPLIER 1
#define LOCATION_ID_CUSTOMER 2
#define LOCATION_ID_ADJUSTMENT 3
#define LOCATION_ID_PRODUCTION 4
#define LOCATION_ID_SCRAP 5

/* What to change; an absent member stays as it is. */
struct location_input {
	struct str code,
		name; /* STR_NONE: absent. A new one without a name is called by its code */
	bool has_kind; /* needed for a new one */
	enum location_kind kind;
	bool has_role; /* a new one: storage unless told */
	enum location_role role;
	bool has_parent;
	struct str parent; /* code; or */
	int64_t parent_id; /* both empty with has_parent: a root */
};

/* ERR_INVALID / ERR_DUPLICATE name every wrong field: code in use, unknown or archived parent, a
 * parent of a lower kind, a parent below the location itself, too deep. */
MUST_CHECK struct err *location_create(
	struct ctx *c, const struct location_input *in, struct location *out);
/* Moves when the parent is another. version 0: whatever is there; else ERR_PRECONDITION when it is
 * another. ERR_CONFLICT for a virtual one. */
MUST_CHECK struct err *location_update(struct ctx *c, int64_t id, int64_t version,
	const struct location_input *in, struct location *out);
/* ERR_CONFLICT when stock or active locations are left in it, saying which. Archiving twice is
 * fine. */
MUST_CHECK struct err *location_archive(
	struct ctx *c, int64_t id, int64_t version, struct location *out);
/* ERR_CONFLICT when its parent is archived. */
MUST_CHECK struct err *location_restore(
	struct ctx *c, int64_t id, int64_t version, struct location *out);
/* ERR_NOT_FOUND, also when it is out of reach (domain/reach.h), as for the functions above. With path_codes. */
MUST_CHECK struct err *location_read(struct ctx *c, int64_t id, struct location *out);
/* One page; empty when there is no location of the code that `under` or `parent` names. */
MUST_CHECK struct err *location_list(
	struct ctx *c, const struct location_filter *f, struct location_rows *out);

/* The location as the API and the events show it; "path" when path_codes is there. */
void location_to_json(struct json_out *j, const char *name, const struct location *l);

#endif
