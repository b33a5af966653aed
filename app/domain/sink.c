#include "domain/sink.h"

#include "base/secret.h"

/* ---- what it gets ---- */

struct err *sink_events(const struct ctx *c, const struct sink *sink, int64_t after, int limit,
	size_t data_max, struct event_page *out)
{
	struct principal who = {
		.kind = PRINCIPAL_SYSTEM, .name = STR("system"), .actor = STR("system")};
	struct str types[EVENT_TYPES_MAX], rest = sink->types;
	struct event_query q = {.after = after, .limit = limit, .data_max = data_max};
	struct ctx reader = *c;

	while (rest.n && q.type_count < EVENT_TYPES_MAX)
		types[q.type_count++] = str_cut(rest, ',', &rest);
	if (q.type_count)
		q.types = types;
	permission_parse(sink->permissions, &who.permissions);
	reader.who = &who;
	return event_list(&reader, &q, out);
}

struct err *sink_figures(struct ctx *c, struct sink_figures **out, size_t *n)
{
	return sink_store_figures(c->db, c->arena, out, n);
}

/* ---- failures ---- */

int64_t sink_delay_ms(int64_t tries)
{
	int64_t delay = SINK_DELAY_FIRST_MS;
	uint32_t chance;

	while (tries-- > 0 && delay < SINK_DELAY_MAX_MS)
		delay *= 2;
	if (delay > SINK_DELAY_MAX_MS)
		delay = SINK_DELAY_MAX_MS;
	secret_random(&chance, sizeof(chance));
	return delay + chance % (delay / 4);
}

bool sink_is_other(const struct sink *now, const struct sink *read)
{
	return now->version != read->version || now->seq != read->seq;
}

struct str sink_error(struct arena *a, struct str text)
{
	struct buf b;

	buf_init(&b, a, SINK_ERROR_MAX);
	while (text.n && b.n + 4 <= SINK_ERROR_MAX) {
		size_t step = str_utf8_step(text);
		bool shown = step > 1 || (step == 1 && (unsigned char)text.p[0] >= ' ');

		if (shown)
			buf_add(&b, text.p, step);
		else
			buf_add_char(&b, '?');
		step += !step;
		text.p += step;
		text.n -= step;
	}
	return b.n ? buf_str(&b) : STR("");
}
