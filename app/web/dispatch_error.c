/*
 * What an error becomes: a page for people, problem+json for programs, or a better place to be sent to.
 */
#include "base/log.h"
#include "http/problem.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/oauth.h"
#include "web/page.h"

/* Whether an error is for a person: a page's route, or no route and a browser that asks
 * for HTML. */
static bool wants_page(const struct call *c)
{
	struct str accept = request_header(c->rq, "accept");

	if (c->route)
		return c->route->kind == ROUTE_PAGE;
	if (str_starts(c->rq->path, "/v1/") || str_starts(c->rq->path, "/oauth2/"))
		return false;
	for (size_t i = 0; i + 9 <= accept.n; i++)
		if (str_starts((struct str){accept.p + i, accept.n - i}, "text/html"))
			return true;
	return false;
}

static bool is_read(const struct call *c)
{
	return c->rq->method == HTTP_GET || c->rq->method == HTTP_HEAD;
}

/* The page that a form or a button belongs to: the one at its own address or else the next above it.
 * There is one: the overview. */
static struct str page_above(const struct call *c)
{
	struct str path = c->rq->path;

	while (path.n > 1) {
		int row = router_find(c->app->router, HTTP_GET, path).row;

		if (row >= 0 && routes[row].kind == ROUTE_PAGE)
			return path;
		while (path.n > 1 && path.p[path.n - 1] != '/')
			path.n--;
		if (path.n > 1)
			path.n--;
	}
	return STR("/");
}

/* Where to sign in, and to go afterwards. What a form sent is lost: that is said there. */
static struct str login_address(struct call *c)
{
	bool lost = !is_read(c) && c->route->input;
	struct str next = is_read(c) ? c->rq->target : page_above(c);
	struct str query = next.n > 1
		? str_printf(c->arena, "next=%.*s", STR_ARG(http_escape(c->arena, next)))
		: STR("");

	return str_printf(c->arena, "/login%s%s%s%.*s", lost || query.n ? "?" : "",
		lost ? "lost=true" : "", lost && query.n ? "&" : "", STR_ARG(query));
}

/* A form's address that is loaded again, or typed. */
static bool is_read_of_form(const struct call *c, const struct err *e)
{
	int row;

	if (e->code != ERR_METHOD || !is_read(c))
		return false;
	row = router_find(c->app->router, HTTP_POST, c->rq->path).row;
	return row >= 0 && routes[row].kind == ROUTE_PAGE;
}

/* Where an error is better answered than here; STR_NONE: here. */
static struct str better_place(struct call *c, const struct err *e)
{
	if (e->code == ERR_UNAUTHENTICATED && c->route && c->route->auth == AUTH_SESSION)
		return login_address(c);
	if (e->code == ERR_OWED && c->route && c->route->kind == ROUTE_PAGE)
		return c->who.owes & OWES_PASSWORD ? STR("/account")
						   : STR("/account/second-factor");
	if (is_read_of_form(c, e))
		return page_above(c);
	return STR_NONE;
}

/* RFC 6750 section 3.1: a client learns which scope its token lacks. */
static void add_scope_challenge(struct call *c, const struct err *e)
{
	if (e->code != ERR_FORBIDDEN || !c->route ||
		(c->who.kind != PRINCIPAL_CLIENT && c->who.kind != PRINCIPAL_FOREIGN) ||
		c->route->permission == PERM_NONE)
		return;
	response_header_str(c->rs, "WWW-Authenticate",
		str_printf(c->arena,
			"Bearer realm=\"bincard\", error=\"insufficient_scope\", scope=\"%s\"",
			permission_name(c->route->permission)));
}

void dispatch_error(struct call *c, struct err *e)
{
	struct str elsewhere;

	if (db_in_transaction(c->app->db)) {
		log_text(LOG_ERROR, "a handler left a transaction open: %s",
			c->route ? c->route->path : "no route");
		db_rollback(c->app->db, c->arena);
	}
	response_clear(c->rs);
	elsewhere = better_place(c, e);
	if (elsewhere.p) {
		response_redirect(c->rs, 303, elsewhere);
		return;
	}
	if (wants_page(c)) {
		if (!c->route && e->code != ERR_RATE)
			dispatch_recognise(c);
		page_error(c, e);
	} else if (c->route && route_signs_client_in(c->route)) {
		oauth_render(c, e);
	} else {
		problem_render(c->rs, c->rq, e);
		add_scope_challenge(c, e);
	}
	if (e->code == ERR_METHOD)
		response_header_str(c->rs, "Allow", c->allow);
	if (err_status(e->code) >= 500)
		log_err(err_status(e->code) == 503 ? LOG_WARNING : LOG_ERROR, "request failed", e);
}
