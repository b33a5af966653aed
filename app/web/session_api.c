#include "web/session_api.h"

#include "domain/session.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "sessions"

enum { LIMIT, CURSOR };
const struct field session_list_fields[] = {
	[LIMIT] = LIST_FIELD_LIMIT,
	[CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

struct err *session_api_list(struct call *c)
{
	int limit = list_limit(&c->in[LIMIT]);
	struct list_cursor after, next;
	struct session_rows rows;
	struct json_out j;

	TRY(list_cursor_read(c, &c->in[CURSOR], LIST_NAME, &after));
	TRY(session_list(c->app->auth, &c->ctx, after.id, limit + 1, &rows));
	bool more = rows.n > (size_t)limit;

	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		session_to_json(&j, &c->ctx, &rows.rows[i]);
	next = (struct list_cursor){.id = rows.n ? rows.rows[rows.n - 1].id : 0};
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *session_api_end(struct call *c)
{
	return session_end(c->app->auth, &c->ctx, c->id);
}
