#include "store/settings_store.h"

struct err *settings_store_lock(
	struct db *db, struct arena *a, struct str host, struct str file, struct str *settings)
{
	struct db_rows rows;

	TRY(db_query(db, a, SETTINGS_LOCK, DB_ARGS(db_text(host), db_bytes(file)), &rows));
	*settings = rows.n ? db_row(&rows, 0)[0].text : STR_NONE;
	return NULL;
}

struct err *settings_store_put(
	struct db *db, struct arena *a, struct str host, struct str file, struct str settings)
{
	return db_exec(db, a, SETTINGS_PUT,
		DB_ARGS(db_text(host), db_bytes(file), db_text(settings)), NULL, NULL);
}
