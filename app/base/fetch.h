/*
 * fetch: asks another server for a document over HTTPS. Wraps libcurl, which only fetch.c includes.
 *
 * Every request has a time limit and a size limit. A redirect is an answer like any other status: it is
 * never followed, so that what was asked is what answered. Only https is spoken; http to this host's
 * loopback address alone, and only when the request allows it (tests, a demo). No cookie is kept, the
 * environment's proxies are not heeded, and a server's certificate is always checked.
 */
#ifndef BINCARD_BASE_FETCH_H
#define BINCARD_BASE_FETCH_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define FETCH_CONNECT_MS_MAX 2000
#define FETCH_BYTES_MAX ((size_t)256 << 10)
#define FETCH_URL_MAX 2000

struct fetch_config {
	const char *proxy; /* "http://proxy.example:3128"; NULL: none */
	int timeout_ms; /* for all that belongs together, as metadata and keys do */
};

struct fetch_request {
	const struct fetch_config *config;
	struct str url;
	const char *ca_file; /* PEM, in the place of the system's authorities; NULL: those */
	bool allow_http; /* to a loopback address */
	int timeout_ms; /* for this request; connecting has FETCH_CONNECT_MS_MAX of it at most */
	struct str form; /* sent by POST as a form; STR_NONE: GET */
	struct str user, password; /* HTTP Basic; STR_NONE: none */
	struct str bearer; /* an access token for the Authorization header; STR_NONE: none */
};

struct fetch_answer {
	int status;
	struct str body; /* at most FETCH_BYTES_MAX */
};

/* An answer of any status, redirects too. ERR_UNAVAILABLE, with the reason as its cause: no answer in
 * time, one that is too large, a certificate that does not fit, an address that may not be asked. The
 * cause has no part of the form, the password or the token. */
MUST_CHECK struct err *fetch(
	struct arena *a, const struct fetch_request *rq, struct fetch_answer *out);

/* The same for a JSON document: anything but status 200 is an error as well. */
MUST_CHECK struct err *fetch_document(
	struct arena *a, const struct fetch_request *rq, struct str *body);

/* Whether fetch() would ask it: https, or http to loopback where that is allowed; a host, no user name
 * or password in it, no fragment. */
bool fetch_may_ask(struct arena *a, struct str url, bool allow_http);

#endif
