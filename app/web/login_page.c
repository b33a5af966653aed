#include "web/login_page.h"

#include <assert.h>

#include "domain/auth.h"
#include "domain/password.h"
#include "domain/sso.h"
#include "domain/user.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/page.h"

enum { SHOW_NEXT, SHOW_LOST, SHOW_ENDED };
const struct field login_show_fields[] = {
	{.name = "next",
		.type = FIELD_TEXT,
		.max = LOGIN_TARGET_MAX,
		.help = "Where to go afterwards"},
	{.name = "lost", .type = FIELD_BOOL, .help = "A form was sent without a session"},
	{.name = "ended",
		.type = FIELD_BOOL,
		.help = "A sign-in waited too long for its second factor"},
	{.name = NULL},
};

enum { NAME, PASSWORD, NEXT };
const struct field login_fields[] = {
	[NAME] = {.name = "name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = USER_NAME_MAX},
	[PASSWORD] = {.name = "password",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = PASSWORD_MAX},
	[NEXT] = {.name = "next", .type = FIELD_TEXT, .max = LOGIN_TARGET_MAX},
	{.name = NULL},
};

struct str login_target(struct str next)
{
	const struct str home = STR("/");

	if (!next.n || next.n > LOGIN_TARGET_MAX || next.p[0] != '/')
		return home;
	if (next.n > 1 && next.p[1] == '/')
		return home;
	for (size_t i = 0; i < next.n; i++) {
		if (next.p[i] <= 0x20 || next.p[i] >= 0x7f || next.p[i] == '\\')
			return home;
	}
	if (str_starts(next, "/login") || str_starts(next, "/logout"))
		return home;
	return next;
}

/* "https://host:port" without its scheme; the web server in front may have ended TLS. */
static struct str origin_host(struct str origin)
{
	static const struct str schemes[] = {{"https://", 8}, {"http://", 7}};

	for (size_t i = 0; i < 2; i++) {
		if (str_starts(origin, schemes[i].p))
			return (struct str){origin.p + schemes[i].n, origin.n - schemes[i].n};
	}
	return STR_NONE;
}

bool login_same_origin(const struct request *rq)
{
	struct str origin = request_header(rq, "origin");
	struct str host;

	if (str_is(request_header(rq, "sec-fetch-site"), "cross-site"))
		return false;
	if (!origin.p)
		return true;
	host = origin_host(origin);
	return host.n && host.n < HTTP_HEADER_MAX && rq->host.n == host.n &&
		str_is_nocase(host, str_cstr(rq->arena, rq->host));
}

struct err *login_show(struct call *c, struct str next)
{
	const struct app_config *config = c->app->config;

	next = login_target(next);
	if (config->sso) {
		page_set_cstr(c, "sso.on", "1");
		page_set_cstr(c, "sso.label", sso_settings(config->sso)->label);
		page_set(c, "sso.link",
			next.n == 1 ? STR("/login/sso")
				    : str_printf(c->arena, "/login/sso?next=%.*s",
					      STR_ARG(http_escape(c->arena, next))));
	}
	if (!config->no_passwords)
		page_set_cstr(c, "passwords", "1");
	page_template(c, "auth/login", "Sign in");
	page_set(c, "next", next);
	return NULL;
}

struct err *login_page_show(struct call *c)
{
	if (c->in[SHOW_LOST].num)
		page_set_cstr(c, "lost", "1");
	if (c->in[SHOW_ENDED].num)
		page_set_cstr(c, "ended", "1");
	return login_show(c, c->in[SHOW_NEXT].text);
}

/* The same answer to whatever is wrong: a name that nobody has, a password, an account
 * that is off. */
static struct err *show_again(struct call *c)
{
	struct err *e = NULL;

	err_add_field(&e, c->arena, STR(""), "sign_in", "The name or the password is not right.");
	c->rs->status = err_status(ERR_INVALID);
	page_form(c, e);
	return login_show(c, c->in[NEXT].text);
}

static struct err *show_wait(struct call *c, const struct err *e)
{
	page_retry_after(c, e);
	page_form(c, e);
	return login_show(c, c->in[NEXT].text);
}

/* Passwords are switched off. */
static struct err *show_refused(struct call *c, const struct err *e)
{
	c->rs->status = err_status(e->code);
	page_form(c, e);
	return login_show(c, c->in[NEXT].text);
}

/* A bad address to go to afterwards keeps nobody out: login_target() leaves it out. */
static bool is_about_next(const struct err *e)
{
	for (const struct err_field *f = e->fields; f; f = f->next) {
		if (!str_is(f->pointer, "/next"))
			return false;
	}
	return true;
}

void login_give(struct call *c, const char *name, struct str value)
{
	response_cookie(c->rs,
		&(struct cookie){
			.name = name,
			.value = value,
			.max_age_s = -1,
			.secure = c->app->config->secure_cookies,
		});
}

void login_take(struct call *c, const char *name)
{
	response_cookie(c->rs,
		&(struct cookie){
			.name = name, .value = STR(""), .secure = c->app->config->secure_cookies});
}

void login_give_cookie(struct call *c, struct str value)
{
	login_give(c, app_cookie_name(c->app), value);
}

void login_take_pending(struct call *c)
{
	login_take(c, app_pending_cookie_name(c->app));
}

struct err *login_done(struct call *c, struct str cookie, struct str next)
{
	const char *name = app_cookie_name(c->app);

	/* The browser's last session ends: nobody could sign out of it any more. */
	TRY(auth_sign_out(
		c->app->auth, &c->ctx, http_cookie(request_header(c->rq, "cookie"), name)));
	login_give_cookie(c, cookie);
	return page_see_other(c, "%.*s", STR_ARG(login_target(next)));
}

/* The password was right; the code is asked for on a page of its own. */
static struct err *ask_code(struct call *c, struct str cookie)
{
	struct str next = login_target(c->in[NEXT].text);

	login_give(c, app_pending_cookie_name(c->app), cookie);
	if (next.n == 1)
		return page_see_other(c, "/login/code");
	return page_see_other(c, "/login/code?next=%.*s", STR_ARG(http_escape(c->arena, next)));
}

struct err *login_page_sign_in(struct call *c)
{
	struct sign_in got = {.pending = false};
	struct err *e;

	if (!login_same_origin(c->rq))
		return err_new(c->arena, ERR_CSRF, "Sign in from this site's own page.");
	if (!c->app->config->no_passwords && c->input_err && !is_about_next(c->input_err))
		return show_again(c);
	e = auth_sign_in(c->app->auth, &c->ctx, c->in[NAME].text, c->in[PASSWORD].text, &got);
	if (e && e->code == ERR_UNAUTHENTICATED)
		return show_again(c);
	if (e && e->code == ERR_RATE)
		return show_wait(c, e);
	if (e && e->code == ERR_FORBIDDEN)
		return show_refused(c, e);
	TRY(e);
	if (got.pending)
		return ask_code(c, got.cookie);
	return login_done(c, got.cookie, c->in[NEXT].text);
}
