#include "domain/feed.h"

struct err *feed_standing(struct ctx *c, struct feed_standing *out)
{
	return feed_store_standing(c->db, c->arena, out);
}

struct feed_host feed_host_now(const struct figures *figures)
{
	const struct feed_figures *f = figures ? &figures->feed : NULL;
	struct feed_host host = {.running = false};

	if (!f)
		return host;
	host = (struct feed_host){
		.running = feed_figures_fresh(f, time_monotonic_us()),
		.events_sent = figures_get(&f->events_sent),
		.bytes_sent = figures_get(&f->bytes_sent),
		.cut_off = figures_get(&f->cut_off),
		.lag_max_ms = atomic_load(&f->lag_max_us) / 1000,
	};
	if (!host.running) /* a process that was killed has left its numbers */
		return host;
	host.streams = figures_get(&f->streams);
	host.websockets = figures_get(&f->websockets);
	host.long_polls = figures_get(&f->long_polls);
	return host;
}

static void time_or_null(struct json_out *j, const char *name, time_us at)
{
	if (at == TIME_NONE)
		json_null(j, name);
	else
		json_time(j, name, at);
}

void feed_to_json(struct json_out *j, const struct feed_standing *s, const struct feed_host *host)
{
	json_object(j, NULL);
	json_int(j, "last", s->seq);
	if (s->oldest)
		json_int(j, "oldest", s->oldest);
	else
		json_null(j, "oldest");
	time_or_null(j, "oldest_at", s->oldest_at);
	json_int(j, "waiting", s->waiting);
	time_or_null(j, "waiting_since", s->waiting_since);
	json_int(j, "lag_ms", s->lag_ms);
	json_str(j, "holder", s->holder);
	json_time(j, "renewed_at", s->renewed_at);
	json_object(j, "host");
	json_bool(j, "running", host->running);
	json_int(j, "streams", (int64_t)host->streams);
	json_int(j, "websockets", (int64_t)host->websockets);
	json_int(j, "long_polls", (int64_t)host->long_polls);
	json_int(j, "events_sent", (int64_t)host->events_sent);
	json_int(j, "bytes_sent", (int64_t)host->bytes_sent);
	json_int(j, "cut_off", (int64_t)host->cut_off);
	json_int(j, "lag_max_ms", host->lag_max_ms);
	json_object_end(j);
	json_object_end(j);
}
