#include "store/key_store.h"

/* kid, algorithm, private_sealed, public_pem, may_sign, created_at, signs_from, ends_at */
static void read_key(const struct db_value *v, struct key *out)
{
	*out = (struct key){
		.kid = v[0].text,
		.algorithm = v[1].text,
		.private_sealed = v[2].text,
		.public_pem = v[3].text,
		.may_sign = v[4].num != 0,
		.created_at = v[5].num,
		.signs_from = v[6].num,
		.ends_at = v[7].null ? 0 : v[7].num,
	};
}

struct err *key_store_list(struct db *db, struct arena *a, int limit, struct key_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, KEY_LIST, DB_ARGS(db_int(limit)), &rows));
	*out = (struct key_rows){.rows = ARENA_ARRAY(a, rows.n, struct key), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		read_key(db_row(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *key_store_add(struct db *db, struct arena *a, const struct key *key, int lead_s)
{
	return db_exec(db, a, KEY_ADD,
		DB_ARGS(db_text(key->kid), db_text(key->algorithm), db_bytes(key->private_sealed),
			db_text(key->public_pem), db_int(lead_s)),
		NULL, NULL);
}

struct err *key_store_end_others(struct db *db, struct arena *a, struct str kid, int seconds)
{
	return db_exec(db, a, KEY_END_OTHERS, DB_ARGS(db_int(seconds), db_text(kid)), NULL, NULL);
}
