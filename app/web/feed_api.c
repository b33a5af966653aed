#include "web/feed_api.h"

#include "domain/feed.h"
#include "web/app.h"

struct err *feed_api_get(struct call *c)
{
	const struct feed_host host = feed_host_now(c->app->config->figures);
	struct feed_standing s;
	struct json_out j;

	TRY(feed_standing(&c->ctx, &s));
	j = call_json(c);
	feed_to_json(&j, &s, &host);
	return NULL;
}
