/*
 * csv: reads and writes comma separated values (RFC 4180) with libcsv, which csv.c alone includes.
 * Streams: memory is that of the longest row. A byte order mark is skipped; quoted fields may hold
 * newlines; blank lines are passed over.
 */
#ifndef BINCARD_BASE_CSV_H
#define BINCARD_BASE_CSV_H

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CSV_FIELDS_MAX 256
#define CSV_ROW_BYTES_MAX ((size_t)1024 * 1024)

struct csv_row {
	int64_t line; /* of the file, where the row begins; from 1 */
	int64_t bytes; /* of the file read so far */
	size_t n;
	struct str *fields; /* valid during the call */
};

/* Called for each row; an error ends the reading and is returned. */
typedef struct err *csv_row_fn(void *arg, const struct csv_row *row);

/* Reads all of `in`. ERR_INVALID for a quote that is never closed, a row over the limits, or a read
 * error; *line is then where that row begins. */
MUST_CHECK struct err *csv_read(
	struct arena *a, FILE *in, csv_row_fn *row, void *arg, int64_t *line);

/* Writes one row; false when that failed. */
bool csv_put_row(FILE *out, const struct str *fields, size_t n);

/* Adds one row for a spreadsheet: every cell in quotes, with ' before one that would be taken for a formula,
 * because it begins with = + - @ (narrow or wide), tab, CR or LF. Lines end with CR LF; STR_NONE is an
 * empty cell. */
void csv_add_row(struct buf *b, const struct str *fields, size_t n);

#endif
