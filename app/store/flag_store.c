#include "store/flag_store.h"

#include "store/row.h"

const char *const flag_state_names[] = {
	[FLAG_OFF] = "off",
	[FLAG_ON] = "on",
	[FLAG_PERCENT] = "percent",
	[FLAG_STATES] = NULL,
};

static enum flag_state state_from(struct str name)
{
	enum flag_state state = FLAG_OFF;

	while (!str_is(name, flag_state_names[state])) {
		state++;
		assert(state < FLAG_STATES); /* the column has no other */
	}
	return state;
}

/* the columns of FLAG_SELECT */
static void read_flag(struct row r, struct flag_row *out)
{
	out->id = row_int(&r);
	out->name = row_text(&r);
	out->state = state_from(row_text(&r));
	out->percent = (int)row_int_or_0(&r);
	out->version = row_int(&r);
	out->created_at = row_time(&r);
	out->updated_at = row_time(&r);
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id id, struct db_value key,
	struct flag_row *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, id, DB_ARGS(key), &rows));
	*found = rows.n > 0;
	if (*found)
		read_flag(row_of(&rows, 0), out);
	return NULL;
}

struct err *flag_store_page(
	struct db *db, struct arena *a, int64_t after_id, int limit, struct flag_rows *out)
{
	struct db_rows rows;

	TRY(db_query(db, a, FLAG_PAGE, DB_ARGS(db_int(after_id), db_int(limit)), &rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct flag_row);
	for (size_t i = 0; i < rows.n; i++)
		read_flag(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *flag_store_find(struct db *db, struct arena *a, int64_t id, struct str name,
	struct flag_row *out, bool *found)
{
	if (id)
		return read_one(db, a, FLAG_BY_ID, db_int(id), out, found);
	return read_one(db, a, FLAG_BY_NAME, db_text(name), out, found);
}

struct err *flag_store_lock(
	struct db *db, struct arena *a, int64_t id, struct flag_row *out, bool *found)
{
	return read_one(db, a, FLAG_LOCK, db_int(id), out, found);
}

struct err *flag_store_update(struct db *db, struct arena *a, const struct flag_row *flag)
{
	struct db_value percent =
		flag->state == FLAG_PERCENT ? db_int(flag->percent) : db_null(DB_INT);

	return db_exec(db, a, FLAG_UPDATE,
		DB_ARGS(db_text(str_of(flag_state_names[flag->state])), percent, db_int(flag->id)),
		NULL, NULL);
}
