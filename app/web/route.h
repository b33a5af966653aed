/*
 * route: the whole URL space as one const table (web/routes.c), the policy in the row, and one
 * dispatcher (web/dispatch.c) that enforces it. A handler checks nothing that a row can say.
 *
 * To add a page or an API route see CONTRIBUTING.md.
 */
#ifndef BINCARD_WEB_ROUTE_H
#define BINCARD_WEB_ROUTE_H

#include <assert.h>

#include "base/err.h"
#include "base/json_out.h"
#include "base/rate.h"
#include "domain/ctx.h"
#include "domain/flag.h"
#include "http/form.h"
#include "http/request.h"
#include "http/response.h"

struct app; /* web/app.h: what lives as long as the process */

enum route_kind { ROUTE_API = 1, ROUTE_PAGE };

enum route_auth {
	AUTH_UNSET, /* does not boot */
	AUTH_PUBLIC,
	AUTH_API, /* bearer token, or a session (then CSRF by X-CSRF-Token on unsafe methods) */
	AUTH_SESSION, /* pages: without a session a GET goes to /login */
	/* An API client that signs itself in as RFC 6749 has it, and is refused in its form; a public one,
	 * which has no secret, only where the first stands. */
	AUTH_CLIENT,
	AUTH_CLIENT_SECRET,
	AUTH_API_SESSION, /* API, a session alone: a token's client has nothing there (403) */
};

enum route_flags {
	ROUTE_ONCE = 1 << 0, /* takes Idempotency-Key */
	ROUTE_IF_MATCH =
		1 << 1, /* needs If-Match: 428 without; the handler reads it with call_if_match() */
	ROUTE_JSON_BODY = 1 << 2, /* input is the JSON body */
	ROUTE_FORM_BODY = 1 << 3, /* input is an HTML form (or RFC 6749's) */
	ROUTE_QUERY = 1 << 4, /* input is the query */
	/* The handler runs even when fields are wrong (call->input_err). A page shows them beside the
	 * typed values. Of a JSON body they are in call->ctx.mistakes, and the domain refuses with all
	 * that it finds besides. */
	ROUTE_SHOW_ERRORS = 1 << 5,
	ROUTE_NO_DB = 1 << 6, /* works while the database is away */
	ROUTE_MAY_MATCH = 1 << 7, /* heeds If-Match when it is sent */
	ROUTE_ETAG = 1 << 8, /* the handler ends with call_etag() */
	ROUTE_OWING = 1
		<< 9, /* also for who must set up a second factor first (enum owes in domain/ctx.h) */
	ROUTE_OWING_PASSWORD = 1 << 10, /* also for who must change the password first */
	ROUTE_WATCH = 1
		<< 11, /* a program may ask it all day: a session is not used by it, and ends when it is idle */
	/* Rate limits (base/rate.h): the group follows from kind and method unless one of these says
	 * otherwise. */
	ROUTE_RATE_NONE = 1 << 16, /* never limited */
	ROUTE_RATE_READ = 1 << 17, /* a read, whatever its method */
	ROUTE_RATE_SIGN_IN = 1 << 18,
	ROUTE_RATE_TOKEN = 1 << 19,
	/* The bits from here on are a feature flag's: ROUTE_FEATURE() */
	ROUTE_FEATURE_SHIFT = 24,
};

/* The route is there only for whom the flag is on; for others the address has nothing. */
#define ROUTE_FEATURE(flag) ((unsigned)(flag) << ROUTE_FEATURE_SHIFT)

struct oauth_request;
struct call;
struct page;
typedef struct err *handler_fn(struct call *c);

struct route {
	enum http_method method;
	const char *path;
	enum route_kind kind;
	enum route_auth auth;
	enum permission permission; /* PERM_NONE: any signed-in caller (or anybody: AUTH_PUBLIC) */
	unsigned flags;
	int status; /* of a success */
	int statements_max; /* round trips to the database, those of signing in not counted */
	handler_fn *handler;
	const struct field *input; /* NULL: takes none, and any is an error */
	const char *summary; /* a sentence: OpenAPI and /docs */
	const char *answer; /* schema name of the answer; NULL: none */
	const char *deprecated; /* NULL, or the date for Deprecation (RFC 9745), "@1767225600" */
	const char *sunset; /* NULL, or an HTTP date (RFC 8594) */
};

