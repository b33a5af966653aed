#include "domain/sink.h"

#include <string.h>

#include "base/secret.h"

/* ---- what it gets ---- */

static bool fits(struct str pattern, struct str type)
{
	bool begins = pattern.n && pattern.p[pattern.n - 1] == '*';

	pattern.n -= begins;
	return begins ? pattern.n <= type.n && memcmp(pattern.p, type.p, pattern.n) == 0
		      : str_eq(pattern, type);
}

bool sink_wants(struct str types, struct str type)
{
	if (!types.n)
		return true;
	while (types.n) {
		if (fits(str_cut(types, ',', &types), type))
			return true;
	}
	return false;
}

struct err *sink_events(const struct ctx *c, const struct sink *sink, int64_t after, int limit,
	struct event_page *out)
{
	bool one = sink->types.n && !memchr(sink->types.p, ',', sink->types.n);
	struct principal who = {
		.kind = PRINCIPAL_SYSTEM, .name = STR("system"), .actor = STR("system")};
	struct ctx reader = *c;
	const struct event_query q = {
		.after = after,
		.types = one ? &sink->types : NULL,
		.type_count = one,
		.limit = limit,
	};
	size_t n = 0;

	permission_parse(sink->permissions, &who.permissions);
	reader.who = &who;
	TRY(event_list(&reader, &q, out));
	for (size_t i = 0; i < out->n; i++)
		if (sink_wants(sink->types, out->events[i].type))
			out->events[n++] = out->events[i];
	out->n = n;
	return NULL;
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
