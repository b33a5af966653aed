#include "store/item_store.h"

#include "base/json_out.h"
#include "store/like.h"
#include "store/row.h"

#define ID_TEXT_MAX 21 /* with its comma */

/* the columns of ITEM_SELECT */
static void read_item(struct row r, struct item *out)
{
	out->id = row_int(&r);
	out->sku = row_text(&r);
	out->name = row_text(&r);
	out->description = row_text(&r);
	out->unit = row_text(&r);
	out->category_id = row_int_or_0(&r);
	out->category = row_text_or_none(&r);
	out->active = str_is(row_text(&r), "active");
	out->barcodes = row_text_or_none(&r);
	if (!out->barcodes.p)
		out->barcodes = STR("");
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
	out->on_hand = row_qty_sum(&r);
	out->on_hand_hidden = false;
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct item *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n > 0;
	if (*found)
		read_item(row_of(&rows, 0), out);
	return NULL;
}

/* ---- lists ---- */

static const enum stmt_id page_statement[ITEM_SORTS][2] = {
	[ITEM_SORT_SKU] = {ITEM_PAGE_BY_SKU, ITEM_PAGE_BY_SKU_DOWN},
	[ITEM_SORT_NAME] = {ITEM_PAGE_BY_NAME, ITEM_PAGE_BY_NAME_DOWN},
	[ITEM_SORT_UPDATED_AT] = {ITEM_PAGE_BY_UPDATED_AT, ITEM_PAGE_BY_UPDATED_AT_DOWN},
	[ITEM_SORT_ID] = {ITEM_PAGE_BY_ID, ITEM_PAGE_BY_ID_DOWN},
};

/* By id there is no brief one: no page asks for it. */
static const enum stmt_id brief_statement[ITEM_SORTS][2] = {
	[ITEM_SORT_SKU] = {ITEM_BRIEF_BY_SKU, ITEM_BRIEF_BY_SKU_DOWN},
	[ITEM_SORT_NAME] = {ITEM_BRIEF_BY_NAME, ITEM_BRIEF_BY_NAME_DOWN},
	[ITEM_SORT_UPDATED_AT] = {ITEM_BRIEF_BY_UPDATED_AT, ITEM_BRIEF_BY_UPDATED_AT_DOWN},
	[ITEM_SORT_ID] = {ITEM_PAGE_BY_ID, ITEM_PAGE_BY_ID_DOWN},
};

/* The arguments of ITEM_FILTER. */
static size_t filter_args(struct arena *a, const struct item_filter *f, struct db_value *args)
{
	struct db_value since = f->updated_since ? db_time(f->updated_since) : db_null(DB_TIME);
	struct db_value like = db_text(like_contains(a, f->q));
	size_t n = 0;

	args[n++] = db_text(f->sku);
	args[n++] = db_text(f->sku);
	args[n++] = db_int_or_null(f->category_id);
	args[n++] = db_int_or_null(f->category_id);
	args[n++] = db_text(f->category);
	args[n++] = db_text(f->category);
	args[n++] = db_text(f->status);
	args[n++] = db_text(f->status);
	args[n++] = since;
	args[n++] = since;
	args[n++] = db_text(f->q);
	args[n++] = like;
	args[n++] = like;
	args[n++] = db_text(f->q);
	return n;
}

static struct db_value after_value(const struct item_filter *f)
{
	switch (f->sort) {
	case ITEM_SORT_SKU:
	case ITEM_SORT_NAME:
		return f->after_id ? db_text(f->after_text) : db_null(DB_TEXT);
	case ITEM_SORT_UPDATED_AT:
		return f->after_id ? db_time(f->after_num) : db_null(DB_TIME);
	case ITEM_SORT_ID:
	case ITEM_SORTS:
		break;
	}
	return db_int_or_null(f->after_id);
}

/* SKUs and ids are unique and need no second key: "? IS NULL OR value > ?"; the others
 * have four. */
static size_t keyset_args(const struct item_filter *f, struct db_value *args)
{
	struct db_value after = after_value(f);
	size_t n = 0;

	args[n++] = after;
	args[n++] = after;
	if (f->sort == ITEM_SORT_SKU || f->sort == ITEM_SORT_ID)
		return n;
	args[n++] = after;
	args[n++] = db_int_or_null(f->after_id);
	return n;
}

struct err *item_store_page(
	struct db *db, struct arena *a, const struct item_filter *f, struct item_rows *out)
{
	struct db_value args[20];
	enum stmt_id statement;
	struct db_rows rows;
	size_t n;

