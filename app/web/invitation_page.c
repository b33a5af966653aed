#include "web/invitation_page.h"

#include "domain/password.h"
#include "domain/user.h"
#include "web/app.h"
#include "web/login_page.h"
#include "web/page.h"

#define TOKEN_MAX 64

enum { SHOW_TOKEN };
const struct field invitation_page_show_fields[] = {
	[SHOW_TOKEN] = {.name = "token",
		.type = FIELD_CODE,
		.flags = FIELD_REQUIRED,
		.max = TOKEN_MAX},
	{.name = NULL},
};

enum { TOKEN, USERNAME, NEW, AGAIN };
const struct field invitation_page_accept_fields[] = {
	[TOKEN] = {.name = "token",
		.type = FIELD_CODE,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = TOKEN_MAX},
	[USERNAME] = {.name = "username",
		.type = FIELD_TEXT,
		.max = USER_NAME_MAX}, /* for password managers */
	[NEW] = {.name = "new_password",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = PASSWORD_MAX,
		.label = "New password"},
	[AGAIN] = {.name = "again",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = PASSWORD_MAX,
		.label = "New password again"},
	{.name = NULL},
};

static struct err *show(struct call *c, struct str token)
{
	struct user user;

	TRY(user_of_invitation(&c->ctx, token, &user));
	page_set(c, "who.name", user.name);
	page_set(c, "token", token);
	page_set_int(c, "password_min", c->app->config->password_min);
	page_form_fields(c, invitation_page_accept_fields);
	page_set_cstr(c, "no_referrer", "1"); /* the address holds the token */
	page_template(c, "user/invitation", "Choose your password");
	return NULL;
}

struct err *invitation_page_show(struct call *c)
{
	return show(c, c->in[SHOW_TOKEN].text);
}

static struct err *accept(struct call *c)
{
	struct err *e = c->input_err;

	if (!e && !str_eq(c->in[NEW].text, c->in[AGAIN].text))
		err_add_field(&e, c->arena, STR("/again"), "differs",
			"It is not the same as the new password.");
	if (e)
		return e;
	return user_accept_invitation(
		&c->ctx, auth_settings(c->app->auth), c->in[TOKEN].text, c->in[NEW].text);
}

struct err *invitation_page_accept(struct call *c)
{
	struct err *e;

	if (!login_same_origin(c->rq))
		return err_new(c->arena, ERR_CSRF, "Use the page that the link leads to.");
	e = accept(c);
	if (!e) {
		auth_changed(c->app->auth);
		return page_see_other(c, "/login?chosen=true");
	}
	TRY(page_form_again(c, e));
	return show(c, c->in[TOKEN].text);
}
