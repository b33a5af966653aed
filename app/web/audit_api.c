#include "web/audit_api.h"

#include "domain/audit.h"
#include "web/list_fields.h"

enum {
	LIST_ACTOR,
	LIST_APP,
	LIST_ACTION,
	LIST_RESOURCE,
	LIST_RESOURCE_ID,
	LIST_FROM,
	LIST_BEFORE,
	LIST_LIMIT,
	LIST_CURSOR
};

/* clang-format off */
const struct field audit_list_fields[] = {
	[LIST_ACTOR] = {.name = "actor", .type = FIELD_TEXT, .max = 120,
			.help = "By user:7, client:3, foreign:9, system or anonymous; or by who had this name at the time"},
	[LIST_APP] = {.name = "app", .type = FIELD_CODE, .max = 40, .help = "What this client (client:3) did for members of staff"},
	[LIST_ACTION] = {.name = "action", .type = FIELD_CODE, .max = 40, .help = "created, updated, signed_in, ..."},
	[LIST_RESOURCE] = {.name = "resource", .type = FIELD_CODE, .max = 32, .help = "item, user, client, ..."},
	[LIST_RESOURCE_ID] = {.name = "resource_id", .type = FIELD_CODE, .max = 64, .help = "Of the one with this id"},
	[LIST_FROM] = {.name = "from", .type = FIELD_TIME, .help = "Then or later"},
	[LIST_BEFORE] = {.name = "before", .type = FIELD_TIME, .help = "Earlier"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
/* clang-format on */

static struct audit_filter filter_from_input(
	const struct value *in, const struct list_cursor *cursor)
{
	struct audit_filter f = {
		.app = value_text(&in[LIST_APP]),
		.resource = value_text(&in[LIST_RESOURCE]),
		.resource_id = value_text(&in[LIST_RESOURCE_ID]),
		.action = value_text(&in[LIST_ACTION]),
		.from = value_time(&in[LIST_FROM]),
		.before = value_time(&in[LIST_BEFORE]),
		.after_id = cursor->id,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};

	audit_filter_actor(&f, value_text(&in[LIST_ACTOR]));
	return f;
}

struct err *audit_api_list(struct call *c)
{
	size_t limit = (size_t)list_limit(&c->in[LIST_LIMIT]), shown;
	struct list_cursor cursor, next = {.text = STR_NONE};
	struct audit_filter f;
	struct audit_rows rows;
	struct json_out j;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], "audit log", &cursor));
	f = filter_from_input(c->in, &cursor);
	TRY(audit_list(&c->ctx, &f, &rows));
	shown = rows.n > limit ? limit : rows.n;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < shown; i++)
		audit_to_json(&j, &rows.rows[i]);
	if (shown)
		next.id = rows.rows[shown - 1].id;
	list_end(c, &j, "audit log", rows.n > limit ? &next : NULL);
	return NULL;
}
