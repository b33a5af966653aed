/*
 * scan: what a person or a scanner typed for an item: a SKU, or else a barcode.
 */
#ifndef BINCARD_DOMAIN_SCAN_H
#define BINCARD_DOMAIN_SCAN_H

#include "domain/ctx.h"

/* item_ids[i] becomes the item of texts[i], 0 when it is neither a SKU nor a barcode. At most two
 * round trips. A SKU wins over a barcode of the same text. */
MUST_CHECK struct err *scan_items(
	struct ctx *c, const struct str *texts, size_t n, int64_t *item_ids);

#endif
