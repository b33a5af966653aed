#include "store/client_store.h"

/* CLIENT_COLUMNS */
static void read_client(const struct db_value *v, struct client *out)
{
	*out = (struct client){
		.id = v[0].num,
		.client_id = v[1].text,
		.name = v[2].text,
		.secret_hash = v[3].text,
		.scope = v[4].text,
		.active = v[5].num != 0,
		.created_at = v[6].num,
		.updated_at = v[7].num,
		.location_id = v[8].null ? 0 : v[8].num,
		.location = v[9].null ? STR_NONE : v[9].text,
	};
}

struct err *client_store_by_client_id(
	struct db *db, struct arena *a, struct str client_id, struct client *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, CLIENT_BY_CLIENT_ID, DB_ARGS(db_text(client_id)), &rows));
	*found = rows.n == 1;
	if (*found)
		read_client(db_row(&rows, 0), out);
	return NULL;
}

struct err *client_store_of_token(struct db *db, struct arena *a, struct str client_id,
	struct str jti, struct client *out, bool *revoked, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, CLIENT_OF_TOKEN, DB_ARGS(db_text(jti), db_text(client_id)), &rows));
	*found = rows.n == 1;
	if (*found) {
		read_client(db_row(&rows, 0), out);
		*revoked = db_row(&rows, 0)[10].num != 0;
	}
	return NULL;
}

struct err *client_store_revoke_token(
	struct db *db, struct arena *a, struct str jti, time_us expires_at)
{
	struct err *e = db_exec(
		db, a, CLIENT_REVOKE_TOKEN, DB_ARGS(db_text(jti), db_time(expires_at)), NULL, NULL);

	return e && e->code == ERR_DB_DUPLICATE_KEY ? NULL : e;
}

struct err *client_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct client_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, CLIENT_PAGE, DB_ARGS(db_int(after_id), db_int(limit)), &rows));
	*out = (struct client_rows){.rows = ARENA_ARRAY(a, rows.n, struct client), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		read_client(db_row(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *client_store_add(
	struct db *db, struct arena *a, const struct client *client, int64_t *id)
{
	return db_exec(db, a, CLIENT_ADD,
		DB_ARGS(db_text(client->client_id), db_text(client->name),
			db_bytes(client->secret_hash), db_text(client->scope),
			db_int_or_null(client->location_id)),
		NULL, id);
}

struct err *client_store_set_secret(
	struct db *db, struct arena *a, int64_t id, struct str secret_hash)
{
	return db_exec(
		db, a, CLIENT_SET_SECRET, DB_ARGS(db_bytes(secret_hash), db_int(id)), NULL, NULL);
}

struct err *client_store_disable(struct db *db, struct arena *a, int64_t id, bool *changed)
{
	int64_t n;

	TRY(db_exec(db, a, CLIENT_DISABLE, DB_ARGS(db_int(id)), &n, NULL));
	*changed = n == 1;
	return NULL;
}

struct err *client_store_keys(
	struct db *db, struct arena *a, int64_t id, int limit, struct client_key_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, CLIENT_KEYS, DB_ARGS(db_int(id), db_int(limit)), &rows));
	*out = (struct client_key_rows){
		.rows = ARENA_ARRAY(a, rows.n, struct client_key), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *v = db_row(&rows, i);

		out->rows[i] = (struct client_key){
			.kid = v[0].text, .public_pem = v[1].text, .created_at = v[2].num};
	}
	return NULL;
}

struct err *client_store_add_key(
	struct db *db, struct arena *a, int64_t id, const struct client_key *key)
{
	return db_exec(db, a, CLIENT_KEY_ADD,
		DB_ARGS(db_int(id), db_text(key->kid), db_text(key->public_pem)), NULL, NULL);
}

struct err *client_store_remove_key(
	struct db *db, struct arena *a, int64_t id, struct str kid, bool *found)
{
	int64_t n;

	TRY(db_exec(db, a, CLIENT_KEY_REMOVE, DB_ARGS(db_int(id), db_text(kid)), &n, NULL));
	*found = n == 1;
	return NULL;
}

struct err *client_store_use_assertion(
	struct db *db, struct arena *a, int64_t id, struct str jti, time_us expires_at)
{
	return db_exec(db, a, CLIENT_USE_ASSERTION,
		DB_ARGS(db_int(id), db_text(jti), db_time(expires_at)), NULL, NULL);
}
