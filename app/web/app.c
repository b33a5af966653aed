#include "web/app.h"

#include <assert.h>

#include "domain/flag.h"
#include "domain/sso.h"
#include "web/dispatch.h"
#include "web/openapi.h"
#include "web/page.h"
#include "web/route.h"

static bool has_one_rate(unsigned flags)
{
	unsigned rate =
		flags & (ROUTE_RATE_NONE | ROUTE_RATE_READ | ROUTE_RATE_SIGN_IN | ROUTE_RATE_TOKEN);

	return (rate & (rate - 1)) == 0;
}

/* A row that forgets something does not boot. */
static void check_row(const struct route *r)
{
	assert(r->path[0] == '/' && r->summary && r->handler);
	assert(r->auth != AUTH_UNSET);
	assert(r->kind == ROUTE_API || r->kind == ROUTE_PAGE);
	assert(r->status >= 200 && r->status < 400);
	assert(!(r->flags & ROUTE_NO_DB) || r->auth == AUTH_PUBLIC);
	assert(r->permission == PERM_NONE || r->auth != AUTH_PUBLIC);
	assert(has_one_rate(r->flags));
	/* whether it is on stands in the database */
	assert(route_feature(r) < FLAG_END);
	assert(route_feature(r) == FLAG_NONE || !(r->flags & ROUTE_NO_DB));
	/* a page that changes something has a form, and so a CSRF token */
	assert(r->kind == ROUTE_API || !(r->method & HTTP_UNSAFE) || (r->flags & ROUTE_FORM_BODY));
}

static struct router *make_router(struct arena *boot)
{
	struct router *router = router_new(boot);

	for (size_t i = 0; i < route_count; i++) {
		check_row(&routes[i]);
		router_add(router, routes[i].method, routes[i].path, (int)i);
	}
	return router;
}

struct err *app_new(
	struct arena *boot, const struct app_config *config, struct db *db, struct app **out)
{
	struct app *app = ARENA_NEW(boot, struct app);

	app->config = config;
	app->boot = boot;
	app->db = db;
	app->names = names_new(boot);
	app->ways_in.passwords = !config->no_passwords;
	if (config->sso)
		app->ways_in.issuer = str_of(sso_settings(config->sso)->source.issuer);
	app->flags = flags_new(boot, config->generation);
	app->auth = config->auth;
	app->router = make_router(boot);
	TRY(templates_load(boot, config->templates_dir, &app->templates));
	TRY(openapi_make(boot, config->openapi_dir, app_cookie_name(app), &app->openapi));
	*out = app;
	return NULL;
}
