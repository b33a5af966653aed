/*
 * form: declared input. One declaration serves the JSON body of an API route, the HTML form of a
 * page, the query of a GET and the OpenAPI document.
 *
 * A route row names its fields; dispatch reads them before the handler runs. All mistakes are found
 * at once: unknown names, missing ones, wrong types, too long, not UTF-8, control characters.
 * The handler gets an array of values parallel to the declaration and indexes it by an enum.
 */
#ifndef BINCARD_HTTP_FORM_H
#define BINCARD_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/qty.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "http/request.h"

enum field_type {
	FIELD_TEXT, /* one line: no control characters. In forms and queries white space at the ends
		     * is cut off, of every type but FIELD_MULTILINE and passwords */
	FIELD_MULTILINE, /* text that may hold tab and newline (CR LF of a form becomes LF) */
	FIELD_CODE, /* as typed or scanned: exact, no control characters, no space at the ends */
	FIELD_INT, /* JSON integer, or digits */
	FIELD_QTY, /* "12.5" or a JSON integer; a JSON fraction is refused (see DESIGN, Data) */
	FIELD_BOOL, /* JSON true or false; "true", "false", and a form's "on" */
	FIELD_TIME, /* RFC 3339; in HTML forms also datetime-local, read as UTC */
	FIELD_CHOICE, /* one of `choices`; num is its index */
	FIELD_TEXTS, /* array of FIELD_CODE texts; in forms one a line; in a query with commas */
	FIELD_SORT, /* one of `choices`, optionally with '-' before it; num is the index, flag
		       descending */
	FIELD_ROWS, /* array of objects with fields `row`; in forms name.N.field */
};

enum field_flags {
	FIELD_REQUIRED = 1 << 0, /* present and not empty */
	FIELD_NULLABLE = 1 << 1, /* JSON null (or empty in a form) is a value: it clears */
	FIELD_PASSWORD = 1 << 2, /* kept out of HDF and logs; never trimmed */
	FIELD_POSITIVE = 1 << 3, /* INT, QTY: > 0 */
	FIELD_NOT_NEGATIVE = 1 << 4,
	FIELD_QUERY = 1 << 5, /* read from the query even when there is a body */
};

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t max; /* text: code points; INT: largest; TEXTS and ROWS: elements */
	const char *const *choices; /* NULL-terminated */
	const struct field *row; /* FIELD_ROWS: NULL-name-terminated */
	const char *help; /* a sentence for OpenAPI */
	const char *label; /* of the control in a page's form */
};

struct value {
	bool set; /* named in the input, and not empty unless it is text in JSON; absent: false */
	bool null; /* JSON null, or a nullable form field left empty; `set` is then true as well */
	bool descending;
	struct str text; /* what was typed, for every scalar type: pages show it again */
	int64_t num; /* INT, QTY, TIME, BOOL, CHOICE, SORT */
	struct str *texts;
	struct value **rows; /* each an array parallel to field.row */
	size_t n; /* of texts or rows */
};

/* The text that was given, or STR_NONE: `text` is also what was typed into a field that counts as
 * left out. */
static inline struct str value_text(const struct value *v)
{
	return v->set ? v->text : STR_NONE;
}

/* The same for a FIELD_TIME; TIME_NONE when it is not there. */
static inline time_us value_time(const struct value *v)
{
	return v->set ? v->num : TIME_NONE;
}

enum form_source { FORM_QUERY, FORM_BODY_JSON, FORM_BODY_FORM };

/* The codes of wrong fields: required, unknown, duplicate, wrong_type, invalid_text, too_long,
 * too_many, too_few, not_a_number, too_precise, too_large, not_positive, negative, invalid_time,
 * invalid_choice. In HTML forms a field named csrf is always allowed: dispatch consumes it. Rows of
 * a form that are empty are left out; pointers count the rows that stay, as value.rows does. */

/* Number of fields of a NULL-name-terminated declaration. */
size_t form_fields(const struct field *fields);

/* Reads the request's input into *out (an arena array parallel to `fields`). Wrong fields: an
 * ERR_INVALID with all of them; for FORM_QUERY pointers are "/name" too. A body that cannot be
 * parsed: ERR_BAD_REQUEST; a body of another content type: ERR_MEDIA_TYPE. *out is filled as far as
 * possible even when an error is returned, so that a page can show what was typed. */
MUST_CHECK struct err *form_read(const struct request *rq, enum form_source source,
	const struct field *fields, struct value **out);

/* The same for names and values that are no request: a row of a CSV file, read as an HTML
 * form is. */
MUST_CHECK struct err *form_read_pairs(struct arena *a, const struct http_pair *pairs,
	const struct field *fields, struct value **out);

#endif
