#include "store/role_store.h"

#include "store/like.h"
#include "store/row.h"

/* the columns of ROLE_SELECT */
static void read_role(struct row r, struct role *out)
{
	out->id = row_int(&r);
	out->name = row_text(&r);
	out->permissions = row_text(&r);
	out->built_in = row_int(&r) != 0;
	out->second_factor = row_int(&r) != 0;
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
	out->users = row_int(&r);
}

struct err *role_store_page(
	struct db *db, struct arena *a, const struct role_filter *f, struct role_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q)), after = db_text(f->after_name);
	struct db_rows rows;

	TRY(db_query(db, a, ROLE_PAGE, DB_ARGS(like, like, after, after, db_int(f->limit)), &rows));
	*out = (struct role_rows){.rows = ARENA_ARRAY(a, rows.n, struct role), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		read_role(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *role_store_find(
	struct db *db, struct arena *a, int64_t id, struct str name, struct role *out, bool *found)
{
	struct db_rows rows;

	if (id)
		TRY(db_query(db, a, ROLE_BY_ID, DB_ARGS(db_int(id)), &rows));
	else
		TRY(db_query(db, a, ROLE_BY_NAME, DB_ARGS(db_text(name)), &rows));
	*found = rows.n == 1;
	if (*found)
		read_role(row_of(&rows, 0), out);
	return NULL;
}

struct err *role_store_lock_all(struct db *db, struct arena *a, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(db, a, ROLE_LOCK_ALL, DB_NO_ARGS, &rows));
	*n = rows.n;
	return NULL;
}

struct err *role_store_insert(struct db *db, struct arena *a, const struct role *role, int64_t *id)
{
	return db_exec(db, a, ROLE_INSERT,
		DB_ARGS(db_text(role->name), db_text(role->permissions),
			db_int(role->second_factor)),
		NULL, id);
}

struct err *role_store_update(struct db *db, struct arena *a, const struct role *role, bool *done)
{
	int64_t affected;

	TRY(db_exec(db, a, ROLE_UPDATE,
		DB_ARGS(db_text(role->name), db_text(role->permissions),
			db_int(role->second_factor), db_int(role->id), db_int(role->version)),
		&affected, NULL));
	*done = affected == 1;
	return NULL;
}

struct err *role_store_delete(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, ROLE_DELETE, DB_ARGS(db_int(id)), NULL, NULL);
}