	assert(f->sort < ITEM_SORTS && f->limit > 0);
	n = filter_args(a, f, args);
	n += keyset_args(f, args + n);
	args[n++] = db_int(f->limit);
	statement = (f->brief ? brief_statement : page_statement)[f->sort][f->descending];
	TRY(db_query(db, a, statement, args, n, &rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct item);
	for (size_t i = 0; i < rows.n; i++)
		read_item(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

/* ---- one ---- */

struct err *item_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct item *out, bool *found)
{
	return read_one(db, a, ITEM_BY_ID, db_int(id), out, found);
}

struct err *item_store_by_barcode(
	struct db *db, struct arena *a, struct str barcode, struct item *out, bool *found)
{
	return read_one(db, a, ITEM_BY_BARCODE, db_text(barcode), out, found);
}

struct err *item_store_on_hand_within(
	struct db *db, struct arena *a, struct item *items, size_t n, struct str within)
{
	struct db_rows rows;
	struct json_out j;
	struct buf b;

	buf_init(&b, a, n * ID_TEXT_MAX + 2);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		json_int(&j, NULL, items[i].id);
		items[i].on_hand = 0;
	}
	json_array_end(&j);
	assert(!b.overflow);
	TRY(db_query(
		db, a, ITEM_ON_HAND_WITHIN, DB_ARGS(db_text(buf_str(&b)), db_text(within)), &rows));
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);
		int64_t position = row_int(&r);

		items[position - 1].on_hand = row_qty_sum(&r);
	}
	return NULL;
}

struct err *item_store_lock(
	struct db *db, struct arena *a, int64_t id, struct item *out, bool *found)
{
	return read_one(db, a, ITEM_LOCK, db_int(id), out, found);
}

/* ---- changes ---- */

static struct str json_list(struct arena *a, const struct str *texts, size_t n)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, (size_t)1024 * 1024);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_str(&j, NULL, texts[i]);
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *item_store_clashes(struct db *db, struct arena *a, int64_t id, struct str sku,
	const struct str *barcodes, size_t barcode_count, struct item_clashes *out)
{
	struct str list = json_list(a, barcodes, barcode_count);
	struct db_rows rows;

	TRY(db_query(db, a, ITEM_CLASHES,
		DB_ARGS(db_text(sku), db_int(id), db_text(list), db_int(id)), &rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct item_clash);
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		out->rows[i].place = (size_t)row_int(&r);
		out->rows[i].id = row_int(&r);
		out->rows[i].sku = row_text(&r);
	}
	return NULL;
}

struct err *item_store_insert(struct db *db, struct arena *a, const struct item *item, int64_t *id)
{
	return db_exec(db, a, ITEM_INSERT,
		DB_ARGS(db_text(item->sku), db_text(item->name), db_text(item->description),
			db_int_or_null(item->category_id), db_text(item->unit)),
		NULL, id);
}

struct err *item_store_update(struct db *db, struct arena *a, const struct item *item, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, ITEM_UPDATE,
		DB_ARGS(db_text(item->sku), db_text(item->name), db_text(item->description),
			db_int_or_null(item->category_id), db_text(item->unit), db_int(item->id),
			db_int(item->version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

struct err *item_store_set_active(
	struct db *db, struct arena *a, int64_t id, int64_t version, bool active, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, ITEM_SET_STATUS,
		DB_ARGS(db_text(active ? STR("active") : STR("archived")), db_int(id),
			db_int(version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

struct err *item_store_set_barcodes(
	struct db *db, struct arena *a, int64_t id, const struct str *barcodes, size_t n)
{
	struct str list = json_list(a, barcodes, n);

	TRY(db_exec(db, a, ITEM_BARCODES_REMOVE, DB_ARGS(db_int(id), db_text(list)), NULL, NULL));
	if (!n)
		return NULL;
	return db_exec(db, a, ITEM_BARCODES_ADD, DB_ARGS(db_int(id), db_text(list), db_int(id)),
		NULL, NULL);
}

/* ---- stock that is left ---- */

struct err *item_store_lock_stock(struct db *db, struct arena *a, int64_t id, int64_t *holding)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, ITEM_STOCK_LOCK, DB_ARGS(db_int(id)), &rows));
	r = row_of(&rows, 0);
	*holding = row_int(&r);
	return NULL;
}

struct err *item_store_stock_places(
	struct db *db, struct arena *a, int64_t id, struct str within, int limit, struct str *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, ITEM_STOCK_PLACES,
		DB_ARGS(db_int(id), db_text(within), db_text(within), db_int(limit)), &rows));
	*out = row_name_quantities(a, &rows);
	return NULL;
}

struct err *item_store_delete_stock(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, ITEM_STOCK_DELETE, DB_ARGS(db_int(id)), NULL, NULL);
}
