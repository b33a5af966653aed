#include "web/client_page.h"

#include "domain/auth.h"
#include "domain/client.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/movement_page.h"
#include "web/page.h"
#include "web/permission_boxes.h"

#define LIST_NAME "clients page"

/* ---- the list ---- */

enum { LIST_Q, LIST_CURSOR, LIST_DONE };
const struct field client_page_list_fields[] = {
	{.name = "q", .type = FIELD_TEXT, .max = CLIENT_NAME_MAX},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_texts(struct page_row *r, const char *list, struct str text, char separator)
{
	for (size_t i = 0; text.n; i++)
		row_set(row_child(r, list, i), "text", str_cut(text, separator, &text));
}

static void show_row(struct page_row *r, const struct client *client)
{
	row_set_int(r, "id", client->id);
	row_set(r, "client_id", client->client_id);
	row_set(r, "name", client->name);
	if (!client->active)
		row_set_cstr(r, "disabled", "1");
	if (!client->secret_hash.p)
		row_set_cstr(r, "public", "1");
	show_texts(r, "scope", client->scope, ' ');
}

struct err *client_page_list(struct call *c)
{
	struct list_cursor at, next = {.id = 0};
	struct client_rows rows;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	struct client_filter f = {
		.q = value_text(&c->in[LIST_Q]),
		.after_id = at.id,
		.limit = LIST_LIMIT_DEFAULT + 1,
	};
	TRY(client_list(&c->ctx, &f, &rows));
	bool more = rows.n > LIST_LIMIT_DEFAULT;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_row(page_row(c, "rows", i), &rows.rows[i]);
		next.id = rows.rows[i].id;
	}
	page_form(c, NULL);
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/api-clients");
	page_template(c, "client/list", "API clients");
	return NULL;
}

/* ---- one ---- */

enum { SHOW_DONE };
const struct field client_page_show_fields[] = {PAGE_FIELD_DONE, {.name = NULL}};
const struct field client_page_key_fields[] = {
	{.name = "public_key",
		.type = FIELD_MULTILINE,
		.flags = FIELD_REQUIRED,
		.max = 4096,
		.label = "Public key"},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

static void show_keys(struct call *c, const struct client_key_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct page_row *r = page_row(c, "keys", i);

		row_set(r, "kid", rows->rows[i].kid);
		row_set_time(r, "created_at", rows->rows[i].created_at);
	}
}

static void show_permissions(struct page_row *r, struct str scope)
{
	perm_set set;
	size_t n = 0;

	permission_parse(scope, &set);
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		struct page_row *row;

		if (!perm_has(set, (enum permission)p))
			continue;
		row = row_child(r, "permissions", n++);
		row_set_cstr(row, "name", permission_name((enum permission)p));
		row_set_cstr(row, "help", permission_help((enum permission)p));
	}
}

/* secret STR_NONE: there is none to show. */
static struct err *show(struct call *c, const struct client *client, struct str secret)
{
	struct page_row *r = page_node(c, "client");
	struct client_key_rows keys;

	TRY(client_keys(&c->ctx, client->id, &keys));
	show_row(r, client);
	row_set_int(r, "version", client->version);
	row_set_time(r, "created_at", client->created_at);
	row_set_time(r, "updated_at", client->updated_at);
	if (client->location.p)
		row_set(r, "location", client->location);
	show_permissions(r, client->scope);
	show_texts(r, "grant_types", client->grant_types, ' ');
	show_texts(r, "redirect_uris", client->redirect_uris, '\n');
	show_keys(c, &keys);
	if (secret.p)
		page_set(c, "secret", secret);
	page_form_fields(c, client_page_key_fields);
	page_address(c, "/clients/%lld", (long long)client->id);
	page_api(c, "/v1/api-clients/%lld", (long long)client->id);
	page_template(c, "client/show", "%.*s", STR_ARG(client->name));
	return NULL;
}

struct err *client_page_show(struct call *c)
{
	struct client client;

	TRY(client_read(&c->ctx, c->id, &client));
	page_notice(c, &c->in[SHOW_DONE]);
	return show(c, &client, STR_NONE);
}

/* ---- the form ---- */

static const char *const kinds[] = {"confidential", "public", NULL};
enum { KIND_CONFIDENTIAL, KIND_PUBLIC };