static inline enum flag route_feature(const struct route *r)
{
	assert(r);
	return (enum flag)(r->flags >> ROUTE_FEATURE_SHIFT);
}

/* Whether a client signs itself in by the request: RFC 6749 has a form of its own for the refusals. */
static inline bool route_signs_client_in(const struct route *r)
{
	return r->auth == AUTH_CLIENT || r->auth == AUTH_CLIENT_SECRET;
}

extern const struct route routes[];
extern const size_t route_count;

/* One request on its way through a handler. */
struct call {
	struct app *app;
	const struct route *route;
	const struct request *rq;
	struct response *rs;
	struct arena *arena;
	struct ctx ctx;
	struct principal who;
	int64_t id; /* {id} of the path */
	struct value *in; /* parallel to route->input; NULL when the row has none */
	struct err *input_err; /* only with ROUTE_SHOW_ERRORS */
	const struct oauth_request *oauth; /* AUTH_CLIENT and AUTH_CLIENT_SECRET: web/oauth.h */
	bool refused; /* signing in has answered already */
	struct str csrf; /* of the session; STR_NONE without one */
	struct page *page; /* pages: web/page.h */
	struct str allow; /* with ERR_METHOD */
	struct str
		form_target; /* where a form of the page may lead beside here; STR_NONE: nowhere */
	unsigned sign_in_statements;
	const struct rate_policy *rate_policy; /* the one that this request came under, or NULL */
	enum rate_group rate_group;
	struct rate_left rate_left;
	const char *made; /* call_made() */
	int64_t made_id;
};

/* An optional id of the input; 0: none is given. One that is given but cannot be read (input_err says
 * so) is an id that nothing has, so that it does not pass for none. */
int64_t call_id_of(const struct value *v);

/* Starts the JSON answer: writes into rs->body; json_init has been done. Content type and status
 * are set by dispatch from the row. */
struct json_out call_json(struct call *c);
/* What a POST has made stands at `path`/`id`: for Location. Of a replay, id 0 is the stored answer's. */
void call_made(struct call *c, const char *path, int64_t id);
/* The whole answer is `json` already. */
void call_json_text(struct call *c, struct str json);
/* Called last, when the body is written: ETag of a version and of what the body shows
 * ("\"7-1f2e3d4c...\""), because an item's quantity or the name of its category changes without its
 * version. 304 without a body when If-None-Match has it: returns true then. */
bool call_etag(struct call *c, int64_t version);
/* The version that If-Match names, for the domain function to compare inside its transaction (so
 * that a retry with a known key is answered first): 0 when there is none, or "*". */
MUST_CHECK struct err *call_if_match(struct call *c, int64_t *version);

/* Lists: limit (default 50, at most 200) and cursor. A cursor is opaque base64url JSON that holds
 * the sort and the last row's key; one made for another sort or list is ERR_INVALID at "/cursor".
 */
#define LIST_LIMIT_DEFAULT 50
#define LIST_LIMIT_MAX 200
struct list_cursor {
	struct str text; /* last row's sort value; STR_NONE on the first page */
	int64_t num; /* when the sort value is a number or time */
	int64_t id; /* last row's id; 0 on the first page */
};
MUST_CHECK struct err *list_cursor_read(
	struct call *c, const struct value *cursor, const char *list, struct list_cursor *out);
/* Ends {"data":[...], adds next_cursor and has_more, and the Link header. `next` NULL:
 * last page. */
void list_end(struct call *c, struct json_out *j, const char *list, const struct list_cursor *next);
/* The opaque text of a cursor, for pages. */
struct str list_cursor_text(struct call *c, const char *list, const struct list_cursor *next);

#endif
