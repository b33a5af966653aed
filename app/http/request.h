/*
 * request: one HTTP request as the rest of bincard sees it, parsed and in the arena.
 * Made by http/fcgi.c from FastCGI parameters (and by tests and fuzzers from text). Routing reads
 * REQUEST_URI alone: lighttpd, mod_fcgid and mod_proxy_fcgi all pass it unchanged.
 */
#ifndef BINCARD_HTTP_REQUEST_H
#define BINCARD_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PUT = 1 << 3,
	HTTP_PATCH = 1 << 4,
	HTTP_DELETE = 1 << 5,
	HTTP_OPTIONS = 1 << 6,
	HTTP_OTHER = 1 << 7,
};
#define HTTP_UNSAFE (HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE)

struct http_pair {
	struct str name;
	struct str value;
	struct http_pair *next;
};

#define HTTP_PAIRS_MAX \
	10000 /* query parameters or form fields; more is ERR_BAD_REQUEST. \
	       * 1,000 lines of up to 8 fields fit */
#define HTTP_PATH_MAX 1024
#define HTTP_HEADER_MAX 8192 /* one value */
/* Of credentials so much is kept: more than any that are taken have, so that they are refused as
 * credentials are, with 401. */
#define HTTP_CREDENTIALS_MAX (HTTP_HEADER_MAX + 64)

struct request {
	struct arena *arena;
	enum http_method method;
	struct str method_name;
	struct str target; /* REQUEST_URI as it came */
	struct str path; /* before '?', percent-decoded once; always begins with '/'. An encoded
			  * slash is refused: after decoding it would separate segments. "//" and
			  * ".." stay as they are and match no route */
	struct http_pair *query; /* decoded, in order; '+' is a space */
	struct str body; /* at most body_bytes_max */
	struct str content_type; /* media type in lower case, without parameters; STR_NONE without
				    one */
	struct str remote_addr;
	bool https;
	struct str host;
	struct str id; /* for X-Request-Id: the client's when well-formed, else new */
	struct http_pair *headers;
	struct err *broken; /* set when the request cannot be read (bad escape, too large, short
			     * body): dispatch answers it */
};

/* A request header by its lower-case name, such as "if-match"; STR_NONE when absent. */
struct str request_header(const struct request *rq, const char *name);
/* The client's address as text, at most REQUEST_ADDRESS_MAX bytes; STR_NONE when what the web server says
 * is none. */
#define REQUEST_ADDRESS_MAX 45 /* as long as IPv6 is written at most */
struct str request_address(const struct request *rq);
/* The first query parameter of that name; STR_NONE when absent. */
struct str request_query(const struct request *rq, const char *name);

/* The parsers, each with a fuzz target. All refuse invalid UTF-8 and NUL with ERR_BAD_REQUEST. */
MUST_CHECK struct err *request_parse_target(struct request *rq); /* target -> path and query */
/* application/x-www-form-urlencoded, for query and body. */
MUST_CHECK struct err *http_parse_pairs(struct arena *a, struct str text, struct http_pair **out);
/* The value of one cookie in a Cookie header (RFC 6265 section 4.2.1); STR_NONE when absent. When a
 * name stands there more than once the first counts. */
struct str http_cookie(struct str header, const char *name);
/* The token of "Bearer <token68>" (RFC 6750 section 2.1); STR_NONE when the header is anything
 * else. */
struct str http_bearer(struct str header);
/* "Basic <base64>" (RFC 7617), user and password form-decoded (RFC 6749 section 2.3.1). */
bool http_basic(struct arena *a, struct str header, struct str *user, struct str *password);
/* Whether an If-Match or If-None-Match list names the tag (RFC 9110 section 13.1); `weak` compares
 * weakly. "*" matches. */
bool http_etag_matches(struct str header, struct str etag, bool weak);
/* The version in an If-Match of one strong tag "7" or "7-anything" (see call_etag); "*" gives 0.
 * False on anything else. What follows the version does not count: it tells representations apart,
 * and web servers that compress add to it. */
bool http_etag_version(struct str header, int64_t *version);

/* The header traceparent (W3C Trace Context) when it can be read; else STR_NONE. */
struct str request_traceparent(const struct request *rq);

#endif
