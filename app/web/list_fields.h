/*
 * list_fields: the fields that every list takes, for `struct field` declarations of list routes.
 */
#ifndef BINCARD_WEB_LIST_FIELDS_H
#define BINCARD_WEB_LIST_FIELDS_H

#include "web/route.h"

#define LIST_FIELD_LIMIT                                                                  \
	{                                                                                 \
		.name = "limit", .type = FIELD_INT, .flags = FIELD_POSITIVE,              \
		.max = LIST_LIMIT_MAX, .help = "Rows wanted; 50 unless told, at most 200" \
	}
#define LIST_FIELD_CURSOR                                          \
	{                                                          \
		.name = "cursor", .type = FIELD_CODE, .max = 4000, \
		.help = "next_cursor of the page before"           \
	}

/* The limit asked for, or the default. */
static inline int list_limit(const struct value *limit)
{
	return limit->set ? (int)limit->num : LIST_LIMIT_DEFAULT;
}

#endif
