#include "store/category_store.h"

#include "store/like.h"
#include "store/row.h"

/* the columns of CATEGORY_SELECT */
static void read_category(struct row r, struct category *out)
{
	out->id = row_int(&r);
	out->name = row_text(&r);
	out->parent_id = row_int_or_0(&r);
	out->parent = row_text_or_none(&r);
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct category *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n > 0;
	if (*found)
		read_category(row_of(&rows, 0), out);
	return NULL;
}

static const enum stmt_id page_statement[CATEGORY_SORTS][2] = {
	[CATEGORY_SORT_NAME] = {CATEGORY_PAGE_BY_NAME, CATEGORY_PAGE_BY_NAME_DOWN},
	[CATEGORY_SORT_ID] = {CATEGORY_PAGE_BY_ID, CATEGORY_PAGE_BY_ID_DOWN},
};

struct err *category_store_page(
	struct db *db, struct arena *a, const struct category_filter *f, struct category_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q));
	struct db_value name = db_text(f->name);
	struct db_value parent_id = db_int_or_null(f->parent_id);
	struct db_value parent = db_text(f->parent);
	struct db_value since = f->updated_since ? db_time(f->updated_since) : db_null(DB_TIME);
	struct db_value after = db_int_or_null(f->after_id);
	struct db_rows rows;

	assert(f->sort < CATEGORY_SORTS && f->limit > 0);
	if (f->sort == CATEGORY_SORT_NAME)
		after = f->after_id ? db_text(f->after_text) : db_null(DB_TEXT);
	TRY(db_query(db, a, page_statement[f->sort][f->descending],
		DB_ARGS(like, like, name, name, parent_id, parent_id, parent, parent, since, since,
			after, after, db_int(f->limit)),
		&rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct category);
	for (size_t i = 0; i < rows.n; i++)
		read_category(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *category_store_find(struct db *db, struct arena *a, int64_t id, struct str name,
	struct category *out, bool *found)
{
	if (id)
		return read_one(db, a, CATEGORY_BY_ID, db_int(id), out, found);
	return read_one(db, a, CATEGORY_BY_NAME, db_text(name), out, found);
}

struct err *category_store_lock(
	struct db *db, struct arena *a, int64_t id, struct category *out, bool *found)
{
	return read_one(db, a, CATEGORY_LOCK, db_int(id), out, found);
}

struct err *category_store_lock_tree(
	struct db *db, struct arena *a, struct category_edge **edges, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, CATEGORY_LOCK_TREE, DB_NO_ARGS, &rows));
	*n = rows.n;
	*edges = ARENA_ARRAY(a, rows.n, struct category_edge);
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		(*edges)[i].id = row_int(&r);
		(*edges)[i].parent_id = row_int_or_0(&r);
	}
	return NULL;
}

struct err *category_store_insert(
	struct db *db, struct arena *a, const struct category *category, int64_t *id)
{
	return db_exec(db, a, CATEGORY_INSERT,
		DB_ARGS(db_text(category->name), db_int_or_null(category->parent_id)), NULL, id);
}

struct err *category_store_update(
	struct db *db, struct arena *a, const struct category *category, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, CATEGORY_UPDATE,
		DB_ARGS(db_text(category->name), db_int_or_null(category->parent_id),
			db_int(category->id), db_int(category->version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

struct err *category_store_uses(
	struct db *db, struct arena *a, int64_t id, int64_t *items, int64_t *children)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, CATEGORY_USES, DB_ARGS(db_int(id), db_int(id)), &rows));
	r = row_of(&rows, 0);
	*items = row_int(&r);
	*children = row_int(&r);
	return NULL;
}

struct err *category_store_delete(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, CATEGORY_DELETE, DB_ARGS(db_int(id)), NULL, NULL);
}
