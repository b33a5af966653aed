#include "web/relay_api.h"

#include "domain/relay.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "relays"

const char *const relay_froms[] = {"here", "oldest", "now", NULL};

enum list_field { LIST_LIMIT, LIST_CURSOR };

/* clang-format off */
const struct field relay_list_fields[] = {
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
const struct field relay_resume_fields[] = {
	{.name = "from", .type = FIELD_CHOICE, .choices = relay_froms,
		.help = "Where it goes on: here, where it stopped, unless told; the oldest event; or what comes from now on"},
	{.name = NULL},
};
/* clang-format on */

static struct err *answer(struct call *c, const struct relay *relay)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return NULL;
	j = call_json(c);
	relay_to_json(&j, relay);
	return NULL;
}

struct err *relay_api_list(struct call *c)
{
	const int limit = list_limit(&c->in[LIST_LIMIT]);
	struct list_cursor after, next = {.id = 0};
	struct relay_rows rows;
	struct json_out j;
	bool more;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &after));
	TRY(relay_list(&c->ctx, after.id, limit + 1, &rows));
	more = rows.n > (size_t)limit;
	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++) {
		relay_to_json(&j, &rows.rows[i]);
		next.id = rows.rows[i].sink.id;
	}
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *relay_api_get(struct call *c)
{
	struct relay relay;

	TRY(relay_read(&c->ctx, c->id, &relay));
	return answer(c, &relay);
}

struct err *relay_api_pause(struct call *c)
{
	struct relay relay = {.target = STR_NONE};
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(relay_pause(&c->ctx, c->id, version, &relay));
	return answer(c, &relay);
}

struct err *relay_api_resume(struct call *c)
{
	struct relay relay = {.target = STR_NONE};
	enum relay_from from = RELAY_FROM_HERE;
	int64_t version;

	TRY(call_if_match(c, &version));
	if (c->input_err)
		return c->input_err;
	if (c->in[0].set)
		from = (enum relay_from)c->in[0].num;
	TRY(relay_resume(&c->ctx, c->id, version, from, &relay));
	return answer(c, &relay);
}
