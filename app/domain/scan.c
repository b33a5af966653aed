#include "domain/scan.h"

#include "domain/names.h"
#include "store/item_store.h"

/* The places of texts that are no SKU; returns how many. */
static size_t unknown(const struct str *texts, const struct name *names, size_t n,
	struct str *barcodes, size_t *places)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (names[i].id || !texts[i].n)
			continue;
		barcodes[k] = texts[i];
		places[k++] = i;
	}
	return k;
}

struct err *scan_items(struct ctx *c, const struct str *texts, size_t n, int64_t *item_ids)
{
	struct name_query *q = ARENA_ARRAY(c->arena, n, struct name_query);
	struct name *names = ARENA_ARRAY(c->arena, n, struct name);
	struct str *barcodes = ARENA_ARRAY(c->arena, n, struct str);
	size_t *places = ARENA_ARRAY(c->arena, n, size_t);
	struct item_clashes found;
	int64_t epoch;
	size_t k;

	for (size_t i = 0; i < n; i++)
		q[i].name = texts[i].p ? texts[i] : STR("");
	TRY(names_resolve(c, NAMES_ITEMS, q, n, names, &epoch));
	for (size_t i = 0; i < n; i++)
		item_ids[i] = names[i].id;
	k = unknown(texts, names, n, barcodes, places);
	if (!k)
		return NULL;
	TRY(item_store_clashes(c->db, c->arena, 0, STR_NONE, barcodes, k, &found));
	for (size_t i = 0; i < found.n; i++) {
		if (found.rows[i].place)
			item_ids[places[found.rows[i].place - 1]] = found.rows[i].id;
	}
	return NULL;
}
