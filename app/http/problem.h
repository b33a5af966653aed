/*
 * problem: renders an error as application/problem+json (RFC 9457).
 */
#ifndef BINCARD_HTTP_PROBLEM_H
#define BINCARD_HTTP_PROBLEM_H

#include "base/err.h"
#include "base/json_out.h"
#include "http/request.h"
#include "http/response.h"

/* Clears rs and fills it: status, type "/problems/<slug>", title, status, detail, instance (the
 * request id), errors. WWW-Authenticate (RFC 6750 section 3) on 401, Retry-After where the error
 * has one. A 5xx shows no detail beyond its title. */
void problem_render(struct response *rs, const struct request *rq, const struct err *e);

/* The body of it, as a member `name` of something else; NULL: as the whole. */
void problem_to_json(struct json_out *j, const char *name, struct arena *a, const struct err *e,
	struct str instance);

/* All of that but the body and its type, for endpoints with a form of their own. */
void problem_head(struct response *rs, const struct err *e);

#endif
