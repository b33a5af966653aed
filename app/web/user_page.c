#include "web/user_page.h"

#include "domain/location.h"
#include "domain/role.h"
#include "domain/second_factor.h"
#include "domain/user.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/page.h"
#include "web/role_page.h"
#include "web/user_api.h"

#define LIST_NAME "users page"
#define ROLES_MORE 2 /* empty rows of a form */

/* ---- the list ---- */

enum { LIST_Q, LIST_ROLE, LIST_STATUS, LIST_CURSOR, LIST_DONE };
const struct field user_page_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = USER_DISPLAY_NAME_MAX},
	[LIST_ROLE] = {.name = "role", .type = FIELD_TEXT, .max = ROLE_NAME_MAX},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = user_status_names},
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	[LIST_DONE] = PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_roles(struct page_row *r, const struct user *user)
{
	for (size_t i = 0; i < user->role_count; i++) {
		struct page_row *role = row_child(r, "roles", i);

		row_set(role, "name", user->roles[i].name);
		if (user->roles[i].location.p)
			row_set(role, "location", user->roles[i].location);
	}
}

static void show_row(struct call *c, size_t i, const struct user *user)
{
	struct page_row *r = page_row(c, "rows", i);

	row_set_int(r, "id", user->id);
	row_set(r, "name", user->name);
	row_set(r, "display_name", user->display_name);
	row_set_cstr(r, "credential", user_credential(user));
	row_set_minute(r, "updated_at", user->updated_at);
	if (!user->active)
		row_set_cstr(r, "disabled", "1");
	show_roles(r, user);
}

static void show_api(struct call *c)
{
	const struct page_pair query[] = {
		{"q", c->in[LIST_Q].text},
		{"role", c->in[LIST_ROLE].text},
		{"status", c->in[LIST_STATUS].text},
	};

	page_api_query(c, "/v1/users", query, sizeof(query) / sizeof(query[0]));
	for (int i = 0; i < LIST_CURSOR; i++) {
		if (c->in[i].set)
			page_set_cstr(c, "filtered", "1");
	}
}

struct err *user_page_list(struct call *c)
{
	const struct value *in = c->in;
	struct user_filter f = {
		.q = value_text(&in[LIST_Q]),
		.role = value_text(&in[LIST_ROLE]),
		.status = in[LIST_STATUS].set ? user_status_names[in[LIST_STATUS].num] : NULL,
		.limit = LIST_LIMIT_DEFAULT + 1,
	};
	struct list_cursor at, next;
	struct user_rows rows;

	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &at));
	f.after_name = at.text;
	TRY(user_list(&c->ctx, &f, &rows));
	bool more = rows.n > LIST_LIMIT_DEFAULT;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_row(c, i, &rows.rows[i]);
		next = (struct list_cursor){.text = rows.rows[i].name, .id = rows.rows[i].id};
	}
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &in[LIST_DONE]);
	page_form(c, NULL);
	show_api(c);
	page_template(c, "user/list", "Users");
	return role_page_choices(c);
}

/* ---- the forms ---- */

enum { ROLE_ROLE, ROLE_LOCATION };
static const struct field role_fields[] = {
	[ROLE_ROLE] = {.name = "role", .type = FIELD_TEXT, .max = ROLE_NAME_MAX, .label = "Role"},
	[ROLE_LOCATION] = {.name = "location",
		.type = FIELD_CODE,
		.max = LOCATION_CODE_MAX,
		.label = "Location"},
	{.name = NULL},
};

/* clang-format off */
#define DISPLAY_NAME(needed) {.name = "display_name", .type = FIELD_TEXT, .flags = (needed), .max = USER_DISPLAY_NAME_MAX, .label = "Shown as"}
#define ROLES {.name = "roles", .type = FIELD_ROWS, .max = USER_ROLES_MAX, .row = role_fields}

