/*
 * category: what an item belongs to; a small tree. Names are unique by language rules ("Garden" and
 * "garden" are one). Deleted only when nothing belongs to it.
 *
 * c->once as in domain/item.h.
 */
#ifndef BINCARD_DOMAIN_CATEGORY_H
#define BINCARD_DOMAIN_CATEGORY_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/category_store.h"

#define CATEGORY_NAME_MAX 120 /* characters */
#define CATEGORY_DEPTH_MAX 12

/* What to change; an absent member stays as it is. */
struct category_input {
	struct str name; /* STR_NONE: absent */
	bool has_parent;
	struct str parent; /* name; or */
	int64_t parent_id; /* both empty with has_parent: none */
};

/* ERR_INVALID / ERR_DUPLICATE: name in use, unknown parent, a parent below itself. */
MUST_CHECK struct err *category_create(
	struct ctx *c, const struct category_input *in, struct category *out);
/* version 0: whatever is there; else ERR_PRECONDITION when it is another. */
MUST_CHECK struct err *category_update(struct ctx *c, int64_t id, int64_t version,
	const struct category_input *in, struct category *out);
/* ERR_CONFLICT when items or categories belong to it. */
MUST_CHECK struct err *category_delete(struct ctx *c, int64_t id, int64_t version);
/* ERR_NOT_FOUND */
MUST_CHECK struct err *category_read(struct ctx *c, int64_t id, struct category *out);
/* One page. */
MUST_CHECK struct err *category_list(
	struct ctx *c, const struct category_filter *f, struct category_rows *out);

/* The category as the API and the events show it. */
void category_to_json(struct json_out *j, const char *name, const struct category *category);

#endif
