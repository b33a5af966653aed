/*
 * log: one JSON object a line, to one file descriptor, one write(2) each, so that the lines of many
 * processes do not mix. A line that would have to wait, as for a pipe that nobody reads, is lost; the
 * next one that is written says how many were. Never give it a password, token, cookie or key.
 *
 *	struct log_line l;
 *	log_begin(&l, LOG_INFO, "request");
 *	log_str(&l, "route", STR("/v1/items"));
 *	log_int(&l, "status", 200);
 *	log_end(&l);
 */
#ifndef BINCARD_BASE_LOG_H
#define BINCARD_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

#define LOG_LINE_MAX 4096 /* bytes; longer values are cut and marked with "…" */

struct log_line {
	char text[LOG_LINE_MAX];
	size_t n;
	bool off; /* below the level: every call does nothing */
	bool cut; /* a field had no room; the line says so at its end */
};

/* path "" or "-" is standard error. Opens for append; log_reopen() opens the same path again (after
 * logrotate). `process` names the writer: "worker", "supervisor", ... */
MUST_CHECK struct err *log_open(
	struct arena *a, const char *path, enum log_level level, const char *process);
void log_reopen(void);
void log_set_process(const char *process);
bool log_level_from(struct str name, enum log_level *out); /* "debug", "info", "warning", "error" */

void log_begin(struct log_line *l, enum log_level level, const char *message);
void log_str(struct log_line *l, const char *name, struct str value);
void log_int(struct log_line *l, const char *name, int64_t value);
void log_ms(struct log_line *l, const char *name,
	int64_t micros); /* printed as milliseconds, 3 decimals */
void log_end(struct log_line *l);

/* Shorthands. */
void log_text(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_err(
	enum log_level level, const char *message, const struct err *e); /* slug, detail, cause */

#endif
