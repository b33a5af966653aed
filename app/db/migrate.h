/*
 * migrate: brings the schema to this binary's version.
 *
 * sql/migrations/NNNN_name.sql, applied in order by the owner's account, each recorded in
 * schema_migration with the SHA-256 of its text. Refused when a recorded one was changed or is
 * missing. A GET_LOCK makes it safe when two hosts run it at once. The files of sql/routines (each
 * one DROP and CREATE) are applied after the migrations when they changed, and sql/grants.sql when
 * it or anything before it did.
 *
 * DDL commits by itself, so a migration that fails half-way cannot be rolled back: it stays
 * recorded as begun, and the next run refuses and says what to do.
 *
 * The owner's connection: DB_SET_NONE, and read_timeout_ms 0 or long, because a change of a large
 * table takes its time.
 */
#ifndef BINCARD_DB_MIGRATE_H
#define BINCARD_DB_MIGRATE_H

#include <stdbool.h>
#include <stdio.h>

#include "db/db.h"

/* The schema version that this binary works with: the number of its newest migration. */
extern const int migrate_version;

enum migrate_mode { MIGRATE_APPLY, MIGRATE_STATUS };

/* `dir` holds migrations/, routines/ and grants.sql. Writes a line for each step to `report`. */
MUST_CHECK struct err *migrate_run(
	struct db *owner, struct arena *a, const char *dir, enum migrate_mode mode, FILE *report);

/* ERR_UNAVAILABLE with a clear detail when the database's version is not migrate_version. Works
 * with the application's account. */
MUST_CHECK struct err *migrate_check(struct db *app, struct arena *a);

#endif
