#include "web/authorize_page.h"

#include <string.h>

#include "domain/auth.h"
#include "domain/client.h"
#include "domain/grant.h"
#include "web/app.h"
#include "web/page.h"

#define STATE_MAX 1024

/* For the description. The request is read here: RFC 6749 section 3.1 wants unknown parameters ignored and
 * repeated ones refused, and some mistakes are told to the app and not to the person. */
enum {
	RESPONSE_TYPE,
	CLIENT_ID,
	REDIRECT_URI,
	SCOPE,
	STATE,
	CHALLENGE,
	METHOD,
	PROMPT,
	DECISION,
	PARAMETERS
};
const struct field authorize_page_fields[] = {
	[RESPONSE_TYPE] = {.name = "response_type", .type = FIELD_TEXT, .max = 100},
	[CLIENT_ID] = {.name = "client_id", .type = FIELD_TEXT, .max = 64},
	[REDIRECT_URI] = {.name = "redirect_uri", .type = FIELD_TEXT, .max = 500},
	[SCOPE] = {.name = "scope", .type = FIELD_TEXT, .max = 2000},
	[STATE] = {.name = "state", .type = FIELD_TEXT, .max = STATE_MAX},
	[CHALLENGE] = {.name = "code_challenge", .type = FIELD_TEXT, .max = 128},
	[METHOD] = {.name = "code_challenge_method", .type = FIELD_TEXT, .max = 10},
	[PROMPT] = {.name = "prompt", .type = FIELD_TEXT, .max = 100},
	[DECISION] = {.name = "decision", .type = FIELD_TEXT, .max = 10},
	{.name = NULL},
};

struct asked {
	struct str values[PARAMETERS];
	bool repeated;
	struct client client;
	perm_set scope;
};

/* ---- the way back ---- */

static void add_parameter(
	struct call *c, struct buf *b, char *separator, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_add_char(b, *separator);
	buf_add_cstr(b, name);
	buf_add_char(b, '=');
	buf_add_str(b, http_escape(c->arena, value));
	*separator = '&';
}

/* Back to the app with a code, or with what went wrong; state and iss (RFC 9207) always. */
static struct str way_back(struct call *c, const struct asked *asked, const char *name,
	struct str value, const char *why)
{
	struct str uri = asked->values[REDIRECT_URI];
	char separator = uri.p && memchr(uri.p, '?', uri.n) ? '&' : '?';
	struct buf b;

	buf_init(&b, c->arena, uri.n + 3 * (STATE_MAX * 4 + 1024));
	buf_add_str(&b, uri);
	add_parameter(c, &b, &separator, name, value);
	add_parameter(c, &b, &separator, "error_description", why ? str_of(why) : STR_NONE);
	add_parameter(c, &b, &separator, "state", asked->values[STATE]);
	add_parameter(c, &b, &separator, "iss", str_of(auth_settings(c->app->auth)->issuer));
	return buf_str(&b);
}

/* Chromium follows the redirects of a form only to where the form's page allows. Whoever has come from the
 * page of signing in is led on by this page instead of a redirect. */
static struct err *go(struct call *c, struct str uri)
{
	c->rs->cache_control = "no-store";
	if (c->rq->method != HTTP_POST &&
		str_is(request_header(c->rq, "sec-fetch-site"), "same-origin")) {
		response_header_str(
			c->rs, "Refresh", str_printf(c->arena, "0;url=%.*s", STR_ARG(uri)));
		page_set(c, "away", uri);
		page_template(c, "authorize/away", "Going on");
		return NULL;
	}
	return page_leave(c, uri);
}

static struct err *tell_app(
	struct call *c, const struct asked *asked, const char *error, const char *why)
{
	return go(c, way_back(c, asked, "error", str_of(error), why));
}

/* ---- what is asked ---- */

static void read_pairs(struct asked *asked, const struct http_pair *pairs)
{
	for (; pairs; pairs = pairs->next) {
		for (size_t i = 0; i < PARAMETERS; i++) {
			if (!str_is(pairs->name, authorize_page_fields[i].name) || !pairs->value.n)
				continue;
			asked->repeated |= asked->values[i].p != NULL;
			asked->values[i] = pairs->value;
		}
	}
}

/* Until the app and its address are known, nobody is sent anywhere. */
static struct err *read_app(struct call *c, struct asked *asked)
{
	struct http_pair *pairs = c->rq->query;
	struct err *e;

	*asked = (struct asked){.repeated = false};
	if (c->rq->method == HTTP_POST)
		TRY(http_parse_pairs(c->arena, c->rq->body, &pairs));
	read_pairs(asked, pairs);
	if (asked->repeated)
		return err_new(c->arena, ERR_BAD_REQUEST, "A parameter is repeated.");
	if (!asked->values[CLIENT_ID].p || !asked->values[REDIRECT_URI].p)
		return err_new(c->arena, ERR_BAD_REQUEST,
			"The app did not say who it is (client_id) and where to go back to "
			"(redirect_uri).");
	e = client_find(&c->ctx, asked->values[CLIENT_ID], &asked->client);
	if (e && e->code != ERR_NOT_FOUND)
		return e;
	if (e || !asked->client.active)
		return err_new(c->arena, ERR_BAD_REQUEST,
			"No app of this client_id is known here, or it is disabled.");
	if (!grant_is_redirect(c->arena, &asked->client, asked->values[REDIRECT_URI]))
		return err_new(c->arena, ERR_BAD_REQUEST,
			"The redirect_uri is not one that this app has registered.");
	return NULL;
}

