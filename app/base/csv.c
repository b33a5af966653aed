#include "base/csv.h"

#include <csv.h> /* libcsv */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define BLOCK_BYTES ((size_t)4096) /* by which the parser grows its field */

#define TOO_LONG "a row of more than 1 MiB; is there a quote that is never closed?"

struct reader {
	struct arena *arena;
	csv_row_fn *row_fn;
	void *arg;
	struct csv_row row;
	struct str fields[CSV_FIELDS_MAX];
	char *text; /* of the row's fields, one after the other */
	size_t used;
	int64_t line; /* where the parser is */
	int last; /* what ended the last row */
	struct err *err;
};

static void fail(struct reader *r, const char *why)
{
	if (!r->err)
		r->err = err_new(r->arena, ERR_INVALID, "The file cannot be read on: %s.", why);
}

/* The parser keeps a field until it ends, so a quote that is never closed would take in the rest of
 * the file. */
static void *limited_realloc(void *p, size_t bytes)
{
	return bytes > CSV_ROW_BYTES_MAX + 2 * BLOCK_BYTES ? NULL : realloc(p, bytes);
}

static void on_field(void *bytes, size_t n, void *arg)
{
	struct reader *r = arg;

	if (r->err)
		return;
	if (r->row.n == CSV_FIELDS_MAX) {
		fail(r, "a row of more than 256 fields");
		return;
	}
	if (n > CSV_ROW_BYTES_MAX - r->used) {
		fail(r, TOO_LONG);
		return;
	}
	memcpy(r->text + r->used, bytes, n);
	r->fields[r->row.n++] = (struct str){r->text + r->used, n};
	r->used += n;
}

static int64_t newlines(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* A row ends with c, or with -1 at the end of the file. Every newline comes here, so that of CR LF
 * the second ends a row without fields: one line, not two. */
static void on_row(int c, void *arg)
{
	struct reader *r = arg;

	for (size_t i = 0; i < r->row.n; i++)
		r->line += newlines(r->fields[i]);
	if (r->row.n > 0 && !r->err)
		r->err = r->row_fn(r->arg, &r->row);
	if (c == '\r' || (c == '\n' && !(r->last == '\r' && r->row.n == 0)))
		r->line++;
	r->last = c;
	r->row.line = r->line;
	r->row.n = 0;
	r->used = 0;
}

static size_t skip_mark(const char *chunk, size_t n)
{
	return n >= 3 && memcmp(chunk, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static struct err *read_all(struct reader *r, FILE *in, struct csv_parser *parser, char *chunk)
{
	size_t n, skip;

	while (!r->err && (n = fread(chunk, 1, CHUNK_BYTES, in)) > 0) {
		skip = r->row.bytes == 0 ? skip_mark(chunk, n) : 0;
		r->row.bytes += (int64_t)n;
		if (csv_parse(parser, chunk + skip, n - skip, on_field, on_row, r) != n - skip)
			fail(r, TOO_LONG);
	}
	if (!r->err && ferror(in))
		fail(r, strerror(errno));
	/* Strict about the end alone: quotes inside of unquoted cells are text. */
	csv_set_opts(parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
	if (!r->err && csv_fini(parser, on_field, on_row, r) != 0)
		fail(r, "a quote that is never closed");
	return r->err;
}

struct err *csv_read(struct arena *a, FILE *in, csv_row_fn *row, void *arg, int64_t *line)
{
	struct reader r = {.arena = a, .row_fn = row, .arg = arg, .line = 1};
	struct csv_parser parser;
	struct err *e;

	r.text = arena_alloc(a, CSV_ROW_BYTES_MAX);
	r.row.fields = r.fields;
	r.row.line = 1;
	if (csv_init(&parser, CSV_REPALL_NL) != 0)
		return err_new(a, ERR_INTERNAL, "The CSV reader cannot start.");
	csv_set_realloc_func(&parser, limited_realloc);
	csv_set_blk_size(&parser, BLOCK_BYTES);
	e = read_all(&r, in, &parser, arena_alloc(a, CHUNK_BYTES));
	csv_free(&parser);
	*line = r.row.line;
	return e;
}

bool csv_put_row(FILE *out, const struct str *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && putc(',', out) == EOF)
			return false;
		if (csv_fwrite(out, fields[i].p ? fields[i].p : "", fields[i].n) != 0)
			return false;
	}
	return putc('\n', out) != EOF;
}

static bool looks_like_formula(struct str s)
{
	static const char *const begins[] = {"=", "+", "-", "@", "\t", "\r", "\n", "\xef\xbc\x9d",
		"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (str_starts(s, begins[i]))
			return true;
	}
	return false;
}

static void add_cell(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	if (looks_like_formula(s))
		buf_add_char(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_add_char(b, '"');
		buf_add_char(b, s.p[i]);
	}
	buf_add_char(b, '"');
}

void csv_add_row(struct buf *b, const struct str *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(b, ',');
		add_cell(b, fields[i]);
	}
	buf_add_cstr(b, "\r\n");
}
