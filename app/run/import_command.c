/* bincard import: options, header, rows. */
#include "run/import.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/timestamp.h"

#define BATCH_BYTES_MAX ((size_t)256 << 20)

static const struct import_kind *const kinds[] = {
	&import_items, &import_locations, &import_movements, NULL};

void import_help(FILE *to)
{
	fputs("usage: bincard import items|locations|movements FILE.csv|-\n"
	      "  --map HEADER=COLUMN     the file's HEADER is COLUMN; may be given many times\n"
	      "  --default COLUMN=VALUE  for a column that the file has not, or an empty cell\n"
	      "  --key COLUMN[,COLUMN]   movements: rows alike in these are one movement, applied once\n"
	      "                          for ever (movement)\n"
	      "  --key-prefix TEXT       keeps the keys of one source apart from those of another\n"
	      "  --update                items, locations: change those that differ\n"
	      "  --dry-run               do all but keep nothing\n"
	      "  --atomic                keep all or nothing\n"
	      "  --errors FILE           where wrong rows are listed (FILE.errors.csv)\n",
		to);
}

/* ---- options ---- */

static bool add_pair(struct import_pair *pairs, size_t *n, const char *text)
{
	struct str right, left = str_cut(str_of(text), '=', &right);

	if (*n == IMPORT_MAPS_MAX || !right.p || left.n == 0)
		return false;
	pairs[(*n)++] = (struct import_pair){left, right};
	return true;
}

static bool add_keys(struct import_options *o, const char *text)
{
	struct str rest = str_of(text);

	while (rest.p) {
		struct str key = str_trim(str_cut(rest, ',', &rest));

		if (o->key_count == IMPORT_KEYS_MAX || key.n == 0)
			return false;
		o->keys[o->key_count++] = key;
	}
	return true;
}

static bool take_option(struct import_options *o, int letter)
{
	switch (letter) {
	case 'm':
		return add_pair(o->maps, &o->map_count, optarg);
	case 'd':
		return add_pair(o->defaults, &o->default_count, optarg);
	case 'k':
		return add_keys(o, optarg);
	case 'p':
		o->key_prefix = str_of(optarg);
		return str_is_utf8(o->key_prefix);
	case 'e':
		o->errors_file = optarg;
		return true;
	case 'u':
		return o->update = true;
	case 'n':
		return o->dry_run = true;
	case 'a':
		return o->atomic = true;
	default:
		return false;
	}
}

static bool read_options(struct import *im, int argc, char **argv)
{
	static const struct option all[] = {
		{"map", required_argument, NULL, 'm'},
		{"default", required_argument, NULL, 'd'},
		{"key", required_argument, NULL, 'k'},
		{"key-prefix", required_argument, NULL, 'p'},
		{"errors", required_argument, NULL, 'e'},
		{"update", no_argument, NULL, 'u'},
		{"dry-run", no_argument, NULL, 'n'},
		{"atomic", no_argument, NULL, 'a'},
		{NULL, 0, NULL, 0},
	};
	struct import_options *o = &im->options;
	int letter;

	optind = 0; /* main() has read its own options */
	while ((letter = getopt_long(argc, argv, "", all, NULL)) != -1)
		if (!take_option(o, letter))
			return false;
	if (optind + 2 != argc)
		return false;
	for (size_t i = 0; kinds[i]; i++)
		if (strcmp(argv[optind], kinds[i]->name) == 0)
			im->kind = kinds[i];
	o->file = argv[optind + 1];
	if (!o->errors_file)
		o->errors_file = strcmp(o->file, "-") == 0
			? "import.errors.csv"
			: arena_printf(im->keep, "%s.errors.csv", o->file);
	return im->kind != NULL;
}

/* ---- the header ---- */

static const struct field *column_named(const struct import *im, struct str name)
{
	for (const struct field *f = im->kind->columns; f->name; f++)
		if (str_is(name, f->name))
			return f;
	return NULL;
}

static struct str mapped(const struct import *im, struct str header)
{
	for (size_t i = 0; i < im->options.map_count; i++)
		if (str_eq(im->options.maps[i].left, header))
			return im->options.maps[i].right;
	return header;
}

static bool has_header(const struct csv_row *row, struct str text)
{
	for (size_t i = 0; i < row->n; i++)
		if (str_eq(row->fields[i], text))
			return true;
	return false;
}

static struct err *check_options(struct import *im, const struct csv_row *row)
{
	const struct import_options *o = &im->options;
	struct err *e = NULL;

