#include "web/role_api.h"

#include "domain/auth.h"
#include "domain/role.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "roles"

enum { LIST_Q, LIST_LIMIT, LIST_CURSOR };

/* Of role_create_fields and role_update_fields. */
enum { ROLE_NAME, ROLE_PERMISSIONS, ROLE_SECOND_FACTOR };

/* clang-format off */
const struct field role_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = ROLE_NAME_MAX, .help = "In the name"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define ROLE_BODY(required) \
	[ROLE_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = (required), .max = ROLE_NAME_MAX, \
		.help = "Unique, whatever the case of its letters"}, \
	[ROLE_PERMISSIONS] = {.name = "permissions", .type = FIELD_TEXTS, .flags = (required), .max = PERMISSION_END, \
		.help = "What who has the role may do, such as items:read; none that you do not have yourself"}, \
	[ROLE_SECOND_FACTOR] = {.name = "second_factor", .type = FIELD_BOOL, .help = "Whether who has the role needs a second factor"}, \
	{.name = NULL}

const struct field role_create_fields[] = {ROLE_BODY(FIELD_REQUIRED)};
const struct field role_update_fields[] = {ROLE_BODY(0)};
/* clang-format on */

static struct role_input input_of(const struct value *in)
{
	return (struct role_input){
		.name = value_text(&in[ROLE_NAME]),
		.has_permissions = in[ROLE_PERMISSIONS].set,
		.permissions = in[ROLE_PERMISSIONS].texts,
		.n = in[ROLE_PERMISSIONS].n,
		.has_second_factor = in[ROLE_SECOND_FACTOR].set,
		.second_factor = in[ROLE_SECOND_FACTOR].num != 0,
	};
}

static void answer(struct call *c, const struct role *role)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return;
	j = call_json(c);
	role_to_json(&j, role);
	(void)call_etag(c, role->version);
}

struct err *role_api_list(struct call *c)
{
	int limit = list_limit(&c->in[LIST_LIMIT]);
	struct role_filter f = {.q = value_text(&c->in[LIST_Q]), .limit = limit + 1};
	struct list_cursor after, next;
	struct role_rows rows;
	struct json_out j;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &after));
	f.after_name = after.text;
	TRY(role_list(&c->ctx, &f, &rows));
	bool more = rows.n > (size_t)limit;

	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++) {
		role_to_json(&j, &rows.rows[i]);
		next = (struct list_cursor){.text = rows.rows[i].name, .id = rows.rows[i].id};
	}
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *role_api_create(struct call *c)
{
	struct role_input in = input_of(c->in);
	struct role role = {.id = 0};

	TRY(role_create(&c->ctx, &in, &role));
	answer(c, &role);
	call_made(c, "/v1/roles", role.id);
	return NULL;
}

struct err *role_api_get(struct call *c)
{
	struct role role;

	TRY(role_read(&c->ctx, c->id, &role));
	answer(c, &role);
	return NULL;
}

struct err *role_api_update(struct call *c)
{
	struct role_input in = input_of(c->in);
	struct role role;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(role_update(&c->ctx, c->id, version, &in, &role));
	auth_changed(c->app->auth);
	answer(c, &role);
	return NULL;
}

struct err *role_api_delete(struct call *c)
{
	int64_t version;

	TRY(call_if_match(c, &version));
	return role_delete(&c->ctx, c->id, version);
}
