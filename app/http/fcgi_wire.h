/*
 * fcgi_wire: the parts of the FastCGI side that need no libfcgi: parameters in, records out, and
 * the request's deadline. For http/fcgi.c and tests alone.
 */
#ifndef BINCARD_HTTP_FCGI_WIRE_H
#define BINCARD_HTTP_FCGI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "http/request.h"
#include "http/response.h"

/* ---- parameters ---- */

#define FCGI_LENGTH_UNKNOWN (-1)

/* Fills rq from "NAME=value" strings, in one pass. Names and the media type are made lower case in
 * place; all views point into envp, which must live as long as rq. Sets rq->broken when something
 * is wrong. Returns CONTENT_LENGTH or FCGI_LENGTH_UNKNOWN. */
int64_t fcgi_params_read(struct request *rq, char **envp);

/* ---- request ids ---- */

/* Takes new randomness; to be called after each fork. */
void request_id_seed(void);
/* The client's id when it is 8 to 64 of [A-Za-z0-9._-], else 32 new hexadecimal digits. */
struct str request_id_choose(struct arena *a, struct str from_client);

/* ---- records ---- */

#define FCGI_HEAD_MAX 512

const char *http_reason(int status);
/* "Status: ...", Content-Type, Content-Length and X-Request-Id; the fields of rs->headers
 * follow. */
struct str fcgi_head(char out[static FCGI_HEAD_MAX], const struct response *rs, struct str id);
/* Sends the whole answer and the end of the request with as few system calls as it takes. False
 * when the peer has gone. */
bool fcgi_send(int fd, int request_id, const struct str *parts, size_t parts_n);
/* The bytes of a record header, without padding: nothing needs to be copied for it. */
void fcgi_record(unsigned char out[static 8], int type, int request_id, size_t content);

#define FCGI_TYPE_END 3
#define FCGI_TYPE_STDOUT 6

/* ---- the deadline ---- */

/*
 * One timer a process, armed only when it is not running, so that a request costs no system call:
 * when it fires early for the present request, its handler arms it again for what is left. The
 * handler uses async-signal-safe calls only.
 *
 * While the request is being read the handler answers 503, if it knows the request's id, and shuts
 * the connection down, so that reading fails and the worker goes on. Later it answers 503 when no
 * byte was sent yet, and ends the process with status 75.
 */
#define DEADLINE_EXIT_STATUS 75

/* `request_id` is read by the handler: 0 as long as the peer has not named one. */
MUST_CHECK struct err *deadline_open(struct arena *a, const volatile int *request_id);
void deadline_close(void);
void deadline_reading(int fd, int64_t until_monotonic_us);
/* False when the time ran out while reading: the connection has been answered. */
bool deadline_serving(struct str id);
void deadline_sending(void);
void deadline_done(void);

#endif
