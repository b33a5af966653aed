/*
 * form_value: reads one declared scalar or list. Only form.c uses it; others use form.h.
 */
#ifndef BINCARD_HTTP_FORM_VALUE_H
#define BINCARD_HTTP_FORM_VALUE_H

#include "base/json_in.h"
#include "http/form.h"

#define FORM_LIST_TEXT_MAX 255 /* code points of one element of FIELD_TEXTS */

/* Where a value stands. The JSON Pointer is written only when it is wrong. */
struct form_place {
	const struct form_place *up; /* NULL: the whole input */
	struct str name; /* STR_NONE: an element, at `index` */
	size_t index;
};

/* What came in for one field, before it is looked at. */
struct form_raw {
	bool seen;
	bool query; /* text of a query: FIELD_TEXTS are comma separated */
	struct str text; /* from a form or a query */
	const struct json_node *node; /* from JSON; NULL otherwise */
	struct form_raw **rows; /* FIELD_ROWS of a form: by N, NULL where there is none */
};

struct form_reader {
	struct arena *arena;
	struct err *err; /* all wrong fields so far */
};

/* Adds a wrong field. `code` is static text. */
__attribute__((format(printf, 4, 5))) void form_wrong(struct form_reader *r,
	const struct form_place *place, const char *code, const char *fmt, ...);

/* Decides whether the field has a value to read: false when it is absent, empty or null. Sets
 * v->set, v->null and v->text, and reports what is required or may not be null. */
bool form_value_present(struct form_reader *r, const struct field *f,
	const struct form_place *place, const struct form_raw *raw, struct value *v);

/* Every type but FIELD_ROWS, once it is present. */
void form_value_read(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v);

#endif
