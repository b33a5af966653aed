#include "store/foreign_store.h"

#include "store/like.h"

/* id, issuer, subject, name, active, first_seen, last_seen */
static void read_foreign(const struct db_value *v, struct foreign *out)
{
	*out = (struct foreign){
		.id = v[0].num,
		.issuer = v[1].text,
		.subject = v[2].text,
		.name = v[3].text,
		.active = v[4].num != 0,
		.first_seen = v[5].num,
		.last_seen = v[6].num,
	};
}

struct err *foreign_store_by_subject(struct db *db, struct arena *a, struct str issuer,
	struct str subject, struct foreign *out, bool *stale, bool *found)
{
	struct db_rows rows;

	TRY(db_query(
		db, a, FOREIGN_BY_SUBJECT, DB_ARGS(db_text(issuer), db_bytes(subject)), &rows));
	*found = rows.n == 1;
	if (*found) {
		read_foreign(db_row(&rows, 0), out);
		*stale = db_row(&rows, 0)[7].num != 0;
	}
	return NULL;
}

struct err *foreign_store_add(
	struct db *db, struct arena *a, const struct foreign *foreign, int64_t *id)
{
	return db_exec(db, a, FOREIGN_ADD,
		DB_ARGS(db_text(foreign->issuer), db_bytes(foreign->subject),
			db_text(foreign->name)),
		NULL, id);
}

struct err *foreign_store_seen(struct db *db, struct arena *a, int64_t id)
{
	return db_exec(db, a, FOREIGN_SEEN, DB_ARGS(db_int(id)), NULL, NULL);
}

static struct err *read_one(struct db *db, struct arena *a, enum stmt_id statement, int64_t id,
	struct foreign *out, bool *found)
{
	struct db_rows rows;

	TRY(db_query(db, a, statement, DB_ARGS(db_int(id)), &rows));
	*found = rows.n == 1;
	if (*found)
		read_foreign(db_row(&rows, 0), out);
	return NULL;
}

struct err *foreign_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct foreign *out, bool *found)
{
	return read_one(db, a, FOREIGN_BY_ID, id, out, found);
}

struct err *foreign_store_lock(
	struct db *db, struct arena *a, int64_t id, struct foreign *out, bool *found)
{
	return read_one(db, a, FOREIGN_LOCK, id, out, found);
}

struct err *foreign_store_page(
	struct db *db, struct arena *a, const struct foreign_filter *f, struct foreign_rows *out)
{
	struct db_value like = db_text(like_contains(a, f->q));
	struct db_value issuer = db_text(f->issuer), status = db_text(f->status);
	struct db_rows rows;

	TRY(db_query(db, a, FOREIGN_PAGE,
		DB_ARGS(like, like, db_bytes(f->q), issuer, issuer, status, status,
			db_int(f->after_id), db_int(f->limit)),
		&rows));
	*out = (struct foreign_rows){.rows = ARENA_ARRAY(a, rows.n, struct foreign), .n = rows.n};
	for (size_t i = 0; i < rows.n; i++)
		read_foreign(db_row(&rows, i), &out->rows[i]);
	return NULL;
}

struct err *foreign_store_set_active(struct db *db, struct arena *a, int64_t id, bool active)
{
	return db_exec(db, a, FOREIGN_SET_STATUS, DB_ARGS(db_int(active), db_int(id)), NULL, NULL);
}
