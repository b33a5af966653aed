/*
 * Who asks: by the session's cookie, a bearer token, or as an API client. And what is owed before anything else.
 */
#include "domain/auth.h"
#include "domain/flag.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/oauth.h"

const char *app_cookie_name(const struct app *app)
{
	return app->config->secure_cookies ? "__Host-bincard" : "bincard";
}

const char *app_pending_cookie_name(const struct app *app)
{
	return app->config->secure_cookies ? "__Host-bincard-code" : "bincard-code";
}

const char *app_sso_cookie_name(const struct app *app)
{
	return app->config->secure_cookies ? "__Host-bincard-sso" : "bincard-sso";
}

static struct str session_cookie(const struct call *c)
{
	return http_cookie(request_header(c->rq, "cookie"), app_cookie_name(c->app));
}

static struct err *sign_in_with_session(struct call *c)
{
	struct str cookie = session_cookie(c);

	if (!cookie.p)
		return err_new(c->arena, ERR_UNAUTHENTICATED, "Sign in first.");
	return auth_session(c->app->auth, &c->ctx, cookie, &c->who, &c->csrf);
}

void dispatch_recognise(struct call *c)
{
	if (!session_cookie(c).p)
		return;
	if (db_ready(c->app->db, c->arena) || sign_in_with_session(c) ||
		flags_refresh(c->app->flags, &c->ctx))
		c->who = (struct principal){.kind = PRINCIPAL_NONE};
}

static struct err *sign_in_to_api(struct call *c)
{
	struct str authorization = request_header(c->rq, "authorization");
	struct str token;

	if (!authorization.p)
		return sign_in_with_session(c);
	token = http_bearer(authorization);
	if (!token.p)
		return err_new(c->arena, ERR_INVALID_TOKEN, "Send the token as \"Bearer TOKEN\".");
	return auth_bearer(c->app->auth, &c->ctx, token, &c->who);
}

struct err *dispatch_sign_in(struct call *c)
{
	switch (c->route->auth) {
	case AUTH_PUBLIC:
		if (route_feature(c->route) != FLAG_NONE && c->route->kind == ROUTE_PAGE)
			dispatch_recognise(c); /* a link to it is shown by who it is, too */
		return NULL;
	case AUTH_SESSION:
		return sign_in_with_session(c);
	case AUTH_CLIENT:
	case AUTH_CLIENT_SECRET:
		return oauth_sign_in(c);
	case AUTH_API:
		return sign_in_to_api(c);
	case AUTH_API_SESSION:
		TRY(sign_in_to_api(c));
		if (c->who.session)
			return NULL;
		return err_new(c->arena, ERR_FORBIDDEN, "An API client has no sessions.");
	case AUTH_UNSET:
		break;
	}
	assert(!"a route without auth does not boot");
	return NULL;
}

/* Over pages and API alike: what has to be done first, and signing out, is all that there is. */
struct err *dispatch_check_owed(struct call *c)
{
	assert(c->route);
	if (c->route->auth == AUTH_PUBLIC) /* nobody is kept from what is open to anybody */
		return NULL;
	if (c->who.owes & OWES_PASSWORD) {
		if (c->route->flags & ROUTE_OWING_PASSWORD)
			return NULL;
		return err_new(c->arena, ERR_OWED,
			"Your password has to be changed first: do that at /account.");
	}
	if (!c->who.owes || (c->route->flags & ROUTE_OWING))
		return NULL;
	return err_new(c->arena, ERR_OWED,
		"Your role needs a second factor: set it up at /account/second-factor.");
}

struct err *app_sign_in_again(struct app *app, const struct request *rq, struct principal *who)
{
	struct once once = {.key = STR_NONE};
	struct call c = {.app = app, .rq = rq, .arena = rq->arena};

	c.ctx = (struct ctx){
		.arena = rq->arena,
		.db = app->db,
		.who = &c.who,
		.once = &once,
		.request_id = rq->id,
		.names = app->names,
		.ways_in = app->ways_in,
		.watching = true,
		.in_event_loop = true,
	};
	TRY(db_ready(app->db, rq->arena));
	TRY(sign_in_to_api(&c));
	if (c.who.owes)
		return err_new(rq->arena, ERR_OWED, "Something about your account comes first.");
	*who = c.who;
	return NULL;
}
