#include "store/sso_store.h"

struct err *sso_store_begin(
	struct db *db, struct arena *a, struct str hash, struct str target, int life_s)
{
	return db_exec(db, a, SSO_SIGN_IN_ADD,
		DB_ARGS(db_bytes(hash), db_text(target), db_int(life_s)), NULL, NULL);
}

struct err *sso_store_take(
	struct db *db, struct arena *a, struct str hash, struct str *target, bool *found)
{
	struct db_rows rows;
	int64_t gone = 0;

	TRY(db_query(db, a, SSO_SIGN_IN_BY_HASH, DB_ARGS(db_bytes(hash)), &rows));
	if (rows.n)
		TRY(db_exec(db, a, SSO_SIGN_IN_TAKE, DB_ARGS(db_bytes(hash)), &gone, NULL));
	*found = gone == 1;
	if (*found)
		*target = db_row(&rows, 0)[0].text;
	return NULL;
}

struct err *sso_store_prune(struct db *db, struct arena *a)
{
	return db_exec(db, a, SSO_SIGN_IN_PRUNE, DB_NO_ARGS, NULL, NULL);
}

struct err *sso_store_user(struct db *db, struct arena *a, struct str issuer, struct str subject,
	struct user *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, SSO_USER, DB_ARGS(db_bytes(issuer), db_bytes(subject)), &rows));
	*found = rows.n == 1;
	if (*found)
		user_store_read(db_row(&rows, 0), out);
	return NULL;
}

struct err *sso_store_add_identity(
	struct db *db, struct arena *a, int64_t user_id, struct str issuer, struct str subject)
{
	return db_exec(db, a, SSO_IDENTITY_ADD,
		DB_ARGS(db_int(user_id), db_bytes(issuer), db_bytes(subject)), NULL, NULL);
}

struct err *sso_store_drop_identity(struct db *db, struct arena *a, int64_t user_id, bool *dropped)
{
	int64_t gone;

	TRY(db_exec(db, a, SSO_IDENTITY_DROP, DB_ARGS(db_int(user_id)), &gone, NULL));
	*dropped = gone > 0;
	return NULL;
}

struct err *sso_store_identity_of(struct db *db, struct arena *a, int64_t user_id,
	struct str *issuer, struct str *subject, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, SSO_IDENTITY_OF, DB_ARGS(db_int(user_id)), &rows));
	*found = rows.n == 1;
	if (*found) {
		*issuer = db_row(&rows, 0)[0].text;
		*subject = db_row(&rows, 0)[1].text;
	}
	return NULL;
}

struct err *sso_store_roles(
	struct db *db, struct arena *a, int64_t user_id, struct str *roles, bool *second_factor)
{
	struct db_rows rows;

	TRY(db_query(db, a, SSO_ROLES_OF, DB_ARGS(db_int(user_id)), &rows));
	*roles = STR("");
	*second_factor = false;
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *v = db_row(&rows, i);

		*roles = str_printf(
			a, "%.*s%s%.*s", STR_ARG(*roles), i ? ", " : "", STR_ARG(v[0].text));
		*second_factor |= v[1].num != 0;
	}
	return NULL;
}

struct err *sso_store_administrator(struct db *db, struct arena *a, bool *there)
{
	struct db_rows rows;

	TRY(db_query(db, a, SSO_ADMINISTRATOR, DB_NO_ARGS, &rows));
	*there = rows.n > 0;
	return NULL;
}

struct err *sso_store_drop_roles(struct db *db, struct arena *a, int64_t user_id)
{
	return db_exec(db, a, SSO_ROLES_DROP, DB_ARGS(db_int(user_id)), NULL, NULL);
}
