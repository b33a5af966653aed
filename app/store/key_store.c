#include "store/key_store.h"

/* kid, algorithm, private_sealed, public_pem, active, created_at */
static void read_key(const struct db_value *v, struct key *out)
{
	*out = (struct key){
		.kid = v[0].text,
		.algorithm = v[1].text,
		.private_sealed = v[2].text,
		.public_pem = v[3].text,
		.active = v[4].num != 0,
		.created_at = v[5].num,
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

struct err *key_store_add(struct db *db, struct arena *a, const struct key *key)
{
	return db_exec(db, a, KEY_ADD,
		DB_ARGS(db_text(key->kid), db_text(key->algorithm), db_bytes(key->private_sealed),
			db_text(key->public_pem)),
		NULL, NULL);
}
