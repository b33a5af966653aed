#include "run/import.h"

#include <errno.h>
#include <string.h>

#include "base/timestamp.h"

#define TERMINAL_EVERY_US 200000
#define LINES_EVERY_US 5000000
#define BAR_CELLS 30

static FILE *open_errors(struct import *im)
{
	static const struct str head[] = {{"line", 4}, {"column", 6}, {"code", 4}, {"reason", 6}};

	im->errors = fopen(im->options.errors_file, "we");
	if (!im->errors) {
		fprintf(stderr, "bincard: %s cannot be written (%s); errors follow here\n",
			im->options.errors_file, strerror(errno));
		im->errors = stderr;
	}
	csv_put_row(im->errors, head, 4);
	return im->errors;
}

/* As the file calls it. */
static const char *header_of(const struct import *im, const char *column)
{
	for (size_t i = 0; im->header && i < im->columns; i++)
		if (im->header[i] && strcmp(im->header[i]->name, column) == 0)
			return im->header_text[i];
	return column;
}

void import_wrong(
	struct import *im, int64_t line, const char *column, const char *code, struct str why)
{
	FILE *out = im->errors ? im->errors : open_errors(im);
	char number[24];
	struct str fields[4] = {
		{number, (size_t)snprintf(number, sizeof(number), "%lld", (long long)line)},
		str_of(header_of(im, column)), str_of(code), why};

	im->error_count++;
	if (!csv_put_row(out, fields, 4) && out != stderr) {
		fprintf(stderr, "bincard: %s cannot be written (%s); errors follow here\n",
			im->options.errors_file, strerror(errno));
		im->errors = stderr;
		csv_put_row(stderr, fields, 4);
	}
}

void import_wrong_row(struct import *im, int64_t line, const struct err *e)
{
	for (const struct err_field *f = e->fields; f; f = f->next) {
		bool rooted = str_starts(f->pointer, "/");
		struct str rest = {f->pointer.p + rooted, f->pointer.n - rooted};
		struct str column = str_cut(rest, '/', &rest); /* "/barcodes/0" */

		import_wrong(im, line, str_cstr(im->ctx.arena, column), f->code, f->detail);
	}
	if (!e->fields)
		import_wrong(im, line, "", err_slug(e->code), e->detail);
}

bool import_is_about_row(const struct err *e)
{
	return err_status(e->code) < 500 && e->code != ERR_USAGE;
}

/* "42 %, 12 s left" of a file; "" where the end is not known. */
static void tell_rest(const struct import *im, double seconds, char *out, size_t size)
{
	double part;

	out[0] = '\0';
	if (im->progress.size <= 0 || im->progress.bytes <= 0)
		return;
	part = (double)im->progress.bytes / (double)im->progress.size;
	snprintf(out, size, ", %.0f %%, %.0f s left", part * 100,
		part < 1 ? seconds * (1 - part) / part : 0.0);
}

static void show_bar(const struct import *im)
{
	double part =
		im->progress.size > 0 ? (double)im->progress.bytes / (double)im->progress.size : 0;
	int full = part < 1 ? (int)(part * BAR_CELLS) : BAR_CELLS;

	if (im->progress.size > 0)
		fprintf(stderr, "[%.*s%.*s] ", full, "##############################",
			BAR_CELLS - full, "..............................");
}

void import_progress(struct import *im, int64_t bytes, bool last)
{
	int64_t now = time_monotonic_us();
	int64_t every = im->progress.terminal ? TERMINAL_EVERY_US : LINES_EVERY_US;
	double seconds = (double)(now - im->progress.started_us + 1) / 1e6;
	char rest[64];

	im->progress.bytes = bytes;
	if (now - im->progress.shown_us < every && !(last && im->progress.terminal))
		return;
	im->progress.shown_us = now;
	tell_rest(im, seconds, rest, sizeof(rest));
	if (im->progress.terminal) {
		fputs("\r", stderr);
		show_bar(im);
	}
	fprintf(stderr, "%lld rows, %.0f rows/s%s", (long long)im->rows, (double)im->rows / seconds,
		rest);
	fputs(im->progress.terminal && !last ? "\x1b[K" : "\n", stderr);
}

void import_summary(const struct import *im)
{
	double seconds = (double)(time_monotonic_us() - im->progress.started_us + 1) / 1e6;

	printf("%s: %lld rows in %.1f s (%.0f a second): %lld added, %lld updated, %lld there already, "
	       "%lld refused\n",
		im->kind->name, (long long)im->rows, seconds, (double)im->rows / seconds,
		(long long)im->added, (long long)im->updated, (long long)im->unchanged,
		(long long)im->refused);
	if (im->refused_rows)
		printf("the refused %s have %lld rows\n", im->kind->name,
			(long long)im->refused_rows);
	if (im->error_count)
		printf("%lld errors, in %s\n", (long long)im->error_count,
			im->errors == stderr ? "the lines above" : im->options.errors_file);
	if (im->options.dry_run)
		printf("dry run: nothing was changed\n");
	else if (im->options.atomic && im->error_count)
		printf("--atomic: nothing was changed\n");
}
