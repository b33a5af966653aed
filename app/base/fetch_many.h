/*
 * fetch_many: sends bodies to other servers by POST, many at a time, without waiting for any of them. Wraps
 * libcurl's multi interface, beside fetch.c.
 *
 * Where it may send to is decided for the address that is connected to, after the name was resolved: public ones,
 * and those that the configuration allows. A redirect is an answer like any other. No cookie is kept, the
 * environment's proxies are not heeded, a server's certificate is always checked. Through a proxy the names are
 * the proxy's to resolve, and its to refuse.
 */
#ifndef BINCARD_BASE_FETCH_MANY_H
#define BINCARD_BASE_FETCH_MANY_H

#include <stdbool.h>

#include "base/network.h"
#include "base/str.h"

#define FETCH_MANY_KEPT_MAX ((size_t)4 << 10) /* of an answer, and of its header */
#define FETCH_MANY_ANSWER_MAX ((size_t)64 << 10) /* longer ones are none */
#define FETCH_MANY_ERROR_MAX 256

struct fetch_many_config {
	const char *proxy; /* NULL: none */
	int timeout_ms; /* for a whole request */
	bool allow_http;
	struct networks allow; /* beside the public ones */
};

/* One request. The caller fills the first part, and keeps it and what it refers to until it is done. */
struct fetch_sending {
	struct arena *arena;
	struct str url, body;
	const char *const *headers; /* "Name: value", ends with NULL */
	/* When it is done: */
	bool done;
	int status; /* 0: there was no whole answer, and `error` says why */
	struct str answer, answer_header; /* their beginning */
	int64_t micros;
	char error[FETCH_MANY_ERROR_MAX]; /* never has a part of url, header or body */
	struct fetch_transfer *transfer; /* fetch_many's own; NULL: not under way */
};

struct fetch_many;

struct fetch_many *fetch_many_new(struct arena *boot, const struct fetch_many_config *config);
void fetch_many_free(struct fetch_many *m); /* cancels what is under way */

/* Whether an address may be sent to as far as its text tells: https, or http where that is allowed; a host, which is
 * not an address that is refused anyway; no user name, no fragment. *why: a sentence, when it may not. */
bool fetch_many_may_send(
	struct arena *a, const struct fetch_many_config *config, struct str url, const char **why);

void fetch_many_begin(struct fetch_many *m, struct fetch_sending *s);
/* As if it had never begun; nothing for one that is not under way. */
void fetch_many_cancel(struct fetch_many *m, struct fetch_sending *s);
/* Lets all go on, without waiting; some may be done then. */
void fetch_many_step(struct fetch_many *m);
/* To wait on: readable when there is something to do, or when so many milliseconds have passed. */
int fetch_many_fd(const struct fetch_many *m);
int fetch_many_wait_ms(const struct fetch_many *m, int most);

#endif
