/*
 * names_store: SKUs and location codes to ids, many at once.
 */
#ifndef BINCARD_STORE_NAMES_STORE_H
#define BINCARD_STORE_NAMES_STORE_H

#include "db/db.h"

struct name_row {
	size_t position; /* from 0, in the list asked */
	int64_t id; /* 0: there is no such */
	bool active;
	struct str name; /* SKU or code */
};

enum names_kind { NAMES_ITEMS, NAMES_LOCATIONS };

/* `list` is a JSON array of names, or of ids when by_id. */
MUST_CHECK struct err *names_store_find(struct db *db, struct arena *a, enum names_kind kind,
	bool by_id, struct str list, struct name_row **rows, size_t *n, int64_t *epoch);
MUST_CHECK struct err *names_store_changed(struct db *db, struct arena *a);
MUST_CHECK struct err *names_store_epoch(struct db *db, struct arena *a, int64_t *epoch);

#endif
