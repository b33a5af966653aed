#include "store/grant_store.h"

#include "store/row.h"

struct err *grant_store_consent(struct db *db, struct arena *a, int64_t user_id, int64_t client_id,
	bool lock, struct str *scope)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, lock ? GRANT_CONSENT_LOCK : GRANT_CONSENT,
		DB_ARGS(db_int(user_id), db_int(client_id)), &rows));
	*scope = STR_NONE;
	if (rows.n) {
		r = row_of(&rows, 0);
		*scope = row_text(&r);
	}
	return NULL;
}

struct err *grant_store_put_consent(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id, struct str scope)
{
	return db_exec(db, a, GRANT_CONSENT_PUT,
		DB_ARGS(db_int(user_id), db_int(client_id), db_text(scope), db_text(scope)), NULL,
		NULL);
}

struct err *grant_store_end_consent(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id, bool *ended)
{
	int64_t n;

	TRY(db_exec(
		db, a, GRANT_CONSENT_END, DB_ARGS(db_int(user_id), db_int(client_id)), &n, NULL));
	*ended = n == 1;
	return NULL;
}

struct err *grant_store_consents(
	struct db *db, struct arena *a, int64_t user_id, int limit, struct grant_consent_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, GRANT_CONSENTS, DB_ARGS(db_int(user_id), db_int(limit)), &rows));
	*out = (struct grant_consent_rows){
		.rows = ARENA_ARRAY(a, rows.n, struct grant_consent), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		out->rows[i].client_id = row_int(&r);
		out->rows[i].client_name = row_text(&r);
		out->rows[i].scope = row_text(&r);
		out->rows[i].updated_at = row_time(&r);
	}
	return NULL;
}

/* ---- codes ---- */

struct err *grant_store_lock_session(
	struct db *db, struct arena *a, int64_t session_id, int64_t user_id, bool *found)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, GRANT_SESSION_LOCK, DB_ARGS(db_int(session_id), db_int(user_id)), &rows));
	*found = rows.n == 1;
	return NULL;
}

struct err *grant_store_add_code(struct db *db, struct arena *a, int64_t session_id,
	struct str hash, const struct grant_code *code, int life_s)
{
	return db_exec(db, a, GRANT_CODE_ADD,
		DB_ARGS(db_bytes(hash), db_int(code->client_id), db_text(code->scope),
			db_text(code->redirect_uri), db_text(code->challenge), db_int(life_s),
			db_int(session_id)),
		NULL, NULL);
}

/* user_id, user_name, client_id, scope, redirect_uri, challenge, alive, family_id */
struct err *grant_store_lock_code(
	struct db *db, struct arena *a, struct str hash, struct grant_code *out, bool *found)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, GRANT_CODE_LOCK, DB_ARGS(db_bytes(hash)), &rows));
	*found = rows.n == 1;
	if (!*found)
		return NULL;
	r = row_of(&rows, 0);
	out->user_id = row_int(&r);
	out->user_name = row_text(&r);
	out->client_id = row_int(&r);
	out->scope = row_text(&r);
	out->redirect_uri = row_text(&r);
	out->challenge = row_text(&r);
	out->alive = row_int(&r) != 0;
	out->family_id = row_int_or_0(&r);
	return NULL;
}

struct err *grant_store_use_code(struct db *db, struct arena *a, struct str hash, int64_t family_id)
{
	return db_exec(
		db, a, GRANT_CODE_USED, DB_ARGS(db_int(family_id), db_bytes(hash)), NULL, NULL);
}

struct err *grant_store_drop_code(struct db *db, struct arena *a, struct str hash)
{
	return db_exec(db, a, GRANT_CODE_DROP, DB_ARGS(db_bytes(hash)), NULL, NULL);
}

/* ---- families and refresh tokens ---- */

struct err *grant_store_add_family(
	struct db *db, struct arena *a, struct str code_hash, int life_s, int64_t *id)
{
	int64_t n;

	TRY(db_exec(db, a, GRANT_FAMILY_ADD, DB_ARGS(db_int(life_s), db_bytes(code_hash)), &n, id));
	if (!n)
		*id = 0;
	return NULL;
}

struct err *grant_store_end_family(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, GRANT_FAMILY_END, DB_ARGS(db_int(id)), NULL, NULL);
}

/* Codes first: one that is just being redeemed is waited for, and its family is there then. */
struct err *grant_store_end_given(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id)
{
	const bool app = user_id && client_id;
	const struct db_value one = db_int(user_id ? user_id : client_id);

	if (app) {
		TRY(db_exec(db, a, GRANT_CODE_END_APP, DB_ARGS(db_int(user_id), db_int(client_id)),
			NULL, NULL));
		return db_exec(db, a, GRANT_FAMILY_END_APP,
			DB_ARGS(db_int(user_id), db_int(client_id)), NULL, NULL);
	}
	TRY(db_exec(db, a, user_id ? GRANT_CODE_END_USER : GRANT_CODE_END_CLIENT, DB_ARGS(one),
		NULL, NULL));
	return db_exec(db, a, user_id ? GRANT_FAMILY_END_USER : GRANT_FAMILY_END_CLIENT,
		DB_ARGS(one), NULL, NULL);
}

struct err *grant_store_end_given_of_role(
	struct db *db, struct arena *a, int64_t role_id, int64_t but_user_id)
{
	TRY(db_exec(db, a, GRANT_CODE_END_OF_ROLE, DB_ARGS(db_int(role_id), db_int(but_user_id)),
		NULL, NULL));
	return db_exec(db, a, GRANT_FAMILY_END_OF_ROLE,
		DB_ARGS(db_int(role_id), db_int(but_user_id)), NULL, NULL);
}

struct err *grant_store_add_refresh(
	struct db *db, struct arena *a, struct str hash, int64_t family_id, int idle_s)
{
	return db_exec(db, a, GRANT_REFRESH_ADD,
		DB_ARGS(db_bytes(hash), db_int(family_id), db_int(idle_s)), NULL, NULL);
}

/* family, user_id, user_name, client_id, scope, used, alive, ended, expires_at */
struct err *grant_store_refresh(struct db *db, struct arena *a, struct str hash, bool lock,
	struct grant_refresh *out, bool *found)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, lock ? GRANT_REFRESH_LOCK : GRANT_REFRESH_FIND, DB_ARGS(db_bytes(hash)),
		&rows));
	*found = rows.n == 1;
	if (!*found)
		return NULL;
	r = row_of(&rows, 0);
	out->family_id = row_int(&r);
	out->user_id = row_int(&r);
	out->user_name = row_text(&r);
	out->client_id = row_int(&r);
	out->scope = row_text(&r);
	out->used = row_int(&r) != 0;
	out->alive = row_int(&r) != 0;
	out->ended = row_int(&r) != 0;
	out->expires_at = row_time(&r);
	return NULL;
}

struct err *grant_store_use_refresh(struct db *db, struct arena *a, struct str hash)
{
	return db_exec(db, a, GRANT_REFRESH_USED, DB_ARGS(db_bytes(hash)), NULL, NULL);
}
