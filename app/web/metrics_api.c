/* Prometheus's text format 0.0.4: of each metric a line of help, its type, and its samples. */
#include "web/metrics_api.h"

#include "domain/feed.h"
#include "domain/sink.h"
#include "web/app.h"

static void describe(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP bincard_%s %s\n# TYPE bincard_%s %s\n", name, help, name, type);
}

static void one(struct buf *b, const char *name, const char *type, const char *help, uint64_t value)
{
	describe(b, name, type, help);
	buf_printf(b, "bincard_%s %llu\n", name, (unsigned long long)value);
}

static void labelled(
	struct buf *b, const char *name, const char *label, const char *of, uint64_t value)
{
	buf_printf(b, "bincard_%s{%s=\"%s\"} %llu\n", name, label, of, (unsigned long long)value);
}

/* A time, which is counted in smaller units, in seconds. */
static void seconds(struct buf *b, const char *name, const char *type, const char *help,
	uint64_t count, unsigned in_a_second, int digits)
{
	describe(b, name, type, help);
	buf_printf(b, "bincard_%s %llu.%0*llu\n", name, (unsigned long long)(count / in_a_second),
		digits, (unsigned long long)(count % in_a_second));
}

static void add_workers(struct buf *b, const struct app_config *config)
{
	unsigned workers, busy;

	if (!config->count_workers)
		return;
	config->count_workers(config->board, &workers, &busy);
	one(b, "workers", "gauge", "Web workers of this host.", workers);
	one(b, "workers_busy", "gauge", "Web workers that are at a request.", busy);
}

static void add_requests(struct buf *b, const struct request_figures *f)
{
	static const char *const classes[FIGURES_CLASSES] = {
		"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

	describe(b, "requests_total", "counter", "Requests that were answered.");
	for (int i = 2; i < FIGURES_CLASSES; i++)
		labelled(b, "requests_total", "status", classes[i], figures_get(&f->answers[i]));
	seconds(b, "request_seconds_total", "counter", "Time that the answers took.",
		figures_get(&f->micros), 1000000, 6);
	one(b, "statements_total", "counter", "Statements of the database for them.",
		figures_get(&f->statements));
}

static void add_refusals(struct buf *b, struct rate_table *rate)
{
	if (!rate)
		return;
	describe(b, "rate_refused_total", "counter", "Requests refused by a rate limit.");
	for (int i = 0; i < RATE_GROUPS; i++)
		labelled(b, "rate_refused_total", "policy", rate_group_name((enum rate_group)i),
			figures_get(&rate->refused[i]));
}

static void add_host(struct buf *b, const struct figures *figures)
{
	const struct feed_host host = feed_host_now(figures);

	one(b, "feed_process_up", "gauge", "Whether the feed process of this host goes round.",
		host.running);
	describe(b, "feed_subscribers", "gauge", "Who is listening to the feed at this host.");
	labelled(b, "feed_subscribers", "kind", "stream", host.streams);
	labelled(b, "feed_subscribers", "kind", "websocket", host.websockets);
	labelled(b, "feed_subscribers", "kind", "long_poll", host.long_polls);
	one(b, "feed_sent_events_total", "counter", "Events sent to subscribers.",
		host.events_sent);
	one(b, "feed_sent_bytes_total", "counter", "Bytes sent to subscribers.", host.bytes_sent);
	one(b, "feed_cut_off_total", "counter", "Subscribers cut off because they were too slow.",
		host.cut_off);
	seconds(b, "feed_delivery_seconds_max", "gauge",
		"The longest time from a change to a subscriber.", (uint64_t)host.lag_max_ms, 1000,
		3);
}

static void add_feed(struct buf *b, const struct feed_standing *s)
{
	one(b, "feed_last_number", "counter", "The last number of the feed.", (uint64_t)s->seq);
	one(b, "feed_oldest_number", "gauge", "The oldest event that is kept; 0: none is.",
		(uint64_t)s->oldest);
	one(b, "feed_waiting_rows", "gauge",
		"Committed changes that have no number yet, up to 100,000.", (uint64_t)s->waiting);
	seconds(b, "feed_lag_seconds", "gauge", "How long the oldest of them has waited.",
		(uint64_t)s->lag_ms, 1000, 3);
	one(b, "feed_lease_held", "gauge", "Whether a process gives the numbers.",
		s->holder.p != NULL);
	seconds(b, "feed_lease_age_seconds", "gauge", "Since when it has not said so.",
		(uint64_t)(s->renewed_ms > 0 ? s->renewed_ms : 0), 1000, 3);
}

static int64_t figure_of(const struct sink_figures *f, size_t i)
{
	const int64_t figures[] = {
		f->active, f->paused, f->given_up, f->failing, f->behind_max, f->failing_s_max};

	return figures[i];
}

/* Those of the whole database, by kind. */
static void add_sinks(struct call *c, struct buf *b, const struct sink_figures *f, size_t n)
{
	static const char *const metrics[][2] = {
		{"sinks_active", "Webhooks and relays that events are sent to."},
		{"sinks_paused", "Those that nothing is sent to."},
		{"sinks_given_up", "Those of them that were not paused by hand."},
		{"sinks_failing", "Active ones whose last try was in vain."},
		{"sinks_behind_events_max", "Events that the slowest active one has not got."},
		{"sinks_failing_seconds_max", "For how long an active one has been failing."},
	};

	for (size_t m = 0; m < sizeof(metrics) / sizeof(*metrics); m++) {
		describe(b, metrics[m][0], "gauge", metrics[m][1]);
		for (size_t i = 0; i < n; i++)
			labelled(b, metrics[m][0], "kind", str_cstr(c->arena, f[i].kind),
				(uint64_t)figure_of(&f[i], m));
	}
}

struct err *metrics_api_get(struct call *c)
{
	const struct app_config *config = c->app->config;
	struct buf *b = &c->rs->body;
	struct sink_figures *sinks;
	struct feed_standing s;
	size_t n;

	TRY(feed_standing(&c->ctx, &s));
	TRY(sink_figures(&c->ctx, &sinks, &n));
	c->rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
	describe(b, "build_info", "gauge", "The version, as a label.");
	labelled(b, "build_info", "version", BINCARD_VERSION, 1);
	add_workers(b, config);
	if (config->figures)
		add_requests(b, &config->figures->requests);
	add_refusals(b, config->rate);
	add_host(b, config->figures);
	add_feed(b, &s);
	add_sinks(c, b, sinks, n);
	return NULL;
}