	for (size_t i = 0; i < o->map_count; i++) {
		if (!has_header(row, o->maps[i].left))
			err_add_field(&e, im->keep, STR("--map"), "unknown",
				"The file has no column \"%.*s\".", STR_ARG(o->maps[i].left));
		if (!column_named(im, o->maps[i].right))
			err_add_field(&e, im->keep, STR("--map"), "unknown",
				"%s have no column \"%.*s\".", im->kind->name,
				STR_ARG(o->maps[i].right));
	}
	for (size_t i = 0; i < o->default_count; i++)
		if (!column_named(im, o->defaults[i].left))
			err_add_field(&e, im->keep, STR("--default"), "unknown",
				"%s have no column \"%.*s\".", im->kind->name,
				STR_ARG(o->defaults[i].left));
	return e;
}

bool import_has_column(const struct import *im, const struct field *f)
{
	for (size_t i = 0; i < im->columns; i++)
		if (im->header[i] == f)
			return true;
	for (size_t i = 0; i < im->options.default_count; i++)
		if (str_is(im->options.defaults[i].left, f->name))
			return true;
	return false;
}

/* Keys are named by the file's header or by the column that it stands for. */
static struct err *check_keys(struct import *im)
{
	struct err *e = NULL;

	for (size_t i = 0; i < im->options.key_count; i++) {
		struct str *key = &im->options.keys[i];
		const struct field *f = column_named(im, *key);

		for (size_t k = 0; k < im->columns; k++)
			if (im->header[k] && str_is(*key, im->header_text[k]))
				f = im->header[k];
		if (!f || !import_has_column(im, f))
			err_add_field(&e, im->keep, STR("--key"), "unknown",
				"No column that is used is called \"%.*s\".", STR_ARG(*key));
		else
			*key = str_of(f->name);
	}
	return e;
}

struct err *import_check_natural_key(struct import *im)
{
	if (im->options.key_count == 0 ||
		(im->options.key_count == 1 &&
			str_is(im->options.keys[0], im->kind->columns->name)))
		return NULL;
	return err_new(im->keep, ERR_USAGE, "The key of %s is their %s.", im->kind->name,
		im->kind->columns->name);
}

static struct err *check_columns(struct import *im)
{
	struct err *e = NULL;

	for (size_t i = 0; i < im->columns; i++)
		for (size_t k = 0; k < i; k++)
			if (im->header[i] && im->header[k] == im->header[i])
				err_add_field(&e, im->keep, STR("header"), "duplicate",
					"Two columns are \"%s\".", im->header[i]->name);
	for (const struct field *f = im->kind->columns; f->name; f++)
		if ((f->flags & FIELD_REQUIRED) && !import_has_column(im, f))
			err_add_field(&e, im->keep, STR("header"), "required",
				"The file has no column \"%s\".", f->name);
	return e;
}

static struct err *check_header(struct import *im, const struct csv_row *row)
{
	TRY(check_options(im, row));
	TRY(check_columns(im));
	TRY(check_keys(im));
	return im->kind->check(im);
}

/* A header that is no column is ignored with a word. */
static struct err *read_header(struct import *im, const struct csv_row *row)
{
	struct err *e;

	im->columns = row->n;
	im->header = ARENA_ARRAY(im->keep, row->n, const struct field *);
	im->header_text = ARENA_ARRAY(im->keep, row->n, const char *);
	for (size_t i = 0; i < row->n; i++) {
		im->header[i] = column_named(im, mapped(im, row->fields[i]));
		im->header_text[i] = str_cstr(im->keep, row->fields[i]);
	}
	e = check_header(im, row);
	if (e && e->code == ERR_INVALID) {
		e->code = ERR_USAGE;
		e->detail = STR("The options and the file's header do not fit each other.");
	}
	TRY(e);
	for (size_t i = 0; i < row->n; i++)
		if (!im->header[i])
			fprintf(stderr, "bincard: the column \"%s\" is not used\n",
				im->header_text[i]);
	return NULL;
}

/* ---- rows ---- */

static struct str cell_default(const struct import *im, const char *name)
{
	for (size_t i = 0; i < im->options.default_count; i++)
		if (str_is(im->options.defaults[i].left, name))
			return im->options.defaults[i].right;
	return STR_NONE;
}

/* The row's cells as names and values; lists are separated by ';' in a cell, by newlines
 * in a form. */
static struct http_pair *cells_of(struct import *im, const struct csv_row *row)
{
	struct arena *a = im->ctx.arena;
	struct http_pair *pairs = NULL;

	for (const struct field *f = im->kind->columns; f->name; f++) {
		struct str text = STR_NONE;
		struct http_pair *pair;

		for (size_t i = 0; i < row->n; i++)
			if (im->header[i] == f)
				text = row->fields[i];
		if (text.n == 0)
			text = cell_default(im, f->name);
		if (!text.p)
			continue;
		pair = ARENA_NEW(a, struct http_pair);
		*pair = (struct http_pair){str_of(f->name), str_copy(a, text), pairs};
		if (f->type == FIELD_TEXTS)
			for (char *p = (char *)pair->value.p;
				(p = memchr(p, ';', (size_t)(pair->value.p + pair->value.n - p)));)
				*p = '\n';
		pairs = pair;
	}
	return pairs;
}

