#include "store/audit_store.h"

#include "store/row.h"

/* the columns of AUDIT_PAGE */
static void read_entry(struct row r, struct audit_entry *out)
{
	out->id = row_int(&r);
	out->at = row_time(&r);
	out->actor = row_text(&r);
	out->actor_name = row_text(&r);
	out->app = row_text_or_none(&r);
	out->resource = row_text(&r);
	out->resource_id = row_text_or_none(&r);
	out->action = row_text(&r);
	out->address = row_text_or_none(&r);
	out->request_id = row_text(&r);
	out->changes = row_text(&r);
}

#define PAGE_ARGS 18

/* The values of AUDIT_PAGE in its order. */
static void page_args(const struct audit_filter *f, struct db_value args[static PAGE_ARGS])
{
	const struct db_value filters[] = {
		db_text(f->actor),
		db_text(f->actor_name),
		db_text(f->app),
		db_text(f->resource),
		db_text(f->resource_id),
		db_text(f->action),
		db_time_or_null(f->from),
		db_time_or_null(f->before),
	};
	size_t n = 0;

	args[n++] = db_int(f->after_id ? f->after_id : INT64_MAX);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		args[n++] = filters[i];
		args[n++] = filters[i];
	}
	args[n++] = db_int(f->limit);
	assert(n == PAGE_ARGS);
}

struct err *audit_store_page(
	struct db *db, struct arena *a, const struct audit_filter *f, struct audit_rows *out)
{
	struct db_value args[PAGE_ARGS];
	struct db_rows rows;

	page_args(f, args);
	TRY(db_query(db, a, AUDIT_PAGE, args, PAGE_ARGS, &rows));
	out->n = rows.n;
	out->rows = ARENA_ARRAY(a, rows.n, struct audit_entry);
	for (size_t i = 0; i < rows.n; i++)
		read_entry(row_of(&rows, i), &out->rows[i]);
	return NULL;
}

struct visiting {
	audit_visit_fn *visit;
	void *arg;
	struct audit_entry entry;
};

static struct err *visit_row(void *arg, const struct db_value *row)
{
	struct visiting *v = arg;

	read_entry((struct row){row}, &v->entry);
	return v->visit(v->arg, &v->entry);
}

struct err *audit_store_each(struct db *db, struct arena *a, const struct audit_filter *f,
	audit_visit_fn *visit, void *arg)
{
	struct visiting v = {.visit = visit, .arg = arg};
	struct db_value args[PAGE_ARGS];

	page_args(f, args);
	return db_each(db, a, AUDIT_PAGE, args, PAGE_ARGS, visit_row, &v);
}

struct err *audit_store_add(struct db *db, struct arena *a, const struct audit_entry *e)
{
	return db_exec(db, a, AUDIT_ADD,
		DB_ARGS(db_text(e->actor), db_text(e->actor_name), db_text(e->app),
			db_text(e->resource), db_text(e->resource_id), db_text(e->action),
			db_text(e->address), db_text(e->request_id), db_text(e->changes)),
		NULL, NULL);
}

struct err *audit_store_failures(struct db *db, struct arena *a, struct str address,
	struct str action, int seconds, int most, int64_t *all, int64_t *of_network)
{
	struct db_rows rows;
	struct row r;

	TRY(db_query(db, a, AUDIT_FAILURES,
		DB_ARGS(db_text(address), db_text(action), db_int(seconds), db_int(most)), &rows));
	r = row_of(&rows, 0);
	*all = row_int(&r);
	*of_network = row_int(&r);
	return NULL;
}

struct err *audit_store_prune(struct db *owner, struct arena *a, int days, int rows, int64_t *gone)
{
	return db_exec(
		owner, a, OWNER_AUDIT_PRUNE, DB_ARGS(db_int(days), db_int(rows)), gone, NULL);
}
