/*
 * import: a CSV file into the database: `bincard import items|locations|movements FILE`.
 *
 * import_command.c reads options, header and rows; one file a kind (import_<kind>.c) applies a row;
 * import_report.c writes the errors and the progress. See bincard-import(8).
 */
#ifndef BINCARD_RUN_IMPORT_H
#define BINCARD_RUN_IMPORT_H

#include <stdio.h>

#include "base/csv.h"
#include "domain/ctx.h"
#include "http/form.h"
#include "run/command.h"

#define IMPORT_MAPS_MAX 64
#define IMPORT_KEYS_MAX 8

struct import;

struct import_kind {
	const char *name; /* "items" */
	const struct field *columns; /* what a row is made of */
	/* Once the header is read. */
	struct err *(*check)(struct import *im);
	/* One row, whose values are parallel to `columns`. A wrong row is reported and NULL
	 * returned; an error ends the import. */
	struct err *(*row)(struct import *im, const struct value *in, const struct http_pair *cells,
		int64_t line);
	/* A row that was reported as wrong; cells NULL: they cannot be told apart. */
	struct err *(*bad_row)(struct import *im, int64_t line, const struct http_pair *cells);
	struct err *(*finish)(struct import *im);
};
extern const struct import_kind import_items, import_locations, import_movements;

struct import_pair {
	struct str left, right;
};

struct import_options {
	const char *file; /* "-": standard input */
	const char *errors_file;
	struct import_pair maps[IMPORT_MAPS_MAX]; /* header -> column */
	size_t map_count;
	struct import_pair defaults[IMPORT_MAPS_MAX]; /* column -> value */
	size_t default_count;
	struct str keys[IMPORT_KEYS_MAX]; /* columns that tell one movement from another */
	size_t key_count;
	struct str key_prefix;
	bool dry_run, atomic, update;
};

struct import {
	const struct import_kind *kind;
	struct import_options options;
	struct arena *keep; /* lives as long as the import */
	struct ctx ctx; /* its arena is that of the row or batch: import_forget() empties it */
	bool one_transaction; /* --atomic or --dry-run */
	const struct field **header; /* by column of the file; NULL: not used */
	const char **header_text; /* by column of the file */
	size_t columns;
	int64_t rows, added, updated, unchanged, refused, error_count;
	int64_t refused_rows; /* movements: a refused one has many */
	void *state; /* the kind's own */
	FILE *errors;
	struct {
		int64_t started_us, shown_us, bytes, size;
		bool terminal;
	} progress;
};

/* The file has it, or --default gives it. */
bool import_has_column(const struct import *im, const struct field *f);
/* The key of items and locations is their first column. */
MUST_CHECK struct err *import_check_natural_key(struct import *im);

/* Gives back what the row or batch needed. */
void import_forget(struct import *im);

/* ---- import_report.c ---- */

/* Writes one wrong cell; column "" is the whole row. */
void import_wrong(
	struct import *im, int64_t line, const char *column, const char *code, struct str why);
/* Every field of an error of one row, or the error itself, by the pointer's last part as column. */
void import_wrong_row(struct import *im, int64_t line, const struct err *e);
/* True for an error that only says what is wrong with the row. */
bool import_is_about_row(const struct err *e);
void import_progress(struct import *im, int64_t bytes, bool last);
/* The closing lines. */
void import_summary(const struct import *im);

#endif
