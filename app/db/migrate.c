#include "db/migrate.h"

#include <assert.h>

#include "db/connection.h"
#include "db/migrate_files.h"

/* The number of the newest file in sql/migrations; tests/unit/test_schema.c compares them. */
const int migrate_version = 24;

#define LOCK_NAME "bincard.migrate"
#define LOCK_WAIT_S 600

/* Everything that one run knows: what the files say and what the database remembers. */
struct run {
	struct db *db;
	struct arena *a;
	FILE *report;
	struct sql_files migrations;
	struct sql_files assets;
	struct db_rows applied; /* OWNER_MIGRATIONS */
	struct db_rows remembered; /* OWNER_ASSETS */
};

enum state { STATE_PENDING, STATE_APPLIED, STATE_UNFINISHED, STATE_CHANGED };

static const char *const state_names[] = {"pending", "applied", "unfinished", "CHANGED"};

/* The row of a version, or NULL: version, name, checksum, started_at, applied_at. */
static const struct db_value *row_of(const struct run *r, int version)
{
	for (size_t i = 0; i < r->applied.n; i++)
		if (db_row(&r->applied, i)[0].num == version)
			return db_row(&r->applied, i);
	return NULL;
}

static enum state state_of(const struct run *r, const struct sql_file *f)
{
	const struct db_value *row = row_of(r, f->version);

	if (!row)
		return STATE_PENDING;
	if (row[4].null)
		return STATE_UNFINISHED;
	return str_eq(row[2].text, f->checksum) ? STATE_APPLIED : STATE_CHANGED;
}

static bool asset_is_current(const struct run *r, const struct sql_file *f)
{
	for (size_t i = 0; i < r->remembered.n; i++) {
		const struct db_value *row = db_row(&r->remembered, i);

		if (str_eq(row[0].text, f->name))
			return str_eq(row[1].text, f->checksum);
	}
	return false;
}

static struct err *load(struct run *r)
{
	struct db_rows there;

	TRY(db_query(r->db, r->a, OWNER_TABLES_THERE, DB_NO_ARGS, &there));
	if (db_row(&there, 0)->num < 2)
		return NULL;
	TRY(db_query(r->db, r->a, OWNER_MIGRATIONS, DB_NO_ARGS, &r->applied));
	return db_query(r->db, r->a, OWNER_ASSETS, DB_NO_ARGS, &r->remembered);
}

static struct err *unfinished(struct run *r, const struct sql_file *f)
{
	const struct db_value *row = row_of(r, f->version);
	struct str begun = row ? time_str(r->a, row[3].num) : STR_NONE;

	return err_new(r->a, ERR_CONFLICT,
		"Migration %.*s was begun at %.*s and did not finish. The database does not take back "
		"changes of tables by itself: look at what of the file is there, undo it (or restore "
		"a backup), remove the row of version %d from the table schema_migration, and run "
		"`bincard migrate` again",
		STR_ARG(f->name), STR_ARG(begun), f->version);
}

/* Nothing is touched unless all that was applied earlier is what the files say. */
static struct err *check_history(struct run *r)
{
	bool pending = false;

	for (size_t i = 0; i < r->migrations.n; i++) {
		const struct sql_file *f = &r->migrations.v[i];
		enum state state = state_of(r, f);

		if (state == STATE_UNFINISHED)
			return unfinished(r, f);
		if (state == STATE_CHANGED)
			return err_new(r->a, ERR_CONFLICT,
				"Migration %.*s was changed after it had been applied: put the old "
				"text back and write the change as a new migration",
				STR_ARG(f->name));
		if (state != STATE_PENDING && pending)
			return err_new(r->a, ERR_CONFLICT,
				"Migration %.*s is applied but an earlier one is not",
				STR_ARG(f->name));
		pending = pending || state == STATE_PENDING;
	}
	for (size_t i = 0; i < r->applied.n; i++) {
		const struct db_value *row = db_row(&r->applied, i);

		if (row[0].num > (int64_t)r->migrations.n)
			return err_new(r->a, ERR_CONFLICT,
				"The database has migration %.*s, which is not among the files: it "
				"belongs to a newer bincard",
				STR_ARG(row[1].text));
	}
	return NULL;
}

static struct err *run_file(struct run *r, const struct sql_file *f)
{
	struct err *e = db_script(r->db, r->a, f->text);

	if (!e)
		return NULL;
	return err_because(err_new(r->a, e->code, "%.*s failed", STR_ARG(f->name)), "%.*s: %.*s",
		STR_ARG(f->name), STR_ARG(e->cause));
}

static void say(struct run *r, const char *what, const struct sql_file *f, int64_t start_us)
{
	fprintf(r->report, "%s %.*s (%lld ms)\n", what, STR_ARG(f->name),
		(long long)(time_monotonic_us() - start_us) / 1000);
	fflush(r->report);
}

