#include "web/user_api.h"

#include "domain/location.h"
#include "domain/role.h"
#include "domain/second_factor.h"
#include "domain/user.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "users"

enum { LIST_Q, LIST_STATUS, LIST_ROLE, LIST_LIMIT, LIST_CURSOR };
enum { ROLE_ROLE, ROLE_LOCATION };
enum { CREATE_NAME, CREATE_DISPLAY_NAME, CREATE_ROLES };
enum { UPDATE_DISPLAY_NAME, UPDATE_ROLES };

const char *const user_status_names[] = {"active", "disabled", NULL};

/* clang-format off */
const struct field user_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = USER_DISPLAY_NAME_MAX, .help = "In the name or the display name"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = user_status_names, .help = "Of this status"},
	[LIST_ROLE] = {.name = "role", .type = FIELD_TEXT, .max = ROLE_NAME_MAX, .help = "Who have the role of this name, anywhere"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

static const struct field role_fields[] = {
	[ROLE_ROLE] = {.name = "role", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = ROLE_NAME_MAX, .help = "Name of the role"},
	[ROLE_LOCATION] = {.name = "location", .type = FIELD_CODE, .flags = FIELD_NULLABLE, .max = LOCATION_CODE_MAX,
		.help = "Code of the location at and below which it is given; null: everywhere"},
	{.name = NULL},
};

#define DISPLAY_NAME {.name = "display_name", .type = FIELD_TEXT, .max = USER_DISPLAY_NAME_MAX, .help = "What others see"}
#define ROLES {.name = "roles", .type = FIELD_ROWS, .max = USER_ROLES_MAX, .row = role_fields, \
	.help = "All roles of the user; none with more permissions than your own"}

const struct field user_create_fields[] = {
	[CREATE_NAME] = {.name = "name", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = USER_NAME_MAX,
		.help = "What is typed to sign in: unique, whatever the case of its letters; it never changes"},
	[CREATE_DISPLAY_NAME] = DISPLAY_NAME,
	[CREATE_ROLES] = ROLES,
	{.name = NULL},
};
const struct field user_update_fields[] = {
	[UPDATE_DISPLAY_NAME] = DISPLAY_NAME,
	[UPDATE_ROLES] = ROLES,
	{.name = NULL},
};
/* clang-format on */

static void read_roles(struct call *c, const struct value *v, struct user_input *in)
{
	struct user_role_input *roles = ARENA_ARRAY(c->arena, v->n, struct user_role_input);

	for (size_t i = 0; i < v->n; i++)
		roles[i] = (struct user_role_input){
			.role = v->rows[i][ROLE_ROLE].text,
			.location = v->rows[i][ROLE_LOCATION].null
				? STR_NONE
				: value_text(&v->rows[i][ROLE_LOCATION]),
		};
	in->has_roles = v->set;
	in->roles = roles;
	in->role_count = v->n;
}

static void answer(struct call *c, const struct user *user)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return;
	j = call_json(c);
	user_to_json(&j, user);
	(void)call_etag(c, user->version);
}

struct err *user_api_list(struct call *c)
{
	const struct value *in = c->in;
	int limit = list_limit(&in[LIST_LIMIT]);
	struct user_filter f = {
		.q = value_text(&in[LIST_Q]),
		.status = in[LIST_STATUS].set ? user_status_names[in[LIST_STATUS].num] : NULL,
		.role = value_text(&in[LIST_ROLE]),
		.limit = limit + 1,
	};
	struct list_cursor after, next;
	struct user_rows rows;
	struct json_out j;

	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &after));
	f.after_name = after.text;
	TRY(user_list(&c->ctx, &f, &rows));
	bool more = rows.n > (size_t)limit;

	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++) {
		user_to_json(&j, &rows.rows[i]);
		next = (struct list_cursor){.text = rows.rows[i].name, .id = rows.rows[i].id};
	}
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *user_api_create(struct call *c)
{
	const struct value *in = c->in;
	struct user_input input = {
		.name = value_text(&in[CREATE_NAME]),
		.display_name = value_text(&in[CREATE_DISPLAY_NAME]),
	};
	struct user user = {.id = 0};

	read_roles(c, &in[CREATE_ROLES], &input);
	TRY(user_add(&c->ctx, auth_settings(c->app->auth), &input, &user));
	answer(c, &user);
	call_made(c, "/v1/users", user.id);
	return NULL;
}

struct err *user_api_get(struct call *c)
{
	struct user user;

	TRY(user_read(&c->ctx, c->id, &user));
	answer(c, &user);
	return NULL;
}

static struct err *changed(struct call *c, const struct user *user)
{
	auth_changed(c->app->auth);
	answer(c, user);
	return NULL;
}

struct err *user_api_update(struct call *c)
{
	struct user_input input = {.display_name = value_text(&c->in[UPDATE_DISPLAY_NAME])};
	struct user user;
	int64_t version;

	TRY(call_if_match(c, &version));
	read_roles(c, &c->in[UPDATE_ROLES], &input);
	TRY(user_update(&c->ctx, c->id, version, &input, &user));
	return changed(c, &user);
}

static struct err *set_active(struct call *c, bool active)
{
	struct user user = {.id = 0};
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(user_set_active(&c->ctx, c->id, version, active, &user));
	return changed(c, &user);
}

struct err *user_api_disable(struct call *c)
{
	return set_active(c, false);
}

struct err *user_api_enable(struct call *c)
{
	return set_active(c, true);
}

struct err *user_api_force_password(struct call *c)
{
	struct user user = {.id = 0};
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(user_force_password(&c->ctx, auth_settings(c->app->auth), c->id, version, &user));
	return changed(c, &user);
}

struct err *user_api_end_sessions(struct call *c)
{
	TRY(user_end_sessions(&c->ctx, c->id));
	auth_changed(c->app->auth);
	return NULL;
}

struct err *user_api_remove_second_factor(struct call *c)
{
	TRY(second_factor_remove_of(&c->ctx, c->id));
	auth_changed(c->app->auth);
	return NULL;
}

struct str user_invitation_link(struct call *c, struct str token)
{
	return str_printf(
		c->arena, "%s/invitation?token=%.*s", c->app->config->public_url, STR_ARG(token));
}

/* The link is nowhere but in this answer: a retry makes another. */
struct err *user_api_invite(struct call *c)
{
	struct invitation invitation;
	struct json_out j;

	TRY(user_invite(&c->ctx, auth_settings(c->app->auth), c->id, &invitation));
	c->rs->cache_control = "no-store";
	j = call_json(c);
	json_object(&j, NULL);
	json_str(&j, "link", user_invitation_link(c, invitation.token));
	json_time(&j, "expires_at", invitation.expires_at);
	json_object_end(&j);
	return NULL;
}
