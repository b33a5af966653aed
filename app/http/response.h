/*
 * response: the whole answer, collected before a byte of it is sent.
 */
#ifndef BINCARD_HTTP_RESPONSE_H
#define BINCARD_HTTP_RESPONSE_H

#include "base/buf.h"
#include "base/str.h"

#define RESPONSE_BODY_MAX ((size_t)16 * 1024 * 1024)

struct response {
	struct arena *arena;
	int status; /* 0: not set yet */
	struct buf headers; /* "Name: value\r\n"... */
	struct buf body;
	const char *content_type; /* NULL: no body */
	const char *cache_control; /* NULL: what dispatch thinks right */
};

void response_init(struct response *rs, struct arena *a);
/* Forgets body and headers, for an answer that turns into an error. */
void response_clear(struct response *rs);
/* CR, LF and NUL in the value are an assert for static text; for others use response_header_str,
 * which replaces them by spaces. */
void response_header(struct response *rs, const char *name, const char *value);
void response_header_str(struct response *rs, const char *name, struct str value);
/* A percent-encoded local path: begins with "/" and not "//" (asserted). */
void response_redirect(struct response *rs, int status, struct str path);

/* To another site: "https://...", or "http://..." (asserted). */
void response_leave(struct response *rs, int status, struct str url);

struct cookie {
	const char *name;
	struct str value;
	int max_age_s; /* -1: until the browser ends; 0: delete now */
	bool secure;
};
/* HttpOnly; SameSite=Lax; Path=/ */
void response_cookie(struct response *rs, const struct cookie *c);

/* Percent-encodes for a query value or a path segment (RFC 3986 unreserved stays). */
struct str http_escape(struct arena *a, struct str s);

#endif