enum {
	FORM_NAME,
	FORM_CREDENTIALS,
	FORM_CODE,
	FORM_REFRESH,
	FORM_URIS,
	FORM_LOCATION,
	FORM_PERMISSIONS,
	FORM_LAST,
	CREATE_ONCE
};
/* clang-format off */
#define FORM_FIELDS \
	[FORM_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = CLIENT_NAME_MAX, .label = "Name"}, \
	[FORM_CREDENTIALS] = {.name = "client_credentials", .type = FIELD_BOOL}, \
	[FORM_CODE] = {.name = "authorization_code", .type = FIELD_BOOL}, \
	[FORM_REFRESH] = {.name = "refresh_token", .type = FIELD_BOOL}, \
	[FORM_URIS] = {.name = "redirect_uris", .type = FIELD_TEXTS, .max = CLIENT_URIS_MAX, .label = "Redirect addresses"}, \
	[FORM_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64, .label = "Only within"}, \
	[FORM_PERMISSIONS] = PERMISSION_BOXES

const struct field client_page_create_fields[] = {
	FORM_FIELDS,
	[FORM_LAST] = {.name = "kind", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = kinds, .label = "Kind"},
	[CREATE_ONCE] = {.name = "once", .type = FIELD_CODE, .max = 255},
	{.name = NULL},
};
const struct field client_page_save_fields[] = {
	FORM_FIELDS,
	[FORM_LAST] = PAGE_FIELD_VERSION,
	{.name = NULL},
};
/* clang-format on */

/* What the boxes of the form say. */
struct form {
	struct str grants[3];
	struct client_input in;
};

/* Joined, so that the domain says which of them is none. */
static struct str typed_scope(struct call *c)
{
	const struct value *v = &c->in[FORM_PERMISSIONS];
	struct str scope = STR(""), *texts;
	perm_set set;

	texts = permission_boxes_texts(c, v, &set);
	for (size_t i = 0; i < v->n; i++)
		scope = str_printf(
			c->arena, "%.*s%s%.*s", STR_ARG(scope), i ? " " : "", STR_ARG(texts[i]));
	return scope;
}

static void read_form(struct call *c, struct form *form)
{
	static const struct str none = {"", 0};
	const struct value *in = c->in;

	*form = (struct form){
		.in = {
			.name = in[FORM_NAME].text,
			.scope = typed_scope(c),
			.redirect_uris = in[FORM_URIS].texts ? in[FORM_URIS].texts : &none,
			.redirect_uri_count = in[FORM_URIS].n,
			.location = in[FORM_LOCATION].set ? in[FORM_LOCATION].text : STR(""),
		}};
	for (size_t i = 0; i < 3; i++) {
		if (in[FORM_CREDENTIALS + i].num)
			form->grants[form->in.grant_type_count++] = str_of(client_grant_names[i]);
	}
	form->in.grant_types = form->grants;
}

static void show_input(struct call *c, const struct client_input *in)
{
	perm_set set;

	permission_parse(in->scope, &set);
	permission_boxes_show(c, set);
	for (size_t i = 0; i < in->grant_type_count; i++)
		page_set_cstr(
			c, arena_printf(c->arena, "grants.%.*s", STR_ARG(in->grant_types[i])), "1");
}

static struct err *form_page(struct call *c, const struct client *client)
{
	page_form_fields(c, client ? client_page_save_fields : client_page_create_fields);
	if (client) {
		page_set_int(c, "client.id", client->id);
		page_set(c, "client.name", client->name);
		if (!client->secret_hash.p)
			page_set_cstr(c, "client.public", "1");
		page_api(c, "/v1/api-clients/%lld", (long long)client->id);
	} else {
		movement_page_once(c);
	}
	page_template(c, "client/form", client ? "Edit client" : "New client");
	return NULL;
}

struct err *client_page_new(struct call *c)
{
	page_set_cstr(c, "form.kind.value", kinds[KIND_CONFIDENTIAL]);
	page_set_cstr(c, "grants.client_credentials", "1");
	permission_boxes_show(c, 0);
	return form_page(c, NULL);
}

struct err *client_page_create(struct call *c)
{
	struct err *e = c->input_err;
	struct client client = {0};
	struct form form;
	struct str secret;

