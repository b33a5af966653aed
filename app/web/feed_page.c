#include "web/feed_page.h"

#include "domain/feed.h"
#include "web/app.h"
#include "web/page.h"

#define LATE_MS 5000 /* from here on something is wrong */

/* "4 ms", "1.2 s", "3 minutes" */
static const char *span(struct arena *a, int64_t ms)
{
	if (ms < 1000)
		return arena_printf(a, "%lld ms", (long long)ms);
	if (ms < 120000)
		return arena_printf(
			a, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	if (ms < (int64_t)120 * 60000)
		return arena_printf(a, "%lld minutes", (long long)(ms / 60000));
	return arena_printf(a, "%lld hours", (long long)(ms / 3600000));
}

static const char *bytes(struct arena *a, uint64_t n)
{
	if (n < 10240)
		return arena_printf(a, "%llu bytes", (unsigned long long)n);
	if (n < (uint64_t)10 << 20)
		return arena_printf(a, "%llu KiB", (unsigned long long)(n >> 10));
	return arena_printf(a, "%llu MiB", (unsigned long long)(n >> 20));
}

static void show_host(struct call *c)
{
	const struct feed_host host = feed_host_now(c->app->config->figures);

	if (host.running)
		page_set_cstr(c, "host.running", "1");
	page_set_int(c, "host.streams", (int64_t)host.streams);
	page_set_int(c, "host.websockets", (int64_t)host.websockets);
	page_set_int(c, "host.long_polls", (int64_t)host.long_polls);
	page_set_int(c, "host.events_sent", (int64_t)host.events_sent);
	page_set_cstr(c, "host.bytes_sent", bytes(c->arena, host.bytes_sent));
	page_set_int(c, "host.cut_off", (int64_t)host.cut_off);
	page_set_cstr(c, "host.lag_max", span(c->arena, host.lag_max_ms));
}

static void show_standing(struct call *c, const struct feed_standing *s)
{
	page_set_int(c, "feed.last", s->seq);
	if (s->oldest) {
		page_set_int(c, "feed.oldest", s->oldest);
		page_set_time(c, "feed.oldest_at", s->oldest_at);
	}
	page_set_int(c, "feed.waiting", s->waiting);
	if (s->waiting == FEED_WAITING_MAX)
		page_set_cstr(c, "feed.waiting_more", "1");
	if (s->waiting_since != TIME_NONE)
		page_set_time(c, "feed.waiting_since", s->waiting_since);
	page_set_cstr(c, "feed.lag", span(c->arena, s->lag_ms));
	if (s->lag_ms > LATE_MS)
		page_set_cstr(c, "feed.late", "1");
	if (s->holder.p)
		page_set(c, "feed.held_by", s->holder);
	page_set_time(c, "feed.renewed_at", s->renewed_at);
	page_set_cstr(c, "feed.renewed_ago", span(c->arena, s->renewed_ms));
	if (!s->holder.p || s->renewed_ms > LATE_MS)
		page_set_cstr(c, "feed.unheld", "1");
}

struct err *feed_page_show(struct call *c)
{
	struct feed_standing s;

	TRY(feed_standing(&c->ctx, &s));
	show_standing(c, &s);
	show_host(c);
	page_api(c, "/v1/feed");
	page_template(c, "feed/show", "Feed");
	return NULL;
}
