/*
 * item: what is kept in stock, with its barcodes. Never deleted: archived instead, and only when no
 * stock of it is left. Changing a SKU raises the name epoch (domain/names.h).
 *
 * When c->once has a key that is known, the functions that change something return NULL with
 * c->once->replayed set, and *out is not filled.
 */
#ifndef BINCARD_DOMAIN_ITEM_H
#define BINCARD_DOMAIN_ITEM_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/item_store.h"

/* Characters. */
#define ITEM_SKU_MAX 64
#define ITEM_NAME_MAX 255
#define ITEM_DESCRIPTION_MAX 10000
#define ITEM_UNIT_MAX 16
#define ITEM_BARCODE_MAX 64
#define ITEM_BARCODES_MAX 50

/* What to change; an absent member (has_* false) stays as it is. */
struct item_input {
	struct str sku, name, description, unit; /* STR_NONE: absent */
	bool has_category;
	struct str category; /* name; or */
	int64_t category_id; /* both empty with has_category: none */
	bool has_barcodes;
	const struct str *barcodes;
	size_t barcode_count;
};

/* ERR_INVALID / ERR_DUPLICATE name every wrong field: sku or barcode in use, unknown category. */
MUST_CHECK struct err *item_create(struct ctx *c, const struct item_input *in, struct item *out);
/* version 0: whatever is there; else ERR_PRECONDITION when it is another. */
MUST_CHECK struct err *item_update(
	struct ctx *c, int64_t id, int64_t version, const struct item_input *in, struct item *out);
/* ERR_CONFLICT when stock is left, saying where. Archiving twice is fine. */
MUST_CHECK struct err *item_archive(struct ctx *c, int64_t id, int64_t version, struct item *out);
MUST_CHECK struct err *item_restore(struct ctx *c, int64_t id, int64_t version, struct item *out);
/* ERR_NOT_FOUND. Its quantity is that within reach of stock:read, and hidden from who does not have that. */
MUST_CHECK struct err *item_read(struct ctx *c, int64_t id, struct item *out);
MUST_CHECK struct err *item_by_barcode(struct ctx *c, struct str barcode, struct item *out);
/* One page. */
MUST_CHECK struct err *item_list(struct ctx *c, const struct item_filter *f, struct item_rows *out);

/* The item as the API and the events show it. */
void item_to_json(struct json_out *j, const char *name, const struct item *item);

#endif
