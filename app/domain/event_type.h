/*
 * event_type: what the feed tells of: resources, and each type of event. Whatever announces a change names a type
 * that is here (domain/change.c asserts it, scripts/lint/events.sh compares).
 */
#ifndef BINCARD_DOMAIN_EVENT_TYPE_H
#define BINCARD_DOMAIN_EVENT_TYPE_H

#include <stddef.h>

#include "base/str.h"
#include "domain/permission.h"

#define EVENT_OF_BALANCE "bincard.stock_level.changed.v1"

struct event_resource {
	const char *name, *path; /* "stock_level", "stock-levels" */
	enum permission permission; /* that one needs to see it */
	const char *schema; /* of its events' data, in openapi/schemas.json */
};

struct event_type {
	const char *name; /* "bincard.item.updated.v1" */
	const char *summary; /* when there is one: a sentence without its full stop */
};

extern const struct event_resource event_resources[];
extern const size_t event_resource_count;
/* Those of a resource stand together. */
extern const struct event_type event_types[];
extern const size_t event_type_count;

/* By its name, "stock_level"; NULL: the feed does not tell of it. */
const struct event_resource *event_resource_of(struct str name);
const struct event_type *event_type_of(struct str name);
/* Every type has one. */
const struct event_resource *event_type_resource(const struct event_type *type);

#endif