static bool is_challenge(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			    (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'))
			return false;
	}
	return s.n == GRANT_CHALLENGE_CHARS;
}

/* *error NULL: it is a request that can be granted. */
static struct err *check(struct call *c, struct asked *asked, const char **error, const char **why)
{
	const struct str *v = asked->values;
	struct err *e;

	*error = NULL;
	if (v[STATE].n > STATE_MAX) {
		asked->values[STATE] = STR_NONE;
		*error = "invalid_request";
		*why = "state is too long.";
	} else if (!str_is(v[RESPONSE_TYPE], "code")) {
		*error = v[RESPONSE_TYPE].p ? "unsupported_response_type" : "invalid_request";
		*why = "The response_type is code.";
	} else if (!client_has_grant(&asked->client, "authorization_code")) {
		*error = "unauthorized_client";
		*why = "The client has not the grant type authorization_code.";
	} else if (!is_challenge(v[CHALLENGE]) || !str_is(v[METHOD], "S256")) {
		*error = "invalid_request";
		*why = "PKCE is needed: code_challenge, with code_challenge_method S256.";
	}
	if (*error)
		return NULL;
	e = grant_scope_for(&c->ctx, &asked->client, v[SCOPE], &asked->scope);
	if (!e || e->code != ERR_INVALID)
		return e;
	*error = "invalid_scope";
	*why = "The client or the user does not have what is asked for.";
	return NULL;
}

/* ---- the page ---- */

/* "https://app.example:8443" of an address, for the policy of the page. An address in brackets cannot be
 * written there: its scheme has to do. */
static struct str target_of(struct call *c, struct str uri)
{
	size_t scheme = 0, end;

	while (scheme < uri.n && uri.p[scheme] != ':')
		scheme++;
	if (!str_starts(uri, "http") || memchr(uri.p, '[', uri.n))
		return str_printf(c->arena, "%.*s:", (int)scheme, uri.p);
	for (end = scheme + 3; end < uri.n && !strchr("/?", uri.p[end]); end++)
		;
	return (struct str){uri.p, end};
}

static void show_permissions(struct call *c, perm_set set)
{
	size_t n = 0;

	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		if (perm_has(set, (enum permission)p))
			row_set_cstr(page_row(c, "permissions", n++), "help",
				permission_help((enum permission)p));
	}
}

static struct err *ask(struct call *c, const struct asked *asked)
{
	size_t n = 0;

	for (size_t i = 0; i < DECISION; i++) {
		struct page_row *r;

		if (!asked->values[i].p)
			continue;
		r = page_row(c, "hidden", n++);
		row_set_cstr(r, "name", authorize_page_fields[i].name);
		row_set(r, "value", asked->values[i]);
	}
	show_permissions(c, asked->scope);
	page_set(c, "client.name", asked->client.name);
	page_set(c, "target", target_of(c, asked->values[REDIRECT_URI]));
	c->form_target = target_of(c, asked->values[REDIRECT_URI]);
	c->rs->status = 200;
	page_template(c, "authorize/ask", "Allow %.*s?", STR_ARG(asked->client.name));
	return NULL;
}

static struct err *allow(struct call *c, const struct asked *asked)
{
	const struct grant_wish wish = {
		.client = &asked->client,
		.redirect_uri = asked->values[REDIRECT_URI],
		.challenge = asked->values[CHALLENGE],
		.scope = asked->scope,
	};
	struct str code;

	TRY(grant_allow(&c->ctx, &wish, &code));
	return go(c, way_back(c, asked, "code", code, NULL));
}

/* A word of the list that prompt is. */
static bool wants(const struct asked *asked, const char *word)
{
	for (struct str rest = asked->values[PROMPT]; rest.p;)
		if (str_is(str_cut(rest, ' ', &rest), word))
			return true;
	return false;
}

/* Any program on the person's device could take the place of a public client that has no https address of its own: it
 * is asked for each time (RFC 8252 section 8.6). */
static bool may_be_another(const struct asked *asked)
{
	return !asked->client.secret_hash.p && !str_starts(asked->values[REDIRECT_URI], "https:");
}

struct err *authorize_page_show(struct call *c)
{
	const char *error, *why;
	struct asked asked;
	bool allowed, must_ask;

	TRY(read_app(c, &asked));
	TRY(check(c, &asked, &error, &why));
	if (error)
		return tell_app(c, &asked, error, why);
	TRY(grant_is_allowed(&c->ctx, &asked.client, asked.scope, &allowed));
	must_ask = wants(&asked, "consent") || wants(&asked, "login") || may_be_another(&asked);
	if (allowed && !must_ask)
		return allow(c, &asked);
	if (wants(&asked, "none"))
		return tell_app(c, &asked, "consent_required", "The user has to be asked.");
	return ask(c, &asked);
}

struct err *authorize_page_decide(struct call *c)
{
	const char *error, *why;
	struct asked asked;

	TRY(read_app(c, &asked));
	TRY(check(c, &asked, &error, &why));
	if (error)
		return tell_app(c, &asked, error, why);
	if (str_is(asked.values[DECISION], "allow"))
		return allow(c, &asked);
	return tell_app(c, &asked, "access_denied", "The user did not allow it.");
}
