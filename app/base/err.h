/*
 * err: the error is a value; NULL is success.
 *
 * `detail` is safe to show to whoever asked. `cause` goes to the log only. `fields` names each
 * wrong field by JSON Pointer (RFC 6901), all at once. An error is returned up and rendered in one
 * place (web/dispatch.c for requests, run/main.c for commands). Errors live in the arena that made
 * them.
 */
#ifndef BINCARD_BASE_ERR_H
#define BINCARD_BASE_ERR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* clang-format off */
/*    code                    status  slug                       title */
#define ERR_TABLE(X) \
	X(ERR_BAD_REQUEST,        400, "bad-request",             "The request cannot be read") \
	X(ERR_UNAUTHENTICATED,    401, "unauthenticated",         "Sign-in needed") \
	X(ERR_INVALID_TOKEN,      401, "invalid-token",           "The access token is not valid") \
	X(ERR_INVALID_GRANT,      400, "invalid-grant",           "The grant is not valid") \
	X(ERR_INVALID_CLIENT,     401, "invalid-client",          "Client authentication failed") \
	X(ERR_FORBIDDEN,          403, "forbidden",               "Not permitted") \
	X(ERR_OWED,               403, "account-unfinished",      "Something about your account comes first") \
	X(ERR_CSRF,               403, "csrf",                    "The form is out of date") \
	X(ERR_NOT_FOUND,          404, "not-found",               "Not found") \
	X(ERR_METHOD,             405, "method-not-allowed",      "Method not allowed") \
	X(ERR_NOT_ACCEPTABLE,     406, "not-acceptable",          "No such representation") \
	X(ERR_CONFLICT,           409, "conflict",                "The request conflicts with the present state") \
	X(ERR_INSUFFICIENT_STOCK, 409, "insufficient-stock",      "Not enough stock") \
	X(ERR_EXPECTATION,        409, "unexpected-quantity",     "The quantity is not the one expected") \
	X(ERR_DUPLICATE,          409, "duplicate",               "Already in use") \
	X(ERR_IN_FLIGHT,          409, "request-in-flight",       "The first request with this key is still running") \
	X(ERR_GONE,               410, "gone",                    "No longer kept") \
	X(ERR_PRECONDITION,       412, "precondition-failed",     "Changed by somebody else meanwhile") \
	X(ERR_TOO_LARGE,          413, "content-too-large",       "The request is too large") \
	X(ERR_MEDIA_TYPE,         415, "unsupported-media-type",  "Content type not supported") \
	X(ERR_INVALID,            422, "invalid-fields",          "Some fields are not valid") \
	X(ERR_KEY_REUSED,         422, "idempotency-key-reused",  "The idempotency key was used for another request") \
	X(ERR_UPGRADE,            426, "upgrade-required",        "Another protocol needed") \
	X(ERR_PRECONDITION_NEEDED,428, "precondition-required",   "If-Match needed") \
	X(ERR_RATE,               429, "too-many-requests",       "Too many requests") \
	X(ERR_INTERNAL,           500, "internal",                "Internal error") \
	X(ERR_UNAVAILABLE,        503, "unavailable",             "Temporarily unavailable") \
	X(ERR_TIMEOUT,            503, "timeout",                 "The request took too long") \
	/* what the configuration names is refused or unusable: a process does not start with it */ \
	X(ERR_SETUP,              503, "unavailable",             "Temporarily unavailable") \
	/* never shown: the store and domain layers handle these */ \
	X(ERR_DB_DUPLICATE_KEY,   500, "internal",                "Internal error") \
	X(ERR_DB_CHECK,           500, "internal",                "Internal error") \
	X(ERR_DB_REFERENCED,      500, "internal",                "Internal error") \
	X(ERR_DB_DEADLOCK,        503, "unavailable",             "Temporarily unavailable") \
	X(ERR_DB_LOCK_WAIT,       503, "unavailable",             "Temporarily unavailable") \
	X(ERR_DB_LOST,            503, "unavailable",             "Temporarily unavailable") \
	X(ERR_DB_REFUSED,         500, "internal",                "Internal error") \
	X(ERR_DB_STALE,           500, "internal",                "Internal error") \
	/* the command line: a mistake of whoever typed it or wrote the configuration */ \
	X(ERR_USAGE,              400, "usage",                   "Usage")
/* clang-format on */

enum err_code {
#define X(code, status, slug, title) code,
	ERR_TABLE(X)
#undef X
		ERR_CODES
};

struct err_field {
	struct str pointer; /* "/lines/0/quantity"; "" is the whole body */
	const char *code; /* "required", "too_long", "insufficient_stock", ... static text */
	struct str detail;
	struct str extra_name; /* at most one more member, such as available: "3"; may be absent */
	struct str extra_value; /* always written as a JSON string */
	struct err_field *next;
};

struct err {
	enum err_code code;
	struct str detail;
	struct str cause; /* for the log: an SQL error, a file name, ...; never a secret */
	struct err_field *fields, **fields_end;
	unsigned field_count;
	int retry_after_s; /* 0: none */
	struct arena *arena;
};

int err_status(enum err_code code);
const char *err_slug(enum err_code code);
const char *err_title(enum err_code code);

/* A new error; fmt is the detail that may be shown. */
__attribute__((format(printf, 3, 4), warn_unused_result)) struct err *err_new(
	struct arena *a, enum err_code code, const char *fmt, ...);

/* Adds a cause for the log; returns e. */
__attribute__((format(printf, 2, 3))) struct err *err_because(struct err *e, const char *fmt, ...);

/* Adds a wrong field. When *e is NULL it becomes an ERR_INVALID error first, so that a check of
 * many fields is a run of calls and one return. At most ERR_FIELDS_MAX fields are kept; field_count
 * counts all. The new field is returned (NULL when over the maximum) so that extras can be set. */
#define ERR_FIELDS_MAX 1000
__attribute__((format(printf, 5, 6))) struct err_field *err_add_field(struct err **e,
	struct arena *a, struct str pointer, const char *code, const char *fmt, ...);

/* Both errors as one, either of which may be NULL: adds to `first` those fields of `more` of which it
 * says nothing yet, be it of the field itself or of what it stands in. */
struct err *err_join(struct err *first, struct err *more);

/* The only control-flow macro: hand an error up. */
#define TRY(call)                              \
	do {                                   \
		struct err *try_err_ = (call); \
		if (try_err_)                  \
			return try_err_;       \
	} while (0)

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