enum { CREATE_NAME, CREATE_DISPLAY_NAME, CREATE_ROLES };
const struct field user_page_create_fields[] = {
	[CREATE_NAME] = {.name = "name", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = USER_NAME_MAX, .label = "Name"},
	[CREATE_DISPLAY_NAME] = DISPLAY_NAME(0),
	[CREATE_ROLES] = ROLES,
	{.name = NULL},
};
enum { SAVE_DISPLAY_NAME, SAVE_ROLES, SAVE_VERSION };
const struct field user_page_save_fields[] = {
	[SAVE_DISPLAY_NAME] = DISPLAY_NAME(FIELD_REQUIRED),
	[SAVE_ROLES] = ROLES,
	[SAVE_VERSION] = PAGE_FIELD_VERSION,
	{.name = NULL},
};
/* clang-format on */

/* Rows 0 to n - 1 are there, or are filled already; some empty ones follow. */
static struct err *role_rows(struct call *c, size_t n)
{
	for (size_t i = 0; i < n + ROLES_MORE && i < USER_ROLES_MAX; i++) {
		const char *at = arena_printf(c->arena, "form.roles.%zu", i);

		page_set_cstr(c, arena_printf(c->arena, "%s.role.id", at),
			arena_printf(c->arena, "roles-%zu-role", i));
		page_set_cstr(c, arena_printf(c->arena, "%s.location.id", at),
			arena_printf(c->arena, "roles-%zu-location", i));
	}
	page_set_int(c, "location_max", LOCATION_CODE_MAX);
	return role_page_choices(c);
}

static void read_roles(struct call *c, const struct value *v, struct user_input *in)
{
	struct user_role_input *roles = ARENA_ARRAY(c->arena, v->n, struct user_role_input);

	in->has_roles = true;
	in->roles = roles;
	for (size_t i = 0; i < v->n; i++) {
		if (v->rows[i][ROLE_ROLE].set)
			roles[in->role_count++] = (struct user_role_input){
				.role = v->rows[i][ROLE_ROLE].text,
				.location = value_text(&v->rows[i][ROLE_LOCATION]),
			};
	}
}

static struct err *new_page(struct call *c, size_t rows)
{
	page_form_fields(c, user_page_create_fields);
	page_template(c, "user/new", "New user");
	return role_rows(c, rows);
}

struct err *user_page_new(struct call *c)
{
	return new_page(c, 0);
}

struct err *user_page_create(struct call *c)
{
	struct user_input in = {
		.name = c->in[CREATE_NAME].text,
		.display_name = value_text(&c->in[CREATE_DISPLAY_NAME]),
	};
	struct err *e = c->input_err;
	struct user user;

	read_roles(c, &c->in[CREATE_ROLES], &in);
	if (!e)
		e = user_add(&c->ctx, auth_settings(c->app->auth), &in, &user);
	if (!e)
		return page_see_other(c, "/users/%lld?done=made", (long long)user.id);
	TRY(page_form_again(c, e));
	return new_page(c, c->in[CREATE_ROLES].n);
}

/* ---- one user ---- */

enum { SHOW_DONE };
const struct field user_page_show_fields[] = {
	[SHOW_DONE] = PAGE_FIELD_DONE,
	{.name = NULL},
};

static struct err *show_facts(struct call *c, const struct user *user)
{
	time_us until;

	page_set_int(c, "who.id", user->id);
	page_set(c, "who.name", user->name);
	page_set(c, "who.display_name", user->display_name);
	page_set_cstr(c, "who.credential", user_credential(user));
	page_set_int(c, "who.version", user->version);
	page_set_time(c, "who.created_at", user->created_at);
	page_set_time(c, "who.updated_at", user->updated_at);
	if (!user->active)
		page_set_cstr(c, "who.disabled", "1");
	if (c->who.kind == PRINCIPAL_USER && c->who.id == user->id)
		page_set_cstr(c, "who.self", "1");
	if (user->second_factor)
		page_set_cstr(c, "who.second_factor", "1");
	TRY(user_invited_until(&c->ctx, user->id, &until));
	if (until != TIME_NONE)
		page_set_time(c, "who.invited_until", until);
	return NULL;
}

