/*
 * json_in: reads JSON (RFC 8259) into nodes in an arena. Wraps jansson, which only json_in.c
 * includes. Refused: duplicate names, NUL in text, invalid UTF-8, text after the value, nesting
 * over JSON_IN_DEPTH_MAX, integers outside int64, more than JSON_IN_VALUES_MAX values (a small text
 * of many empty containers would need a hundred times its size in memory).
 */
#ifndef BINCARD_BASE_JSON_IN_H
#define BINCARD_BASE_JSON_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JSON_IN_DEPTH_MAX 64
#define JSON_IN_VALUES_MAX 50000

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json_node {
	enum json_type type;
	struct str name; /* inside an object */
	struct str text; /* JSON_TEXT */
	int64_t num; /* JSON_INT; JSON_BOOL as 0 or 1 */
	struct json_node *child; /* first of an array or object, in the order of the text */
	struct json_node *next;
	size_t count; /* children */
};

/* ERR_BAD_REQUEST with line and column on anything that is not JSON; ERR_TOO_LARGE on too many
 * values. The nodes do not refer to `text`. */
MUST_CHECK struct err *json_parse(struct arena *a, struct str text, struct json_node **out);
/* The member of an object, or NULL. */
const struct json_node *json_member(const struct json_node *object, const char *name);

#endif
