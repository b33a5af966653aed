#include "web/account_page.h"

#include "domain/password.h"
#include "domain/second_factor.h"
#include "domain/session.h"
#include "domain/sso.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/login_page.h"
#include "web/page.h"

#define LIST_NAME "sessions page"

enum { SHOW_CURSOR, SHOW_DONE };
const struct field account_page_fields[] = {
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

enum { OLD, NEW, AGAIN };
const struct field account_page_password_fields[] = {
	[OLD] = {.name = "old_password",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = PASSWORD_MAX,
		.label = "Password now"},
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

static void show_session(struct call *c, size_t i, const struct session *s)
{
	struct page_row *r = page_row(c, "sessions", i);

	row_set_int(r, "id", s->id);
	row_set(r, "address", s->address);
	row_set(r, "browser", s->browser);
	row_set_time(r, "created_at", s->created_at);
	row_set_minute(r, "seen_at", s->seen_at);
	if (s->id == c->who.session)
		row_set_cstr(r, "current", "1");
}

static struct err *show_factor(struct call *c)
{
	struct second_factor_state state;

	TRY(second_factor_show(&c->ctx, &state));
	if (!state.on)
		return NULL;
	page_set_cstr(c, "factor.on", "1");
	page_set_time(c, "factor.since", state.since);
	page_set_int(c, "factor.codes_left", state.codes_left);
	return NULL;
}

/* Who comes in by single sign-on has none here, and the second factor is the provider's, too. */
static struct err *show_password(struct call *c)
{
	bool has;

	if (c->app->config->no_passwords)
		return NULL;
	TRY(sso_has_password(&c->ctx, &has));
	if (!has)
		return NULL;
	page_set_cstr(c, "passwords", "1");
	page_form_fields(c, account_page_password_fields);
	return NULL;
}

static struct err *show(struct call *c, int64_t before_id)
{
	struct list_cursor next = {.text = STR_NONE};
	struct session_rows rows;

	TRY(session_list(c->app->auth, &c->ctx, before_id, LIST_LIMIT_DEFAULT + 1, &rows));
	bool more = rows.n > LIST_LIMIT_DEFAULT;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_session(c, i, &rows.rows[i]);
		next.id = rows.rows[i].id;
	}
	TRY(show_factor(c));
	TRY(show_password(c));
	page_set_int(c, "password_min", c->app->config->password_min);
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_api(c, "/v1/sessions");
	page_template(c, "account/show", "Your account");
	return NULL;
}

struct err *account_page_show(struct call *c)
{
	struct list_cursor at;

	TRY(list_cursor_read(c, &c->in[SHOW_CURSOR], LIST_NAME, &at));
	page_notice(c, &c->in[SHOW_DONE]);
	return show(c, at.id);
}

/* ---- the password ---- */

static struct err *change(struct call *c, struct str *cookie)
{
	struct err *e = c->input_err;

	if (!e && !str_eq(c->in[NEW].text, c->in[AGAIN].text))
		err_add_field(&e, c->arena, STR("/again"), "differs",
			"It is not the same as the new password.");
	if (e)
		return e;
	return auth_change_password(
		c->app->auth, &c->ctx, c->in[OLD].text, c->in[NEW].text, cookie);
}

struct err *account_page_password(struct call *c)
{
	struct str cookie;
	struct err *e = change(c, &cookie);

	if (!e) {
		login_give_cookie(c, cookie);
		return page_see_other(c, "/account?done=password");
	}
	if (e->code == ERR_RATE) {
		page_retry_after(c, e);
		page_form(c, e);
	} else {
		TRY(page_form_again(c, e));
	}
	page_address(c, "/account");
	return show(c, 0);
}

/* ---- sessions ---- */

struct err *account_page_end(struct call *c)
{
	TRY(session_end(c->app->auth, &c->ctx, c->id));
	return page_see_other(c, "/account?done=ended");
}

struct err *account_page_end_others(struct call *c)
{
	TRY(session_end_others(c->app->auth, &c->ctx));
	return page_see_other(c, "/account?done=ended-others");
}
