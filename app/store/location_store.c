#include "store/location_store.h"

#include "base/buf.h"
#include "store/like.h"
#include "store/row.h"

const char *const location_kind_names[LOCATION_KINDS + 1] = {
	[LOCATION_SITE] = "site",
	[LOCATION_ZONE] = "zone",
	[LOCATION_BIN] = "bin",
	[LOCATION_VIRTUAL] = "virtual",
};

const char *const location_role_names[LOCATION_ROLES + 1] = {
	[LOCATION_STORAGE] = "storage",
	[LOCATION_RECEIVING] = "receiving",
	[LOCATION_SHIPPING] = "shipping",
	[LOCATION_QUARANTINE] = "quarantine",
	[LOCATION_TRANSIT] = "transit",
	[LOCATION_SUPPLIER] = "supplier",
	[LOCATION_CUSTOMER] = "customer",
	[LOCATION_ADJUSTMENT] = "adjustment",
	[LOCATION_PRODUCTION] = "production",
	[LOCATION_SCRAP] = "scrap",
};

static int index_of(const char *const *names, struct str s)
{
	int i = 0;

	while (!str_is(s, names[i])) {
		i++;
		assert(names[i]);
	}
	return i;
}

/* the columns of LOCATION_SELECT */
static void read_location(struct row r, struct location *out)
{
	out->id = row_int(&r);
	out->code = row_text(&r);
	out->name = row_text(&r);
	out->kind = (enum location_kind)index_of(location_kind_names, row_text(&r));
	out->role = (enum location_role)index_of(location_role_names, row_text(&r));
	out->parent_id = row_int_or_0(&r);
	out->parent = row_text_or_none(&r);
	out->path = row_text(&r);
	out->depth = (int)row_int(&r);
	out->active = str_is(row_text(&r), "active");
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
	out->path_codes = STR_NONE;
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct location *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n > 0;
	if (*found)
		read_location(row_of(&rows, 0), out);
	return NULL;
}

/* The first path after all that begin with `path`, which ends in '/'. */
static struct str path_end(struct arena *a, struct str path)
{
	char *p;

	if (!path.p)
		return STR_NONE;
	assert(path.n && path.p[path.n - 1] == '/');
	p = arena_copy(a, path.p, path.n);
	p[path.n - 1] = '/' + 1;
	return (struct str){p, path.n};
}

/* ---- lists ---- */

static const enum stmt_id page_statement[LOCATION_SORTS][2] = {
	[LOCATION_SORT_CODE] = {LOCATION_PAGE_BY_CODE, LOCATION_PAGE_BY_CODE_DOWN},
	[LOCATION_SORT_NAME] = {LOCATION_PAGE_BY_NAME, LOCATION_PAGE_BY_NAME_DOWN},
	[LOCATION_SORT_PATH] = {LOCATION_PAGE_BY_PATH, LOCATION_PAGE_BY_PATH_DOWN},
	[LOCATION_SORT_UPDATED_AT] = {LOCATION_PAGE_BY_UPDATED_AT,
		LOCATION_PAGE_BY_UPDATED_AT_DOWN},
};

static bool wants_virtual(const struct location_filter *f)
{
	return str_is(f->kind, "virtual") ||
		(f->role.p && index_of(location_role_names, f->role) >= LOCATION_SUPPLIER);
}

/* The arguments of LOCATION_FILTER. */
static size_t filter_args(struct arena *a, const struct location_filter *f, struct db_value *args)
{
	struct db_value since = f->updated_since ? db_time(f->updated_since) : db_null(DB_TIME);
	struct db_value like = db_text(like_contains(a, f->q));
	size_t n = 0;

	args[n++] = db_int(wants_virtual(f));
	args[n++] = db_text(f->code);
	args[n++] = db_text(f->code);
	args[n++] = db_int_or_null(f->parent_id);
	args[n++] = db_int_or_null(f->parent_id);
	args[n++] = db_text(f->under_path);
	args[n++] = db_text(f->under_path);
	args[n++] = db_text(path_end(a, f->under_path));
	args[n++] = db_text(f->kind);
	args[n++] = db_text(f->kind);
	args[n++] = db_text(f->role);
	args[n++] = db_text(f->role);
	args[n++] = db_text(f->status);
	args[n++] = db_text(f->status);
	args[n++] = since;
	args[n++] = since;
	args[n++] = like;
	args[n++] = like;
	args[n++] = like;
	args[n++] = db_text(f->within);
	args[n++] = db_text(f->within);
	return n;
}

