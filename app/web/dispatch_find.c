/* Which row of the table a request is for. */
#include "domain/flag.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/route.h"

struct err *dispatch_nothing(struct call *c)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is nothing at this address.");
}

/* Leaves out those of routes that are off. */
static struct err *methods_there(struct call *c, unsigned *methods)
{
	for (unsigned method = 1; method <= *methods; method <<= 1) {
		struct route_match m = router_find(c->app->router, method, c->rq->path);
		enum flag flag = m.row < 0 ? FLAG_NONE : route_feature(&routes[m.row]);

		if (flag == FLAG_NONE)
			continue;
		TRY(flags_refresh(c->app->flags, &c->ctx));
		if (flag_is_off(c->app->flags, flag))
			*methods &= ~method;
	}
	return NULL;
}

struct err *dispatch_find(struct call *c)
{
	struct route_match m = router_find(c->app->router, c->rq->method, c->rq->path);

	if (m.row < 0)
		TRY(methods_there(c, &m.methods));
	if (m.methods == 0)
		return dispatch_nothing(c);
	if (m.row < 0) {
		c->allow = router_allow(c->arena, m.methods);
		return err_new(c->arena, ERR_METHOD, "Use %.*s.", STR_ARG(c->allow));
	}
	c->route = &routes[m.row];
	c->id = m.id;
	return NULL;
}
