/*
 * migrate_files: the SQL files of a directory, in order, each with its checksum.
 */
#ifndef BINCARD_DB_MIGRATE_FILES_H
#define BINCARD_DB_MIGRATE_FILES_H

#include "base/err.h"
#include "base/str.h"

struct sql_file {
	int version; /* of a migration: its number; 0 otherwise */
	struct str name; /* "0001_items.sql", "routines/post.sql", "grants.sql" */
	struct str text;
	struct str checksum; /* SHA-256, 32 bytes */
};

struct sql_files {
	size_t n;
	struct sql_file *v;
};

/* dir/migrations/NNNN_name.sql, numbered 1, 2, 3 ... without a gap. */
MUST_CHECK struct err *migrate_files_migrations(
	struct arena *a, const char *dir, struct sql_files *out);
/* dir/routines/ *.sql by name, then dir/grants.sql; either may be absent. */
MUST_CHECK struct err *migrate_files_assets(
	struct arena *a, const char *dir, struct sql_files *out);

#endif