/* Codes and paths are unique and need no second key: "? IS NULL OR value > ?"; the others have
 * four. */
static size_t keyset_args(const struct location_filter *f, struct db_value *args)
{
	bool by_time = f->sort == LOCATION_SORT_UPDATED_AT;
	struct db_value after = by_time ? db_time(f->after_num) : db_text(f->after_text);
	size_t n = 0;

	if (!f->after_id)
		after = db_null(by_time ? DB_TIME : DB_TEXT);
	args[n++] = after;
	args[n++] = after;
	if (f->sort == LOCATION_SORT_CODE || f->sort == LOCATION_SORT_PATH)
		return n;
	args[n++] = after;
	args[n++] = db_int_or_null(f->after_id);
	return n;
}

struct err *location_store_page(
	struct db *db, struct arena *a, const struct location_filter *f, struct location_rows *out)
{
	struct db_value args[26];
	struct db_rows rows;
	size_t n;

	assert(f->sort < LOCATION_SORTS && f->limit > 0);
	n = filter_args(a, f, args);
	n += keyset_args(f, args + n);
	args[n++] = db_int(f->limit);
	TRY(db_query(db, a, page_statement[f->sort][f->descending], args, n, &rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct location);
	for (size_t i = 0; i < rows.n; i++)
		read_location(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

/* ---- one ---- */

struct err *location_store_find(struct db *db, struct arena *a, int64_t id, struct str code,
	struct location *out, bool *found)
{
	if (id)
		return read_one(db, a, LOCATION_BY_ID, db_int(id), out, found);
	return read_one(db, a, LOCATION_BY_CODE, db_text(code), out, found);
}

struct err *location_store_outside(struct db *db, struct arena *a, struct str ids,
	struct str within, size_t **positions, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, LOCATION_OUTSIDE, DB_ARGS(db_text(ids), db_text(within)), &rows));
	*positions = ARENA_ARRAY(a, rows.n, size_t);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		(*positions)[i] = (size_t)db_row(&rows, i)->num - 1;
	return NULL;
}

struct err *location_store_paths(
	struct db *db, struct arena *a, struct str ids, struct location_path **out, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, LOCATION_PATHS, DB_ARGS(db_text(ids)), &rows));
	*out = ARENA_ARRAY(a, rows.n, struct location_path);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		(*out)[i] =
			(struct location_path){db_row(&rows, i)[0].num, db_row(&rows, i)[1].text};
	return NULL;
}

/* "a, b" or "a\nb" of one text column. */
static struct str join(struct arena *a, const struct db_rows *rows, const char *separator)
{
	struct buf b;

	buf_init(&b, a, 65536);
	for (size_t i = 0; i < rows->n; i++) {
		struct row r = row_of(rows, i);

		if (i)
			buf_add_cstr(&b, separator);
		buf_add_str(&b, row_text(&r));
	}
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *location_store_path_codes(struct db *db, struct arena *a, struct location *l)
{
	struct str ids = {l->path.p + 1, l->path.n - 2};
	struct db_rows rows;
	char *list;

	assert(l->path.n > 2);
	list = arena_printf(a, "[%.*s]", STR_ARG(ids));
	for (char *p = list; *p; p++) {
		if (*p == '/')
			*p = ',';
	}
	TRY(db_query(db, a, LOCATION_CODES, DB_ARGS(db_text(str_of(list))), &rows));
	l->path_codes = join(a, &rows, "\n");
	return NULL;
}

struct err *location_store_lock_tree(struct db *db, struct arena *a)
{
	struct db_rows rows;

