/*
 * movement: reading the ledger: lists of movements and an item's bin card. Posting:
 * domain/ledger.h.
 */
#ifndef BINCARD_DOMAIN_MOVEMENT_H
#define BINCARD_DOMAIN_MOVEMENT_H

#include "domain/ctx.h"
#include "domain/ledger.h"
#include "store/movement_store.h"

/* Newest first. With an item, `lines` are those of that item. */
MUST_CHECK struct err *movement_list(
	struct ctx *c, const struct movement_filter *f, struct posted_list *out);

/* An item's bin card, newest first. location_id 0: all real locations together. after_movement,
 * after_line: the last line of the page before, 0: first page. */
MUST_CHECK struct err *movement_bin_card(struct ctx *c, int64_t item_id, int64_t location_id,
	int64_t after_movement, int after_line, int limit, struct bin_card *out);

#endif
