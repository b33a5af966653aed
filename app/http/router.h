/*
 * router: finds the row for a path. Patterns are "/v1/items/{id}" with at most two parameters; {id}
 * matches a positive decimal int64, {name} any one non-empty segment. A literal segment wins over a
 * parameter. Built once at boot from the whole table into a tree by segment.
 */
#ifndef BINCARD_HTTP_ROUTER_H
#define BINCARD_HTTP_ROUTER_H

#include "base/arena.h"
#include "base/str.h"
#include "http/request.h"

struct router;

struct route_match {
	int row; /* index of the row, or -1 */
	unsigned methods; /* all methods of that path: for 405, Allow; 0 means 404 */
	int64_t id; /* {id}; 0 when the pattern has none */
	struct str segment; /* {name} */
};

struct router *router_new(struct arena *boot);
/* Adds a row; asserts that method and pattern are not there yet. A GET row answers HEAD too. */
void router_add(struct router *r, enum http_method method, const char *pattern, int row);
struct route_match router_find(const struct router *r, enum http_method method, struct str path);
/* "GET, HEAD, POST" for an Allow header. */
struct str router_allow(struct arena *a, unsigned methods);

#endif