	return db_query(db, a, LOCATION_LOCK_TREE, DB_NO_ARGS, &rows);
}

struct err *location_store_lock(
	struct db *db, struct arena *a, int64_t id, struct location *out, bool *found)
{
	return read_one(db, a, LOCATION_LOCK, db_int(id), out, found);
}

/* ---- changes ---- */

static struct db_value kind_value(const struct location *l)
{
	return db_text(str_of(location_kind_names[l->kind]));
}

static struct db_value role_value(const struct location *l)
{
	return db_text(str_of(location_role_names[l->role]));
}

struct err *location_store_insert(
	struct db *db, struct arena *a, const struct location *l, int64_t *id)
{
	return db_exec(db, a, LOCATION_INSERT,
		DB_ARGS(db_text(l->code), db_text(l->name), kind_value(l), role_value(l),
			db_int_or_null(l->parent_id), db_int(l->depth)),
		NULL, id);
}

struct err *location_store_set_path(struct db *db, struct arena *a, int64_t id, struct str path)
{
	return db_exec(db, a, LOCATION_SET_PATH, DB_ARGS(db_text(path), db_int(id)), NULL, NULL);
}

struct err *location_store_update(
	struct db *db, struct arena *a, const struct location *l, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, LOCATION_UPDATE,
		DB_ARGS(db_text(l->code), db_text(l->name), kind_value(l), role_value(l),
			db_int_or_null(l->parent_id), db_int(l->id), db_int(l->version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

struct err *location_store_move(
	struct db *db, struct arena *a, const struct location *l, struct str to, int deeper)
{
	return db_exec(db, a, LOCATION_MOVE,
		DB_ARGS(db_int(l->id), db_text(to), db_int((int64_t)l->path.n + 1), db_int(deeper),
			db_text(l->path), db_text(path_end(a, l->path))),
		NULL, NULL);
}

struct err *location_store_set_active(
	struct db *db, struct arena *a, int64_t id, int64_t version, bool active, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, LOCATION_SET_STATUS,
		DB_ARGS(db_text(active ? STR("active") : STR("archived")), db_int(id),
			db_int(version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

/* ---- what is in it ---- */

struct err *location_store_below(
	struct db *db, struct arena *a, const struct location *l, struct location_below *out)
{
	struct db_rows rows;
	struct row r;
	int64_t kind;

	TRY(db_query(db, a, LOCATION_BELOW,
		DB_ARGS(db_text(l->path), db_text(path_end(a, l->path)), db_int(l->id),
			db_int(l->id)),
		&rows));
	r = row_of(&rows, 0);
	out->depth_max = (int)row_int(&r);
	kind = row_int_or_0(&r);
	out->highest_kind = kind ? (enum location_kind)(kind - 1) : LOCATION_KINDS;
	out->active_children = row_int(&r);
	return NULL;
}

struct err *location_store_children(
	struct db *db, struct arena *a, int64_t id, int limit, struct str *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, LOCATION_CHILDREN, DB_ARGS(db_int(id), db_int(limit)), &rows));
	*out = join(a, &rows, ", ");
	return NULL;
}

struct err *location_store_lock_stock(struct db *db, struct arena *a, int64_t id, int64_t *holding)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, LOCATION_STOCK_LOCK, DB_ARGS(db_int(id)), &rows));
	r = row_of(&rows, 0);
	*holding = row_int(&r);
	return NULL;
}

struct err *location_store_stock_items(
	struct db *db, struct arena *a, int64_t id, int limit, struct str *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, LOCATION_STOCK_ITEMS, DB_ARGS(db_int(id), db_int(limit)), &rows));
	*out = row_name_quantities(a, &rows);
	return NULL;
}

struct err *location_store_delete_stock(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, LOCATION_STOCK_DELETE, DB_ARGS(db_int(id)), NULL, NULL);
}
