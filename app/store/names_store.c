#include "store/names_store.h"

static const enum stmt_id find_statement[2][2] = {
	[NAMES_ITEMS] = {NAMES_ITEMS_BY_SKU, NAMES_ITEMS_BY_ID},
	[NAMES_LOCATIONS] = {NAMES_LOCATIONS_BY_CODE, NAMES_LOCATIONS_BY_ID},
};

struct err *names_store_find(struct db *db, struct arena *a, enum names_kind kind, bool by_id,
	struct str list, struct name_row **rows, size_t *n, int64_t *epoch)
{
	struct db_rows r;

	TRY(db_query(db, a, find_statement[kind][by_id], DB_ARGS(db_text(list)), &r));
	*rows = ARENA_ARRAY(a, r.n, struct name_row);
	*n = r.n;
	*epoch = 0;
	for (size_t i = 0; i < r.n; i++) {
		const struct db_value *v = db_row(&r, i);

		*epoch = v[0].num;
		(*rows)[i].position = (size_t)v[1].num - 1;
		if (v[2].null)
			continue;
		(*rows)[i].id = v[2].num;
		(*rows)[i].active = str_is(v[3].text, "active");
		(*rows)[i].name = v[4].text;
	}
	return NULL;
}

struct err *names_store_changed(struct db *db, struct arena *a)
{
	return db_exec(db, a, NAMES_CHANGED, DB_NO_ARGS, NULL, NULL);
}

struct err *names_store_epoch(struct db *db, struct arena *a, int64_t *epoch)
{
	struct db_rows r;

	TRY(db_query(db, a, NAMES_EPOCH, DB_NO_ARGS, &r));
	*epoch = r.n > 0 ? db_row(&r, 0)->num : 0;
	return NULL;
}
