#include "store/session_store.h"

#include "store/grant_store.h"

/* user id, name, active, created_at, seen_at, expires_at, a role's permissions or NULL, now, id; of the role,
 * or NULL: needs a second factor; has one; where the role is given or NULL; password due; by single sign-on */
static void read_session(const struct db_value *v, struct session *out)
{
	*out = (struct session){
		.user_id = v[0].num,
		.user_name = v[1].text,
		.user_active = v[2].num != 0,
		.created_at = v[3].num,
		.seen_at = v[4].num,
		.expires_at = v[5].num,
		.now = v[7].num,
		.id = v[8].num,
		.has_second_factor = v[10].num != 0,
		.password_due = v[12].num != 0,
		.sso = v[13].num != 0,
	};
}

/* Of each role of the user. */
static void add_role(const struct db_value *v, struct session *out)
{
	if (v[6].null)
		return;
	out->roles[out->role_count++] = (struct session_role){
		.permissions = v[6].text, .location_id = v[11].null ? 0 : v[11].num};
	out->needs_second_factor |= v[9].num != 0;
}

static void read_all(struct arena *a, const struct db_rows *rows, struct session *out, bool *found)
{
	*found = rows->n > 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct db_value *v = db_row(rows, i);

		if (i == 0) {
			read_session(v, out);
			out->roles = ARENA_ARRAY(a, rows->n, struct session_role);
		}
		add_role(v, out);
	}
}

struct err *session_store_by_hash(
	struct db *db, struct arena *a, struct str hash, struct session *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, SESSION_BY_HASH, DB_ARGS(db_bytes(hash)), &rows));
	read_all(a, &rows, out, found);
	return NULL;
}

struct err *session_store_by_family(struct db *db, struct arena *a, int64_t family_id,
	struct str client_id, struct session *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, SESSION_BY_FAMILY, DB_ARGS(db_int(family_id), db_text(client_id)), &rows));
	read_all(a, &rows, out, found);
	return NULL;
}

struct err *session_store_add(
	struct db *db, struct arena *a, const struct session_start *s, bool *added)
{
	int64_t n;

	TRY(db_exec(db, a, SESSION_ADD,
		DB_ARGS(db_bytes(s->token_hash), db_int(s->life_s), db_text(s->address),
			db_text(s->browser), db_int(s->user_id), db_text(s->password_hash),
			db_int(s->second_factor)),
		&n, NULL));
	*added = n == 1;
	return NULL;
}

/* id, created_at, seen_at, expires_at, address, browser */
static void read_listed(const struct db_value *v, struct session *out)
{
	*out = (struct session){
		.id = v[0].num,
		.created_at = v[1].num,
		.seen_at = v[2].num,
		.expires_at = v[3].num,
		.address = v[4].text,
		.browser = v[5].text,
	};
}

struct err *session_store_page(struct db *db, struct arena *a, int64_t user_id, int64_t before_id,
	int idle_s, int limit, struct session_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, SESSION_PAGE,
		DB_ARGS(db_int(user_id), db_int(before_id), db_int(idle_s), db_int(limit)), &rows));
	*out = (struct session_rows){
		.rows = ARENA_ARRAY(a, rows.n, struct session),
		.n = rows.n,
	};
	for (size_t i = 0; i < rows.n; i++)
		read_listed(db_row(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *session_store_end_one(
	struct db *db, struct arena *a, int64_t user_id, int64_t id, bool *ended)
{
	int64_t n;

	TRY(db_exec(db, a, SESSION_END_ONE, DB_ARGS(db_int(id), db_int(user_id)), &n, NULL));
	*ended = n == 1;
	return NULL;
}

struct err *session_store_end_others(struct db *db, struct arena *a, int64_t user_id, int64_t id)
{
	return db_exec(db, a, SESSION_END_OTHERS, DB_ARGS(db_int(user_id), db_int(id)), NULL, NULL);
}

struct err *session_store_seen(struct db *db, struct arena *a, struct str hash)
{
	return db_exec(db, a, SESSION_SEEN, DB_ARGS(db_bytes(hash)), NULL, NULL);
}

struct err *session_store_by_sso(struct db *db, struct arena *a, struct str hash,
	bool second_factor, struct str id_token_sealed)
{
	return db_exec(db, a, SESSION_BY_SSO,
		DB_ARGS(db_int(second_factor), db_bytes(id_token_sealed), db_bytes(hash)), NULL,
		NULL);
}

struct err *session_store_sso(
	struct db *db, struct arena *a, struct str hash, bool *sso, struct str *id_token_sealed)
{
	const struct db_value *v;
	struct db_rows rows;

	TRY(db_query(db, a, SESSION_SSO, DB_ARGS(db_bytes(hash)), &rows));
	*sso = rows.n == 1 && db_row(&rows, 0)[0].num != 0;
	*id_token_sealed = STR_NONE;
	if (!*sso)
		return NULL;
	v = &db_row(&rows, 0)[1];
	if (!v->null)
		*id_token_sealed = v->text;
	return NULL;
}

struct err *session_store_end(struct db *db, struct arena *a, struct str hash, bool *ended)
{
	int64_t n;

	TRY(db_exec(db, a, SESSION_END, DB_ARGS(db_bytes(hash)), &n, NULL));
	*ended = n == 1;
	return NULL;
}

struct err *session_store_end_all(struct db *db, struct arena *a, int64_t user_id)
{
	TRY(db_exec(db, a, PENDING_SIGN_IN_END_ALL, DB_ARGS(db_int(user_id)), NULL, NULL));
	TRY(grant_store_end_given(db, a, user_id, 0));
	return db_exec(db, a, SESSION_END_ALL, DB_ARGS(db_int(user_id)), NULL, NULL);
}

struct err *session_store_end_of_role(
	struct db *db, struct arena *a, int64_t role_id, int64_t but_user_id)
{
	TRY(grant_store_end_given_of_role(db, a, role_id, but_user_id));
	return db_exec(db, a, SESSION_END_OF_ROLE, DB_ARGS(db_int(role_id), db_int(but_user_id)),
		NULL, NULL);
}

struct err *session_store_prune(struct db *db, struct arena *a)
{
	return db_exec(db, a, SESSION_PRUNE, DB_NO_ARGS, NULL, NULL);
}