	read_form(c, &form);
	form.in.public = c->in[FORM_LAST].num == KIND_PUBLIC;
	if (!e)
		e = client_create(&c->ctx, &form.in, &client, &secret);
	if (!e && (c->ctx.once->replayed || !secret.p)) /* the secret is shown once */
		return page_see_other(c, client.id ? "/clients/%lld?done=made" : "/clients",
			(long long)client.id);
	if (!e)
		return show(c, &client, secret);
	TRY(page_form_again(c, e));
	show_input(c, &form.in);
	return form_page(c, NULL);
}

static void show_stored(struct call *c, const struct client *client)
{
	struct str rest = client->grant_types;
	perm_set set;

	permission_parse(client->scope, &set);
	permission_boxes_show(c, set);
	while (rest.n) {
		struct str grant = str_cut(rest, ' ', &rest);

		page_set_cstr(c, arena_printf(c->arena, "grants.%.*s", STR_ARG(grant)), "1");
	}
	page_set(c, "form.name.value", client->name);
	page_set(c, "form.redirect_uris.value", client->redirect_uris);
	page_set(c, "form.location.value", client->location);
	page_set_int(c, "form.version.value", client->version);
}

struct err *client_page_edit(struct call *c)
{
	struct client client;

	TRY(client_read(&c->ctx, c->id, &client));
	show_stored(c, &client);
	return form_page(c, &client);
}

static void show_conflict(struct call *c, const struct client *now)
{
	page_form_now(c, FORM_NAME, now->name, now->name);
	page_form_now(c, FORM_URIS, now->redirect_uris, now->redirect_uris);
	page_form_now(c, FORM_LOCATION, now->location, now->location);
	page_set(c, "now.scope", now->scope);
	page_set(c, "now.grant_types", now->grant_types);
	page_set_int(c, "form.version.value", now->version);
}

struct err *client_page_save(struct call *c)
{
	struct err *e = c->input_err;
	struct client client;
	struct form form;

	read_form(c, &form);
	if (!e)
		e = client_update(&c->ctx, c->id, c->in[FORM_LAST].num, &form.in, &client);
	if (!e) {
		auth_changed(c->app->auth);
		return page_see_other(c, "/clients/%lld?done=saved", (long long)client.id);
	}
	TRY(page_edit_again(c, e));
	TRY(client_read(&c->ctx, c->id, &client));
	if (e->code == ERR_PRECONDITION)
		show_conflict(c, &client);
	show_input(c, &form.in);
	return form_page(c, &client);
}

/* ---- buttons ---- */

/* After a button: what is wrong stands at the top of the page. */
static struct err *show_again(struct call *c, struct err *e)
{
	struct client client;

	TRY(page_form_again(c, e));
	TRY(client_read(&c->ctx, c->id, &client));
	return show(c, &client, STR_NONE);
}

static struct err *done(struct call *c, const char *word)
{
	auth_changed(c->app->auth);
	return page_see_other(c, "/clients/%lld?done=%s", (long long)c->id, word);
}

struct err *client_page_rotate(struct call *c)
{
	struct client client;
	struct str secret;
	struct err *e = client_rotate(&c->ctx, c->id, c->in[0].num, &client, &secret);

	if (e)
		return show_again(c, e);
	auth_changed(c->app->auth);
	return show(c, &client, secret);
}

struct err *client_page_disable(struct call *c)
{
	struct client client;
	struct err *e = client_disable(&c->ctx, c->id, c->in[0].num, &client);

	return e ? show_again(c, e) : done(c, "disabled");
}

struct err *client_page_enable(struct call *c)
{
	struct client client;
	struct err *e = client_enable(&c->ctx, c->id, c->in[0].num, &client);

	return e ? show_again(c, e) : done(c, "enabled");
}

enum { KEY_TEXT, KEY_VERSION };
struct err *client_page_add_key(struct call *c)
{
	struct err *e = c->input_err;
	struct client client;
	struct str kid;

	if (!e)
		e = client_add_key(&c->ctx, c->id, c->in[KEY_VERSION].num, c->in[KEY_TEXT].text,
			&client, &kid);
	return e ? show_again(c, e) : done(c, "key-added");
}

const struct field client_page_key_remove_fields[] = {
	{.name = "kid", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

struct err *client_page_remove_key(struct call *c)
{
	struct client client;
	struct err *e = client_remove_key(
		&c->ctx, c->id, c->in[KEY_VERSION].num, c->in[KEY_TEXT].text, &client);

	return e ? show_again(c, e) : done(c, "key-removed");
}
