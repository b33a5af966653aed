#include "store/user_store.h"

#include <string.h>

void user_store_read(const struct db_value *v, struct user *out)
{
	*out = (struct user){
		.id = v[0].num,
		.name = v[1].text,
		.display_name = v[2].text,
		.password_hash = v[3].text,
		.active = v[4].num != 0,
		.version = v[5].num,
		.created_at = v[6].num,
		.updated_at = v[7].num,
	};
}

struct err *user_store_by_name(
	struct db *db, struct arena *a, struct str name, struct user *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, USER_BY_NAME, DB_ARGS(db_text(name)), &rows));
	*found = rows.n == 1;
	if (*found)
		user_store_read(db_row(&rows, 0), out);
	return NULL;
}

/* id, name, display_name, active, version, created_at, updated_at; then a role's name or NULL */
static void read_listed(const struct db_value *v, struct user *out)
{
	*out = (struct user){
		.id = v[0].num,
		.name = v[1].text,
		.display_name = v[2].text,
		.active = v[3].num != 0,
		.version = v[4].num,
		.created_at = v[5].num,
		.updated_at = v[6].num,
		.roles = v[7].null ? STR("") : v[7].text,
	};
}

struct err *user_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct user_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, USER_PAGE, DB_ARGS(db_int(after_id), db_int(limit)), &rows));
	*out = (struct user_rows){.rows = ARENA_ARRAY(a, rows.n, struct user)};
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *v = db_row(&rows, i);
		struct user *last = out->n ? &out->rows[out->n - 1] : NULL;

		if (last && last->id == v[0].num)
			last->roles = str_printf(
				a, "%.*s, %.*s", STR_ARG(last->roles), STR_ARG(v[7].text));
		else
			read_listed(v, &out->rows[out->n++]);
	}
	return NULL;
}

struct err *user_store_add(struct db *db, struct arena *a, const struct user *u, int64_t *id)
{
	return db_exec(db, a, USER_ADD,
		DB_ARGS(db_text(u->name), db_text(u->display_name), db_text(u->password_hash)),
		NULL, id);
}

struct err *user_store_add_role(
	struct db *db, struct arena *a, int64_t id, struct str role, bool *found)
{
	int64_t added;

	TRY(db_exec(db, a, USER_ADD_ROLE, DB_ARGS(db_int(id), db_text(role)), &added, NULL));
	*found = added == 1;
	return NULL;
}

struct err *user_store_role(
	struct db *db, struct arena *a, struct str role, struct str *name, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, ROLE_BY_NAME, DB_ARGS(db_text(role)), &rows));
	*found = rows.n == 1;
	if (*found)
		*name = db_row(&rows, 0)[1].text;
	return NULL;
}

struct err *user_store_set_password(
	struct db *db, struct arena *a, int64_t id, struct str password_hash)
{
	return db_exec(
		db, a, USER_SET_PASSWORD, DB_ARGS(db_text(password_hash), db_int(id)), NULL, NULL);
}

struct err *user_store_rehash(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done)
{
	int64_t changed;

	TRY(db_exec(db, a, USER_REHASH, DB_ARGS(db_text(fresh), db_int(id), db_text(old)), &changed,
		NULL));
	*done = changed == 1;
	return NULL;
}

struct err *user_store_change_password(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done)
{
	int64_t changed;

	TRY(db_exec(db, a, USER_CHANGE_PASSWORD, DB_ARGS(db_text(fresh), db_int(id), db_text(old)),
		&changed, NULL));
	*done = changed == 1;
	return NULL;
}

/* Spaces at the end do not count when names are compared. */
struct err *user_store_name_weight(
	struct db *db, struct arena *a, struct str name, struct str *weight)
{
	const struct db_value *v;
	struct db_rows rows;
	struct str space;

	TRY(db_query(db, a, USER_NAME_WEIGHT, DB_ARGS(db_text(name)), &rows));
	v = db_row(&rows, 0);
	*weight = v[0].null ? STR("") : v[0].text;
	space = v[1].text;
	while (space.n && weight->n >= space.n &&
		memcmp(weight->p + weight->n - space.n, space.p, space.n) == 0)
		weight->n -= space.n;
	return NULL;
}

struct err *user_store_disable(struct db *db, struct arena *a, int64_t id, bool *changed)
{
	int64_t n;

	TRY(db_exec(db, a, USER_DISABLE, DB_ARGS(db_int(id)), &n, NULL));
	*changed = n == 1;
	return NULL;
}

struct err *user_store_touch(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, USER_TOUCH, DB_ARGS(db_int(id)), NULL, NULL);
}
