/* The second step of signing in: the code, when there is a second factor. */
#include "domain/auth.h"
#include "domain/second_factor.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/login_page.h"
#include "web/page.h"

enum { SHOW_NEXT };
const struct field login_code_show_fields[] = {
	[SHOW_NEXT] = {.name = "next",
		.type = FIELD_TEXT,
		.max = LOGIN_TARGET_MAX,
		.help = "Where to go afterwards"},
	{.name = NULL},
};

enum { CODE, NEXT };
const struct field login_code_fields[] = {
	[CODE] = {.name = "code",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = SECOND_FACTOR_CODE_MAX,
		.label = "Code"},
	[NEXT] = {.name = "next", .type = FIELD_TEXT, .max = LOGIN_TARGET_MAX},
	{.name = NULL},
};

static struct str pending_cookie(const struct call *c)
{
	return http_cookie(request_header(c->rq, "cookie"), app_pending_cookie_name(c->app));
}

static struct err *show(struct call *c, struct str next)
{
	page_form_fields(c, login_code_fields);
	page_set_cstr(c, "form.code.focus", "1");
	page_template(c, "auth/code", "Sign in");
	page_set(c, "next", login_target(next));
	return NULL;
}

struct err *login_code_show(struct call *c)
{
	if (!pending_cookie(c).p)
		return page_see_other(c, "/login");
	return show(c, c->in[SHOW_NEXT].text);
}

static struct err *begin_anew(struct call *c)
{
	struct str next = login_target(c->in[NEXT].text);

	login_take_pending(c);
	if (next.n == 1)
		return page_see_other(c, "/login?ended=true");
	return page_see_other(
		c, "/login?ended=true&next=%.*s", STR_ARG(http_escape(c->arena, next)));
}

struct err *login_code_check(struct call *c)
{
	struct err *e = c->input_err;
	struct str cookie;

	if (!login_same_origin(c->rq))
		return err_new(c->arena, ERR_CSRF, "Sign in from this site's own page.");
	if (!e)
		e = auth_second_step(
			c->app->auth, &c->ctx, pending_cookie(c), c->in[CODE].text, &cookie);
	if (e && e->code == ERR_UNAUTHENTICATED)
		return begin_anew(c);
	if (e && e->code == ERR_RATE) {
		page_retry_after(c, e);
		page_form(c, e);
		return show(c, c->in[NEXT].text);
	}
	if (e) {
		TRY(page_form_again(c, e));
		return show(c, c->in[NEXT].text);
	}
	login_take_pending(c);
	return login_done(c, cookie, c->in[NEXT].text);
}

struct err *login_code_cancel(struct call *c)
{
	if (!login_same_origin(c->rq))
		return err_new(c->arena, ERR_CSRF, "Sign in from this site's own page.");
	TRY(auth_pending_end(&c->ctx, pending_cookie(c)));
	login_take_pending(c);
	return page_see_other(c, "/login");
}
