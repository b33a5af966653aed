/* Rate limits: which bucket a request takes from, and what the answer says of it
 * (draft-ietf-httpapi-ratelimit-headers). */
#include "base/timestamp.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/route.h"

static enum rate_group group_of(const struct call *c)
{
	const struct route *r = c->route;
	bool read = (c->rq->method & HTTP_UNSAFE) == 0;

	if (!r)
		return RATE_API_READ;
	if (r->flags & ROUTE_RATE_NONE)
		return RATE_NONE;
	if (r->flags & ROUTE_RATE_SIGN_IN)
		return RATE_SIGN_IN;
	if (r->flags & ROUTE_RATE_TOKEN)
		return RATE_TOKEN;
	if (r->flags & ROUTE_RATE_READ)
		read = true;
	if (r->kind == ROUTE_PAGE)
		return read ? RATE_PAGE_READ : RATE_PAGE_WRITE;
	return read ? RATE_API_READ : RATE_API_WRITE;
}

static struct rate_who whose(struct call *c, enum rate_group group)
{
	struct rate_who who = {.group = group, .region = RATE_KNOWN, .name = c->who.actor};

	if (c->who.kind == PRINCIPAL_NONE) {
		who.region = RATE_STRANGERS;
		who.name = address_rate_name(c->arena, c->rq->remote_addr);
	}
	return who;
}

struct err *dispatch_limit(struct call *c)
{
	const struct app_config *config = c->app->config;
	enum rate_group group = group_of(c);
	struct rate_who who;
	struct err *e;

	if (!config->rate || group == RATE_NONE || config->rates[group].quota == 0)
		return NULL;
	who = whose(c, group);
	c->rate_group = group;
	c->rate_policy = &config->rates[group];
	if (rate_take(config->rate, &who, c->rate_policy, time_monotonic_us(), &c->rate_left))
		return NULL;
	e = err_new(c->arena, ERR_RATE, "Come again in %u %s.", c->rate_left.retry_in_s,
		c->rate_left.retry_in_s == 1 ? "second" : "seconds");
	e->retry_after_s = (int)c->rate_left.retry_in_s;
	return e;
}

void dispatch_rate_headers(struct call *c)
{
	const char *name;

	if (!c->rate_policy)
		return;
	name = rate_group_name(c->rate_group);
	response_header_str(c->rs, "RateLimit-Policy",
		str_printf(c->arena, "\"%s\";q=%u;w=%u", name, c->rate_policy->quota,
			c->rate_policy->window_s));
	response_header_str(c->rs, "RateLimit",
		str_printf(c->arena, "\"%s\";r=%u;t=%u", name, c->rate_left.tokens,
			c->rate_left.tokens ? c->rate_left.full_in_s : c->rate_left.retry_in_s));
}