static struct err *apply_migration(struct run *r, const struct sql_file *f)
{
	int64_t start = time_monotonic_us();

	TRY(db_exec(r->db, r->a, OWNER_MIGRATION_BEGIN,
		DB_ARGS(db_int(f->version), db_text(f->name), db_bytes(f->checksum)), NULL, NULL));
	TRY(run_file(r, f));
	TRY(db_exec(r->db, r->a, OWNER_MIGRATION_DONE, DB_ARGS(db_int(f->version)), NULL, NULL));
	say(r, "applied", f, start);
	return NULL;
}

static struct err *apply_asset(struct run *r, const struct sql_file *f)
{
	int64_t start = time_monotonic_us();

	TRY(db_exec(r->db, r->a, OWNER_ASSET_FORGET, DB_ARGS(db_text(f->name)), NULL, NULL));
	TRY(run_file(r, f));
	TRY(db_exec(r->db, r->a, OWNER_ASSET_DONE, DB_ARGS(db_text(f->name), db_bytes(f->checksum)),
		NULL, NULL));
	say(r, "applied", f, start);
	return NULL;
}

/* A routine that is made anew loses its grants, and a new table has none: so when anything changed,
 * the grants, which are the last file, are applied too. */
static struct err *apply(struct run *r)
{
	bool changed = false;

	TRY(db_exec(r->db, r->a, OWNER_MIGRATION_TABLE, DB_NO_ARGS, NULL, NULL));
	TRY(db_exec(r->db, r->a, OWNER_ASSET_TABLE, DB_NO_ARGS, NULL, NULL));
	TRY(load(r));
	TRY(check_history(r));
	for (size_t i = 0; i < r->migrations.n; i++)
		if (state_of(r, &r->migrations.v[i]) == STATE_PENDING) {
			changed = true;
			TRY(apply_migration(r, &r->migrations.v[i]));
		}
	for (size_t i = 0; i < r->assets.n; i++) {
		const struct sql_file *f = &r->assets.v[i];

		if (asset_is_current(r, f) && !(changed && str_is(f->name, "grants.sql")))
			continue;
		changed = true;
		TRY(apply_asset(r, f));
	}
	fprintf(r->report, "the schema is at version %zu\n", r->migrations.n);
	return NULL;
}

static struct err *apply_locked(struct run *r)
{
	struct err *e;
	bool got;

	TRY(db_lock(r->db, r->a, LOCK_NAME, 0, &got));
	if (!got) {
		fputs("another `bincard migrate` is running: waiting for it\n", r->report);
		fflush(r->report);
		TRY(db_lock(r->db, r->a, LOCK_NAME, LOCK_WAIT_S, &got));
	}
	if (!got)
		return err_new(r->a, ERR_CONFLICT,
			"Another `bincard migrate` has been running for %d minutes",
			LOCK_WAIT_S / 60);
	e = apply(r);
	db_unlock(r->db, r->a, LOCK_NAME);
	return e;
}

static struct err *status(struct run *r)
{
	TRY(load(r));
	for (size_t i = 0; i < r->migrations.n; i++) {
		const struct sql_file *f = &r->migrations.v[i];
		const struct db_value *row = row_of(r, f->version);
		struct str when = row && !row[4].null ? time_str(r->a, row[4].num) : STR("");

		fprintf(r->report, "%-40.*s %s%s%.*s\n", STR_ARG(f->name),
			state_names[state_of(r, f)], when.n ? " " : "", STR_ARG(when));
	}
	for (size_t i = 0; i < r->applied.n; i++)
		if (db_row(&r->applied, i)[0].num > (int64_t)r->migrations.n)
			fprintf(r->report, "%-40.*s in the database, not among the files\n",
				STR_ARG(db_row(&r->applied, i)[1].text));
	for (size_t i = 0; i < r->assets.n; i++)
		fprintf(r->report, "%-40.*s %s\n", STR_ARG(r->assets.v[i].name),
			asset_is_current(r, &r->assets.v[i]) ? "applied" : "pending");
	return NULL;
}

struct err *migrate_run(
	struct db *owner, struct arena *a, const char *dir, enum migrate_mode mode, FILE *report)
{
	struct run r = {.db = owner, .a = a, .report = report};

	TRY(migrate_files_migrations(a, dir, &r.migrations));
	TRY(migrate_files_assets(a, dir, &r.assets));
	TRY(db_ready(owner, a));
	return mode == MIGRATE_STATUS ? status(&r) : apply_locked(&r);
}

struct err *migrate_check(struct db *app, struct arena *a)
{
	TRY(db_ready(app, a));
	return schema_check(app, a, migrate_version);
}
