#include "web/role_page.h"

#include "domain/auth.h"
#include "domain/role.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/page.h"
#include "web/permission_boxes.h"

#define LIST_NAME "roles page"

/* ---- the list ---- */

enum { LIST_CURSOR, LIST_DONE };
const struct field role_page_list_fields[] = {
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	[LIST_DONE] = PAGE_FIELD_DONE,
	{.name = NULL},
};

struct err *role_page_choices(struct call *c)
{
	struct role_filter f = {.limit = ROLES_MAX};
	struct role_rows rows;

	TRY(role_list(&c->ctx, &f, &rows));
	for (size_t i = 0; i < rows.n; i++)
		row_set(page_row(c, "all_roles", i), "name", rows.rows[i].name);
	return NULL;
}

struct err *role_page_list(struct call *c)
{
	struct role_filter f = {.limit = LIST_LIMIT_DEFAULT + 1};
	struct list_cursor at, next;
	struct role_rows rows;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	f.after_name = at.text;
	TRY(role_list(&c->ctx, &f, &rows));
	bool more = rows.n > LIST_LIMIT_DEFAULT;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		const struct role *role = &rows.rows[i];
		struct page_row *r = page_row(c, "rows", i);

		row_set_int(r, "id", role->id);
		row_set(r, "name", role->name);
		row_set(r, "permissions", role->permissions);
		row_set_int(r, "users", role->users);
		if (role->built_in)
			row_set_cstr(r, "built_in", "1");
		next = (struct list_cursor){.text = role->name, .id = role->id};
	}
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/roles");
	page_template(c, "role/list", "Roles");
	return NULL;
}

/* ---- the form ---- */

enum { FORM_NAME, FORM_PERMISSIONS, FORM_SECOND_FACTOR, FORM_VERSION };
const struct field role_page_form_fields[] = {
	[FORM_NAME] = {.name = "name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = ROLE_NAME_MAX,
		.label = "Name"},
	[FORM_PERMISSIONS] = PERMISSION_BOXES,
	[FORM_SECOND_FACTOR] = {.name = "second_factor", .type = FIELD_BOOL},
	[FORM_VERSION] = PAGE_FIELD_VERSION,
	{.name = NULL},
};

/* role NULL: a new one. */
static struct err *form_page(struct call *c, const struct role *role, perm_set on)
{
	bool may = perm_has(c->who.permissions, PERM_USERS_WRITE);

	page_form_fields(c, role_page_form_fields);
	permission_boxes_show(c, on);
	if (may)
		page_set_cstr(c, "may_change", "1");
	page_template(c, "role/form", "%s", role ? "Role" : "New role");
	if (!role)
		return NULL;
	page_set_int(c, "role.id", role->id);
	page_set(c, "role.name", role->name);
	page_set_int(c, "role.users", role->users);
	if (role->built_in)
		page_set_cstr(c, "role.built_in", "1");
	page_api(c, "/v1/roles/%lld", (long long)role->id);
	return NULL;
}

static struct err *show(struct call *c, const struct role *role)
{
	perm_set on;

	permission_parse(role->permissions, &on);
	page_set(c, "form.name.value", role->name);
	if (role->second_factor)
		page_set_cstr(c, "form.second_factor.value", "on");
	page_set_int(c, "form.version.value", role->version);
	return form_page(c, role, on);
}

struct err *role_page_new(struct call *c)
{
	return form_page(c, NULL, 0);
}

struct err *role_page_show(struct call *c)
{
	struct role role;

	TRY(role_read(&c->ctx, c->id, &role));
	return show(c, &role);
}

/* ---- what was sent ---- */

static struct role_input input_of(struct call *c, perm_set *on)
{
	const struct value *v = &c->in[FORM_PERMISSIONS];

	return (struct role_input){.name = c->in[FORM_NAME].text,
		.has_permissions = true,
		.permissions = permission_boxes_texts(c, v, on),
		.n = v->n,
		.has_second_factor = true,
		.second_factor = c->in[FORM_SECOND_FACTOR].num != 0};
}

struct err *role_page_create(struct call *c)
{
	perm_set on;
	struct role_input in = input_of(c, &on);
	struct err *e = c->input_err;
	struct role role;

	if (!e)
		e = role_create(&c->ctx, &in, &role);
	if (!e)
		return page_see_other(c, "/roles?done=made");
	TRY(page_form_again(c, e));
	return form_page(c, NULL, on);
}

struct err *role_page_save(struct call *c)
{
	perm_set on;
	struct role_input in = input_of(c, &on);
	struct err *e = c->input_err;
	struct role role;

	TRY(role_read(&c->ctx, c->id, &role));
	if (role.built_in) { /* the form offers neither */
		in.name = STR_NONE;
		in.has_permissions = false;
		permission_parse(role.permissions, &on);
	}
	if (!e)
		e = role_update(&c->ctx, c->id, c->in[FORM_VERSION].num, &in, &role);
	if (!e) {
		auth_changed(c->app->auth);
		return page_see_other(c, "/roles?done=saved");
	}
	TRY(page_form_again(c, e));
	TRY(role_read(&c->ctx, c->id, &role));
	if (e->code == ERR_PRECONDITION)
		return show(c, &role);
	return form_page(c, &role, on);
}

struct err *role_page_delete(struct call *c)
{
	struct err *e = role_delete(&c->ctx, c->id, c->in[0].num);
	struct role role;

	if (!e)
		return page_see_other(c, "/roles?done=deleted");
	TRY(page_form_again(c, e));
	TRY(role_read(&c->ctx, c->id, &role));
	page_address(c, "/roles/%lld", (long long)role.id);
	return show(c, &role);
}