static struct err *on_row(void *arg, const struct csv_row *row)
{
	struct import *im = arg;
	struct http_pair *cells;
	struct value *in;
	struct err *e;

	if (!im->header)
		return read_header(im, row);
	im->rows++;
	cells = cells_of(im, row);
	if (row->n != im->columns) {
		import_wrong(im, row->line, "", "column_count",
			str_printf(im->ctx.arena, "The row has %zu cells, the header %zu.", row->n,
				im->columns));
		TRY(im->kind->bad_row(im, row->line, NULL));
	} else {
		e = form_read_pairs(im->ctx.arena, cells, im->kind->columns, &in);
		if (e) {
			import_wrong_row(im, row->line, e);
			TRY(im->kind->bad_row(im, row->line, cells));
		} else {
			TRY(im->kind->row(im, in, cells, row->line));
		}
	}
	import_progress(im, row->bytes, false);
	return NULL;
}

void import_forget(struct import *im)
{
	arena_reset(im->ctx.arena);
}

/* ---- the whole ---- */

static struct err *open_file(struct import *im, FILE **in)
{
	struct stat st;

	*in = strcmp(im->options.file, "-") == 0 ? stdin : fopen(im->options.file, "re");
	if (!*in)
		return err_new(im->keep, ERR_USAGE, "%s cannot be read: %s", im->options.file,
			strerror(errno));
	im->progress.terminal = isatty(STDERR_FILENO);
	im->progress.started_us = im->progress.shown_us = time_monotonic_us();
	if (fstat(fileno(*in), &st) == 0 && S_ISREG(st.st_mode))
		im->progress.size = st.st_size;
	return NULL;
}

static struct err *read_rows(struct import *im, FILE *in)
{
	int64_t line;
	struct err *e = csv_read(im->keep, in, on_row, im, &line);

	/* What cannot be read may belong to the movement before it. */
	if (e && e->code == ERR_INVALID && im->header) {
		import_wrong(im, line, "", "unreadable", e->detail);
		TRY(im->kind->bad_row(im, line, NULL));
		e = NULL;
	}
	TRY(e);
	if (!im->header)
		return err_new(im->keep, ERR_USAGE, "%s is empty.", im->options.file);
	return im->kind->finish(im);
}

static struct err *run_import(struct import *im, FILE *in)
{
	struct err *e;

	if (!im->one_transaction)
		return read_rows(im, in);
	TRY(db_begin(im->ctx.db, im->keep));
	e = read_rows(im, in);
	if (e || im->options.dry_run || im->error_count) {
		db_rollback(im->ctx.db, im->keep);
		return e;
	}
	return db_commit(im->ctx.db, im->keep);
}

/* Of this run: it stands with every movement that it posts. */
static struct err *new_request_id(struct import *im)
{
	unsigned char random[8];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return err_new(im->keep, ERR_UNAVAILABLE, "There are no random numbers.");
	im->ctx.request_id = str_printf(
		im->keep, "import-%.*s", STR_ARG(str_hex(im->keep, random, sizeof(random))));
	return NULL;
}

/* Errors of an earlier run must not be taken for those of this one. */
static void remove_old_report(const struct import *im)
{
	struct stat st;

	if (lstat(im->options.errors_file, &st) == 0 && S_ISREG(st.st_mode))
		(void)remove(im->options.errors_file);
}

int import_command(struct run *run, int argc, char **argv)
{
	struct import im = {.keep = run->arena};
	FILE *in;
	struct err *e;
	int status;

	if (!read_options(&im, argc, argv))
		return command_misused(import_help);
	im.one_transaction = im.options.atomic || im.options.dry_run;
	e = open_file(&im, &in);
	if (!e)
		e = command_ctx(run, &im.ctx);
	if (!e)
		e = new_request_id(&im);
	if (e)
		return command_fail(e);
	remove_old_report(&im);
	im.ctx.arena = arena_new(BATCH_BYTES_MAX);
	e = run_import(&im, in);
	if (im.header)
		import_progress(&im, im.progress.bytes, true);
	if (im.errors && im.errors != stderr && fclose(im.errors) != 0)
		fprintf(stderr, "bincard: %s is not complete: %s\n", im.options.errors_file,
			strerror(errno));
	status = e ? command_fail(e) : im.error_count > 0;
	if (status != 2) /* else it has not begun */
		import_summary(&im);
	arena_free(im.ctx.arena);
	if (in != stdin)
		fclose(in);
	return status;
}
