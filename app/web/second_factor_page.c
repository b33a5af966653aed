#include "web/second_factor_page.h"

#include "domain/password.h"
#include "domain/second_factor.h"
#include "domain/totp.h"
#include "web/app.h"
#include "web/login_page.h"
#include "web/page.h"
#include "web/qr.h"

#define ADDRESS "/account/second-factor"

enum { SHOW_DONE };
const struct field second_factor_page_show_fields[] = {
	[SHOW_DONE] = PAGE_FIELD_DONE,
	{.name = NULL},
};

enum { PASSWORD, CODE };
const struct field second_factor_page_fields[] = {
	[PASSWORD] = {.name = "password",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = PASSWORD_MAX,
		.label = "Your password"},
	[CODE] = {.name = "code",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = SECOND_FACTOR_CODE_MAX,
		.label = "Code"},
	{.name = NULL},
};

/* In groups of four, which are easier to type. */
static struct str grouped(struct arena *a, struct str text)
{
	struct buf b;

	buf_init(&b, a, text.n * 2 + 1);
	for (size_t i = 0; i < text.n; i++) {
		if (i && i % 4 == 0)
			buf_add_char(&b, ' ');
		buf_add_char(&b, text.p[i]);
	}
	return buf_str(&b);
}

static struct err *show_secret(struct call *c)
{
	struct str secret;

	TRY(second_factor_secret(c->app->auth, &c->ctx, &secret));
	page_set(c, "secret", grouped(c->arena, str_base32(c->arena, secret)));
	return NULL;
}

static struct err *show(struct call *c)
{
	struct second_factor_state state;

	TRY(second_factor_show(&c->ctx, &state));
	if (state.owed)
		page_set_cstr(c, "owed", "1");
	if (state.on) {
		page_set_cstr(c, "on", "1");
		page_set_time(c, "since", state.since);
		page_set_int(c, "codes_left", state.codes_left);
	}
	if (state.begun)
		TRY(show_secret(c));
	page_form_fields(c, second_factor_page_fields);
	page_api(c, "/v1/second-factor");
	page_address(c, ADDRESS);
	page_template(c, "second_factor/show", "Second factor");
	return NULL;
}

struct err *second_factor_page_show(struct call *c)
{
	page_notice(c, &c->in[SHOW_DONE]);
	return show(c);
}

struct err *second_factor_page_begin(struct call *c)
{
	TRY(second_factor_begin(c->app->auth, &c->ctx));
	return page_see_other(c, ADDRESS);
}

/* What authenticators scan: the key URI format that all of them read. */
static struct str key_uri(struct call *c, struct str secret)
{
	struct str issuer = http_escape(c->arena, str_of(c->app->config->site_name));

	return str_printf(c->arena,
		"otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s&digits=%d&period=%d",
		STR_ARG(issuer), STR_ARG(http_escape(c->arena, c->who.name)),
		STR_ARG(str_base32(c->arena, secret)), STR_ARG(issuer), TOTP_DIGITS, TOTP_STEP_S);
}

struct err *second_factor_page_qr(struct call *c)
{
	struct str secret;

	TRY(second_factor_secret(c->app->auth, &c->ctx, &secret));
	TRY(qr_svg(c->arena, key_uri(c, secret), &c->rs->body));
	page_body(c, "image/svg+xml");
	return NULL;
}

/* ---- the form with password and code ---- */

static struct err *again(struct call *c, struct err *e)
{
	if (e->code == ERR_RATE) {
		page_retry_after(c, e);
		page_form(c, e);
	} else {
		TRY(page_form_again(c, e));
	}
	return show(c);
}

static struct err *show_codes(struct call *c, const struct recovery_codes *codes)
{
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		row_set(page_row(c, "codes", i), "text", codes->text[i]);
	page_address(c, ADDRESS);
	page_template(c, "second_factor/codes", "Recovery codes");
	return NULL;
}

struct err *second_factor_page_confirm(struct call *c)
{
	struct recovery_codes codes;
	struct err *e = c->input_err;
	struct str cookie;

	if (!e)
		e = second_factor_confirm(c->app->auth, &c->ctx, c->in[PASSWORD].text,
			c->in[CODE].text, &cookie, &codes);
	if (e)
		return again(c, e);
	login_give_cookie(c, cookie);
	/* the page belongs to the new session: its CSRF token, and what it may by now */
	TRY(auth_session(c->app->auth, &c->ctx, cookie, &c->who, &c->csrf));
	page_set_cstr(c, "enrolled", "1");
	return show_codes(c, &codes);
}

struct err *second_factor_page_renew(struct call *c)
{
	struct recovery_codes codes;
	struct err *e = c->input_err;

	if (!e)
		e = second_factor_renew_codes(
			c->app->auth, &c->ctx, c->in[PASSWORD].text, c->in[CODE].text, &codes);
	return e ? again(c, e) : show_codes(c, &codes);
}

struct err *second_factor_page_remove(struct call *c)
{
	struct err *e = c->input_err;

	if (!e)
		e = second_factor_remove(
			c->app->auth, &c->ctx, c->in[PASSWORD].text, c->in[CODE].text);
	if (e)
		return again(c, e);
	return page_see_other(c, ADDRESS "?done=factor-removed");
}
