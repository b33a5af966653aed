#include "store/relay_store.h"

#include "store/row.h"

static struct relay read_relay(struct row r)
{
	struct relay relay;

	sink_store_read(&r, &relay.sink);
	relay.target = row_text(&r);
	relay.configured = row_int(&r) != 0;
	relay.head = row_int(&r);
	return relay;
}

struct err *relay_store_page(
	struct db *db, struct arena *a, int64_t after, int limit, struct relay_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, RELAY_PAGE, DB_ARGS(db_int(after), db_int(limit)), &rows));
	*out = (struct relay_rows){.rows = ARENA_ARRAY(a, rows.n, struct relay), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		out->rows[i] = read_relay(row_of(&rows, i));
	return NULL;
}

struct err *relay_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct relay *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, RELAY_BY_ID, DB_ARGS(db_int(id)), &rows));
	*found = rows.n == 1;
	if (*found)
		*out = read_relay(row_of(&rows, 0));
	return NULL;
}

struct err *relay_store_troubles(struct db *db, struct arena *a, struct relay_troubles *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, RELAY_TROUBLES, DB_NO_ARGS, &rows));
	*out = (struct relay_troubles){
		.paused = db_row(&rows, 0)[0].num, .failing = db_row(&rows, 0)[1].num};
	return NULL;
}

struct err *relay_store_add(struct db *db, struct arena *a, int64_t id, struct str target)
{
	return db_exec(db, a, RELAY_ADD, DB_ARGS(db_int(id), db_text(target)), NULL, NULL);
}

struct err *relay_store_update(
	struct db *db, struct arena *a, int64_t id, struct str target, bool configured)
{
	return db_exec(db, a, RELAY_UPDATE,
		DB_ARGS(db_text(target), db_int(configured), db_int(id)), NULL, NULL);
}
