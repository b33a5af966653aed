#include "store/user_store.h"

#include <string.h>

#include "base/json_out.h"
#include "store/like.h"
#include "store/row.h"

#define IDS_JSON_MAX ((size_t)8 * 1024)

/* the columns of USER_SELECT */
static void read_user(struct row r, struct user *out)
{
	*out = (struct user){.id = row_int(&r)};
	out->name = row_text(&r);
	out->display_name = row_text(&r);
	out->password_hash = row_text(&r);
	out->active = row_int(&r) != 0;
	out->password_due = row_int(&r) != 0;
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
	out->second_factor = row_int(&r) != 0;
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct user *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n == 1;
	if (*found)
		read_user(row_of(&rows, 0), out);
	return NULL;
}

struct err *user_store_by_name(
	struct db *db, struct arena *a, struct str name, struct user *out, bool *found)
{
	return read_one(db, a, USER_BY_NAME, db_text(name), out, found);
}

struct err *user_store_stand_in(
	struct db *db, struct arena *a, struct str text, struct str *password_hash)
{
	struct db_rows rows;

	TRY(db_query(db, a, USER_STAND_IN, DB_ARGS(db_text(text)), &rows));
	*password_hash = rows.n ? db_row(&rows, 0)->text : STR("");
	return NULL;
}

struct err *user_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct user *out, bool *found)
{
	return read_one(db, a, USER_BY_ID, db_int(id), out, found);
}

struct err *user_store_lock(
	struct db *db, struct arena *a, int64_t id, struct user *out, bool *found)
{
	return read_one(db, a, USER_LOCK, db_int(id), out, found);
}

struct err *user_store_lock_identity(struct db *db, struct arena *a, struct str issuer,
	struct str subject, struct user *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, USER_LOCK_IDENTITY, DB_ARGS(db_bytes(issuer), db_bytes(subject)), &rows));
	*found = rows.n == 1;
	if (*found)
		read_user(row_of(&rows, 0), out);
	return NULL;
}

struct err *user_store_page(
	struct db *db, struct arena *a, const struct user_filter *f, struct user_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q)), role = db_text(f->role);
	struct db_value status = db_text(str_of(f->status)), after = db_text(f->after_name);
	struct db_rows rows;

	TRY(db_query(db, a, USER_PAGE,
		DB_ARGS(like, like, like, status, status, role, role, after, after,
			db_int(f->limit)),
		&rows));
	*out = (struct user_rows){.rows = ARENA_ARRAY(a, rows.n, struct user), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		read_user(row_of(&rows, i), &out->rows[i]);
	return user_store_roles(db, a, out->rows, out->n);
}

/* ---- roles ---- */

static struct str ids_json(struct arena *a, const struct user *users, size_t n)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, IDS_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_int(&j, NULL, users[i].id);
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

/* The columns of USER_ROLES after the first. */
static void read_role(struct row r, struct user_role *out)
{
	out->role_id = row_int(&r);
	out->name = row_text(&r);
	out->permissions = row_text(&r);
	out->location_id = row_int_or_0(&r);
	out->location = row_text_or_none(&r);
	out->second_factor = row_int(&r) != 0;
}

static struct user *user_of(struct user *users, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (users[i].id == id)
			return &users[i];
	}
	return NULL;
}

/* A user's rows stand together. */
struct err *user_store_roles(struct db *db, struct arena *a, struct user *users, size_t n)
{
	struct user_role *roles;
	struct db_rows rows;

	if (n == 0)
		return NULL;
	TRY(db_query(db, a, USER_ROLES, DB_ARGS(db_text(ids_json(a, users, n))), &rows));
	roles = ARENA_ARRAY(a, rows.n, struct user_role);
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);
		struct user *user = user_of(users, n, row_int(&r));

		assert(user);
		if (!user->role_count++)
			user->roles = &roles[i];
		read_role(r, &roles[i]);
	}
	return NULL;
}

static struct str roles_json(struct arena *a, const struct user *u)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, IDS_JSON_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < u->role_count; i++) {
		json_array(&j, NULL);
		json_int(&j, NULL, u->roles[i].role_id);
		if (u->roles[i].location_id)
			json_int(&j, NULL, u->roles[i].location_id);
		else
			json_null(&j, NULL);
		json_array_end(&j);
	}
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *user_store_set_roles(struct db *db, struct arena *a, const struct user *u)
{
	TRY(db_exec(db, a, USER_DELETE_ROLES, DB_ARGS(db_int(u->id)), NULL, NULL));
	if (u->role_count == 0)
		return NULL;
	return db_exec(db, a, USER_ADD_ROLES, DB_ARGS(db_int(u->id), db_text(roles_json(a, u))),
		NULL, NULL);
}

