#include "store/change_store.h"

struct err *once_store_claim(struct db *db, struct arena *a, struct str principal, struct str key,
	struct str fingerprint, int status)
{
	return db_exec(db, a, ONCE_CLAIM,
		DB_ARGS(db_text(principal), db_text(key), db_bytes(fingerprint), db_int(status)),
		NULL, NULL);
}

struct err *once_store_answer(
	struct db *db, struct arena *a, struct str principal, struct str key, struct str body)
{
	return db_exec(db, a, ONCE_STORE, DB_ARGS(db_text(body), db_text(principal), db_text(key)),
		NULL, NULL);
}

struct err *once_store_find(struct db *db, struct arena *a, struct str principal, struct str key,
	struct stored_answer *out, bool *found)
{
	struct db_rows r;

	TRY(db_query(db, a, ONCE_FIND, DB_ARGS(db_text(principal), db_text(key)), &r));
	*found = r.n > 0;
	if (*found) {
		const struct db_value *v = db_row(&r, 0);

		out->fingerprint = v[0].text;
		out->status = (int)v[1].num;
		out->movement_id = v[2].null ? 0 : v[2].num;
		out->body = v[3].text;
	}
	return NULL;
}

struct err *once_store_in_flight(
	struct db *db, struct arena *a, struct str principal, struct str key, bool *in_flight)
{
	struct db_rows r;
	struct err *e = db_query(db, a, ONCE_TOUCH, DB_ARGS(db_text(principal), db_text(key)), &r);

	*in_flight = e && e->code == ERR_DB_LOCK_WAIT;
	return *in_flight ? NULL : e;
}

struct err *outbox_store_add(struct db *db, struct arena *a, const struct outbox_row *row)
{
	return db_exec(db, a, OUTBOX_ADD,
		DB_ARGS(db_text(str_of(row->type)), db_int(row->subject), db_text(row->actor),
			db_text(row->app), db_text(row->request_id), db_text(row->traceparent),
			db_text(row->data)),
		NULL, NULL);
}
