#include "store/issuer_store.h"

/* jwks, fetched_at, age_s, tried_s, asking, failure */
static void read_row(const struct db_value *v, struct issuer_row *out)
{
	*out = (struct issuer_row){
		.jwks = v[0].null ? STR_NONE : v[0].text,
		.fetched_at = v[1].null ? TIME_NONE : v[1].num,
		.age_s = v[2].null ? 0 : v[2].num,
		.tried_s = v[3].num,
		.asking = v[4].num != 0,
		.failure = v[5].null ? STR_NONE : v[5].text,
	};
}

struct err *issuer_store_find(struct db *db, struct arena *a, struct str source, time_us known,
	struct issuer_row *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, ISSUER_KEY_SET, DB_ARGS(db_time_or_null(known), db_bytes(source)), &rows));
	*found = rows.n == 1;
	if (*found)
		read_row(db_row(&rows, 0), out);
	return NULL;
}

struct err *issuer_store_claim(
	struct db *db, struct arena *a, struct str source, int seconds, bool *mine)
{
	int64_t n;

	TRY(db_exec(db, a, ISSUER_CLAIM, DB_ARGS(db_bytes(source), db_int(seconds)), &n, NULL));
	*mine = n == 1;
	return NULL;
}

struct err *issuer_store_add(
	struct db *db, struct arena *a, struct str source, struct str issuer, bool *mine)
{
	struct err *e =
		db_exec(db, a, ISSUER_ADD, DB_ARGS(db_bytes(source), db_text(issuer)), NULL, NULL);

	*mine = !e;
	return e && e->code == ERR_DB_DUPLICATE_KEY ? NULL : e;
}

struct err *issuer_store_fetched(struct db *db, struct arena *a, struct str source, struct str jwks)
{
	return db_exec(db, a, ISSUER_FETCHED, DB_ARGS(db_text(jwks), db_bytes(source)), NULL, NULL);
}

struct err *issuer_store_failed(struct db *db, struct arena *a, struct str source, struct str why)
{
	return db_exec(db, a, ISSUER_FAILED, DB_ARGS(db_text(why), db_bytes(source)), NULL, NULL);
}
