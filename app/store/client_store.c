#include "store/client_store.h"

#include "store/like.h"
#include "store/row.h"

/* A public client has none. */
static struct str bytes_or_none(struct row *r)
{
	const struct db_value *v = row_take(r, DB_BYTES);

	return v->null ? STR_NONE : v->text;
}

/* the columns of CLIENT_COLUMNS */
static void read_client(struct row *r, struct client *out)
{
	out->id = row_int(r);
	out->client_id = row_text(r);
	out->name = row_text(r);
	out->secret_hash = bytes_or_none(r);
	out->scope = row_text(r);
	out->active = row_int(r) != 0;
	out->grant_types = row_text(r);
	out->redirect_uris = row_text(r);
	out->keys = row_text(r);
	out->version = row_int(r);
	out->created_at = row_time(r);
	out->updated_at = row_time(r);
	out->location_id = row_int_or_0(r);
	out->location = row_text_or_none(r);
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct client *out, bool *found)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n == 1;
	if (*found) {
		r = row_of(&rows, 0);
		read_client(&r, out);
	}
	return NULL;
}

struct err *client_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct client *out, bool *found)
{
	return read_one(db, a, CLIENT_BY_ID, db_int(id), out, found);
}

struct err *client_store_by_client_id(
	struct db *db, struct arena *a, struct str client_id, struct client *out, bool *found)
{
	return read_one(db, a, CLIENT_BY_CLIENT_ID, db_text(client_id), out, found);
}

struct err *client_store_lock(
	struct db *db, struct arena *a, int64_t id, struct client *out, bool *found)
{
	return read_one(db, a, CLIENT_LOCK, db_int(id), out, found);
}

struct err *client_store_of_token(struct db *db, struct arena *a, struct str client_id,
	struct str jti, struct client *out, bool *revoked, bool *found)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, CLIENT_OF_TOKEN, DB_ARGS(db_text(jti), db_text(client_id)), &rows));
	*found = rows.n == 1;
	if (*found) {
		r = row_of(&rows, 0);
		read_client(&r, out);
		*revoked = row_int(&r) != 0;
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
	struct db *db, struct arena *a, const struct client_filter *f, struct client_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q));
	struct db_value status = db_text(f->status);
	int64_t after = f->descending && !f->after_id ? INT64_MAX : f->after_id;
	struct db_rows rows;

	TRY(db_query(db, a, f->descending ? CLIENT_PAGE_DOWN : CLIENT_PAGE,
		DB_ARGS(like, like, db_text(f->client_id), status, status, db_int(after),
			db_int(f->limit)),
		&rows));
	*out = (struct client_rows){.rows = ARENA_ARRAY(a, rows.n, struct client), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++) {
		struct row r = row_of(&rows, i);

		read_client(&r, &out->rows[i]);
	}
	return NULL;
}

struct err *client_store_add(
	struct db *db, struct arena *a, const struct client *client, int64_t *id)
{
	return db_exec(db, a, CLIENT_ADD,
		DB_ARGS(db_text(client->client_id), db_text(client->name),
			db_bytes(client->secret_hash), db_text(client->scope),
			db_text(client->grant_types), db_text(client->redirect_uris),
			db_int_or_null(client->location_id)),
		NULL, id);
}

struct err *client_store_update(struct db *db, struct arena *a, const struct client *client)
{
	return db_exec(db, a, CLIENT_UPDATE,
		DB_ARGS(db_text(client->name), db_bytes(client->secret_hash),
			db_text(client->scope), db_int(client->active),
			db_text(client->grant_types), db_text(client->redirect_uris),
			db_int_or_null(client->location_id), db_int(client->id)),
		NULL, NULL);
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
