/* Signing in at the provider of single sign-on, and out. */
#include "base/log.h"
#include "domain/sso.h"
#include "web/app.h"
#include "web/dispatch.h"
#include "web/login_page.h"
#include "web/page.h"

enum { NEXT };
const struct field login_sso_begin_fields[] = {
	[NEXT] = {.name = "next",
		.type = FIELD_TEXT,
		.max = LOGIN_TARGET_MAX,
		.help = "Where to go afterwards"},
	{.name = NULL},
};

static struct err *no_sso(struct call *c)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no single sign-on here.");
}

/* Why it has failed, in words for a person; all else is the error page's. */
static struct err *show_failure(struct call *c, struct err *e)
{
	if (e->code != ERR_BAD_REQUEST && e->code != ERR_FORBIDDEN && e->code != ERR_UNAVAILABLE)
		return e;
	log_err(LOG_WARNING, "single sign-on failed", e);
	c->rs->status = err_status(e->code);
	if (e->retry_after_s)
		page_retry_after(c, e);
	page_set(c, "detail", e->detail);
	page_set_cstr(c, "label", sso_settings(c->app->config->sso)->label);
	page_template(c, "auth/sso_failed", "Not signed in");
	return NULL;
}

struct err *login_sso_begin(struct call *c)
{
	struct sso *sso = c->app->config->sso;
	struct str target = login_target(c->in[NEXT].text), cookie, url;
	struct err *e;

	if (!sso)
		return no_sso(c);
	e = sso_begin(sso, &c->ctx, target, &cookie, &url);
	if (e)
		return show_failure(c, e);
	login_give(c, app_sso_cookie_name(c->app), cookie);
	return page_leave(c, url);
}

/* ---- back ---- */

static struct str *place_of(struct sso_answer *answer, struct str name)
{
	if (str_is(name, "state"))
		return &answer->state;
	if (str_is(name, "code"))
		return &answer->code;
	if (str_is(name, "iss"))
		return &answer->iss;
	if (str_is(name, "error"))
		return &answer->error;
	return NULL;
}

/* Parameters that are not known are passed over, and none may be repeated (RFC 6749 section 4.1.2). */
static bool read_answer(struct call *c, struct sso_answer *answer)
{
	*answer = (struct sso_answer){
		.cookie = http_cookie(request_header(c->rq, "cookie"), app_sso_cookie_name(c->app)),
	};
	for (const struct http_pair *p = c->rq->query; p; p = p->next) {
		struct str *place = place_of(answer, p->name);

		if (place && place->p)
			return false;
		if (place)
			*place = p->value;
	}
	return true;
}

struct err *login_sso_finish(struct call *c)
{
	struct sso *sso = c->app->config->sso;
	struct sso_answer answer;
	struct sso_result got;
	struct err *e;

	if (!sso)
		return no_sso(c);
	if (!read_answer(c, &answer))
		answer.state = STR_NONE; /* it counts as not ours */
	e = sso_finish(sso, c->app->auth, &c->ctx, &answer, &got);
	/* an answer that is not ours, or may come again, leaves the sign-in under way */
	if (sso_is_ours(c->arena, &answer) && !(e && e->retry_after_s))
		login_take(c, app_sso_cookie_name(c->app));
	if (e)
		return show_failure(c, e);
	return login_done(c, got.cookie, got.target);
}

/* ---- out ---- */

/* A form may lead to this site alone (form-action in the Content-Security-Policy), also by redirects. So
 * the answer is a page, and the page leads on. */
static struct err *leave(struct call *c, struct str url)
{
	c->rs->status = 200;
	c->who = (struct principal){.kind = PRINCIPAL_NONE};
	response_header_str(c->rs, "Refresh", str_printf(c->arena, "0;url=%.*s", STR_ARG(url)));
	page_set(c, "link", url);
	page_template(c, "auth/signed_out", "Signed out");
	return NULL;
}

struct err *login_page_sign_out(struct call *c)
{
	const char *name = app_cookie_name(c->app);
	struct str url;

	TRY(sso_sign_out(c->app->config->sso, c->app->auth, &c->ctx,
		http_cookie(request_header(c->rq, "cookie"), name), &url));
	login_take(c, name);
	return url.p ? leave(c, url) : page_see_other(c, "/login");
}
