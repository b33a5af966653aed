#include "web/flag_api.h"

#include "domain/flag.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "feature flags"

enum { LIST_LIMIT, LIST_CURSOR };
const struct field flag_list_fields[] = {
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

enum { FLAG_STATE, FLAG_SHARE };
/* clang-format off */
const struct field flag_update_fields[] = {
	[FLAG_STATE] = {.name = "state", .type = FIELD_CHOICE, .choices = flag_state_names,
		.help = "For everybody, for nobody, or for some percent of the users and clients"},
	[FLAG_SHARE] = {.name = "percent", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = 100,
		.help = "With the state percent: of how many of them"},
	{.name = NULL},
};
/* clang-format on */

static void answer(struct call *c, const struct flag_row *flag)
{
	struct json_out j = call_json(c);

	flag_to_json(&j, flag);
	(void)call_etag(c, flag->version);
}

struct err *flag_api_list(struct call *c)
{
	size_t limit = (size_t)list_limit(&c->in[LIST_LIMIT]), shown;
	struct list_cursor cursor, next = {.text = STR_NONE};
	struct flag_rows rows;
	struct json_out j;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &cursor));
	TRY(flag_list(&c->ctx, cursor.id, (int)limit + 1, &rows));
	shown = rows.n > limit ? limit : rows.n;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < shown; i++)
		flag_to_json(&j, &rows.rows[i]);
	if (shown)
		next.id = rows.rows[shown - 1].id;
	list_end(c, &j, LIST_NAME, rows.n > limit ? &next : NULL);
	return NULL;
}

struct err *flag_api_get(struct call *c)
{
	struct flag_row flag;

	TRY(flag_read(&c->ctx, c->id, &flag));
	answer(c, &flag);
	return NULL;
}

struct err *flag_api_update(struct call *c)
{
	const struct flag_input in = {
		.has_state = c->in[FLAG_STATE].set,
		.state = (enum flag_state)c->in[FLAG_STATE].num,
		.has_percent = c->in[FLAG_SHARE].set,
		.percent = c->in[FLAG_SHARE].num,
	};
	struct flag_row flag;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(flag_update(&c->ctx, c->app->flags, c->id, version, &in, &flag));
	answer(c, &flag);
	return NULL;
}