/* ---- changes ---- */

struct err *user_store_add(struct db *db, struct arena *a, const struct user *u, int64_t *id)
{
	return db_exec(db, a, USER_ADD,
		DB_ARGS(db_text(u->name), db_text(u->display_name), db_text(u->password_hash)),
		NULL, id);
}

struct err *user_store_update(struct db *db, struct arena *a, const struct user *u, bool *done)
{
	int64_t n;

	TRY(db_exec(db, a, USER_UPDATE,
		DB_ARGS(db_text(u->display_name), db_int(u->id), db_int(u->version)), &n, NULL));
	*done = n == 1;
	return NULL;
}

struct err *user_store_set_active(struct db *db, struct arena *a, int64_t id, bool active)
{
	return db_exec(db, a, USER_SET_STATUS,
		DB_ARGS(db_text(str_of(active ? "active" : "disabled")), db_int(id)), NULL, NULL);
}

struct err *user_store_set_password(
	struct db *db, struct arena *a, int64_t id, struct str password_hash)
{
	return db_exec(
		db, a, USER_SET_PASSWORD, DB_ARGS(db_text(password_hash), db_int(id)), NULL, NULL);
}

struct err *user_store_set_password_due(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, USER_SET_PASSWORD_DUE, DB_ARGS(db_int(id)), NULL, NULL);
}

/* Whether one row was changed by a statement that takes `fresh`, the user, and `old`. */
static struct err *replace_hash(struct db *db, struct arena *a, enum stmt_id id, int64_t user_id,
	struct str old, struct str fresh, bool *done)
{
	int64_t changed;

	TRY(db_exec(
		db, a, id, DB_ARGS(db_text(fresh), db_int(user_id), db_text(old)), &changed, NULL));
	*done = changed == 1;
	return NULL;
}

struct err *user_store_rehash(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done)
{
	return replace_hash(db, a, USER_REHASH, id, old, fresh, done);
}

struct err *user_store_change_password(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done)
{
	return replace_hash(db, a, USER_CHANGE_PASSWORD, id, old, fresh, done);
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

struct err *user_store_administrators(struct db *db, struct arena *a, bool passwords,
	struct str issuer, struct user_may **out, size_t *n)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, USER_ADMINISTRATORS, DB_ARGS(db_int(passwords), db_bytes(issuer)), &rows));
	*out = ARENA_ARRAY(a, rows.n, struct user_may);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		(*out)[i].user_id = row_int(&r);
		(*out)[i].permissions = row_text(&r);
	}
	return NULL;
}

/* ---- invitations ---- */

struct err *invitation_store_put(
	struct db *db, struct arena *a, int64_t user_id, struct str token_hash, int life_s)
{
	return db_exec(db, a, INVITATION_PUT,
		DB_ARGS(db_int(user_id), db_bytes(token_hash), db_int(life_s)), NULL, NULL);
}

struct err *invitation_store_of_user(
	struct db *db, struct arena *a, int64_t user_id, time_us *expires_at)
{
	struct db_rows rows;

	TRY(db_query(db, a, INVITATION_OF_USER, DB_ARGS(db_int(user_id)), &rows));
	*expires_at = rows.n ? db_row(&rows, 0)[0].num : TIME_NONE;
	return NULL;
}

struct err *invitation_store_user(
	struct db *db, struct arena *a, struct str token_hash, struct user *out, bool *found)
{
	return read_one(db, a, INVITATION_BY_TOKEN, db_bytes(token_hash), out, found);
}

struct err *invitation_store_use(struct db *db, struct arena *a, struct str token_hash, bool *used)
{
	int64_t n;

	TRY(db_exec(db, a, INVITATION_USE, DB_ARGS(db_bytes(token_hash)), &n, NULL));
	*used = n == 1;
	return NULL;
}

struct err *invitation_store_end(struct db *db, struct arena *a, int64_t user_id)
{
	return db_exec(db, a, INVITATION_END, DB_ARGS(db_int(user_id)), NULL, NULL);
}

struct err *invitation_store_end_of_role(struct db *db, struct arena *a, int64_t role_id)
{
	return db_exec(db, a, INVITATION_END_OF_ROLE, DB_ARGS(db_int(role_id)), NULL, NULL);
}

struct err *user_store_touch(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, USER_TOUCH, DB_ARGS(db_int(id)), NULL, NULL);
}