/* The form with what is stored. */
static void fill(struct call *c, const struct user *user)
{
	page_set(c, "form.display_name.value", user->display_name);
	page_set_int(c, "form.version.value", user->version);
	for (size_t i = 0; i < user->role_count; i++) {
		const char *at = arena_printf(c->arena, "form.roles.%zu", i);

		page_set(c, arena_printf(c->arena, "%s.role.value", at), user->roles[i].name);
		if (user->roles[i].location.p)
			page_set(c, arena_printf(c->arena, "%s.location.value", at),
				user->roles[i].location);
	}
}

/* `rows` of the form's roles are there already. */
static struct err *show(struct call *c, const struct user *user, size_t rows)
{
	TRY(show_facts(c, user));
	show_roles(page_node(c, "who"), user);
	page_form_fields(c, user_page_save_fields);
	page_api(c, "/v1/users/%lld", (long long)user->id);
	page_template(c, "user/show", "%.*s", STR_ARG(user->display_name));
	page_address(c, "/users/%lld", (long long)user->id);
	return role_rows(c, rows);
}

static struct err *show_stored(struct call *c)
{
	struct user user;

	TRY(user_read(&c->ctx, c->id, &user));
	fill(c, &user);
	return show(c, &user, user.role_count);
}

struct err *user_page_show(struct call *c)
{
	page_notice(c, &c->in[SHOW_DONE]);
	return show_stored(c);
}

struct err *user_page_save(struct call *c)
{
	struct user_input in = {.display_name = c->in[SAVE_DISPLAY_NAME].text};
	struct err *e = c->input_err;
	struct user user;

	read_roles(c, &c->in[SAVE_ROLES], &in);
	if (!e)
		e = user_update(&c->ctx, c->id, c->in[SAVE_VERSION].num, &in, &user);
	if (!e) {
		auth_changed(c->app->auth);
		return page_see_other(c, "/users/%lld?done=saved", (long long)c->id);
	}
	if (e->code == ERR_PRECONDITION) {
		c->in[SAVE_ROLES].n = 0;
		TRY(page_form_again(c, e));
		return show_stored(c);
	}
	TRY(page_form_again(c, e));
	TRY(user_read(&c->ctx, c->id, &user));
	return show(c, &user, c->in[SAVE_ROLES].n);
}

/* ---- buttons ---- */

static struct err *done(struct call *c, struct err *e, const char *what)
{
	if (!e) {
		auth_changed(c->app->auth);
		return page_see_other(c, "/users/%lld?done=%s", (long long)c->id, what);
	}
	TRY(page_form_again(c, e));
	return show_stored(c);
}

struct err *user_page_disable(struct call *c)
{
	struct user user;

	return done(
		c, user_set_active(&c->ctx, c->id, c->in[0].num, false, &user), "user-disabled");
}

struct err *user_page_enable(struct call *c)
{
	struct user user;

	return done(c, user_set_active(&c->ctx, c->id, c->in[0].num, true, &user), "user-enabled");
}

struct err *user_page_force_password(struct call *c)
{
	struct user user;

	return done(c,
		user_force_password(
			&c->ctx, auth_settings(c->app->auth), c->id, c->in[0].num, &user),
		"forced");
}

struct err *user_page_end_sessions(struct call *c)
{
	return done(c, user_end_sessions(&c->ctx, c->id), "ended-all");
}

struct err *user_page_remove_second_factor(struct call *c)
{
	return done(c, second_factor_remove_of(&c->ctx, c->id), "factor-gone");
}

/* The link is shown in this answer and nowhere else, so there is no page to be sent on to. */
struct err *user_page_invite(struct call *c)
{
	struct invitation invitation;
	struct err *e = user_invite(&c->ctx, auth_settings(c->app->auth), c->id, &invitation);

	if (e) {
		TRY(page_form_again(c, e));
		return show_stored(c);
	}
	page_set(c, "link", user_invitation_link(c, invitation.token));
	page_set_time(c, "link.expires_at", invitation.expires_at);
	return show_stored(c);
}
