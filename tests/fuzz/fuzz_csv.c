/* Any bytes are rows or one error; lines only grow; what is written and read again is the
 * same row. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	struct arena *arena;
	int64_t line;
	const struct csv_row *wanted; /* NULL: the rows of the input */
	unsigned rows;
};

static void check(int holds)
{
	if (!holds)
		abort();
}

static void read_bytes(struct seen *seen, const void *bytes, size_t n);

/* A row that begins with the mark of UTF-8, or is one empty cell, reads as another one. */
static int is_itself(const struct csv_row *row)
{
	if (row->n == 1 && row->fields[0].n == 0)
		return 0;
	for (size_t i = 0; i < row->n; i++)
		for (size_t k = 0; k < row->fields[i].n; k++)
			if (row->fields[i].p[k] == '\0')
				return 0;
	return 1;
}

static void round_trip(const struct csv_row *row)
{
	struct seen again = {.arena = arena_new(ARENA_MAX), .wanted = row};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	check(out && csv_put_row(out, row->fields, row->n) && fclose(out) == 0);
	read_bytes(&again, text, n);
	check(again.rows == 1);
	free(text);
	arena_free(again.arena);
}

static struct err *on_row(void *arg, const struct csv_row *row)
{
	struct seen *seen = arg;

	check(row->n > 0 && row->n <= CSV_FIELDS_MAX && row->line > seen->line - 1);
	seen->line = row->line;
	seen->rows++;
	if (seen->wanted) {
		check(row->n == seen->wanted->n);
		for (size_t i = 0; i < row->n; i++)
			check(str_eq(row->fields[i], seen->wanted->fields[i]));
	} else if (is_itself(row)) {
		round_trip(row);
	}
	return NULL;
}

static void read_bytes(struct seen *seen, const void *bytes, size_t n)
{
	FILE *in = n ? fmemopen((void *)(uintptr_t)bytes, n, "r") : NULL;
	int64_t line = 0;
	struct err *e;

	if (!in)
		return;
	e = csv_read(seen->arena, in, on_row, seen, &line);
	check(!e || (e->code == ERR_INVALID && line >= 1));
	check(!e || !seen->wanted);
	fclose(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen seen = {.arena = arena_new(ARENA_MAX)};

	read_bytes(&seen, data, n);
	arena_free(seen.arena);
	return 0;
}
