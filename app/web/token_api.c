#include "web/token_api.h"

#include <assert.h>

#include "domain/auth.h"
#include "domain/grant.h"
#include "web/app.h"
#include "web/oauth.h"

/* For the API's description. The handler reads the form itself: RFC 6749 wants unknown parameters
 * ignored, repeated ones refused, and its own form of refusal. */
const struct field token_fields[] = {
	{.name = "grant_type",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = 100,
		.help = "client_credentials, authorization_code or refresh_token"},
	{.name = "code",
		.type = FIELD_TEXT,
		.flags = FIELD_PASSWORD,
		.max = 100,
		.help = "With authorization_code: what the user's browser brought back"},
	{.name = "redirect_uri",
		.type = FIELD_TEXT,
		.max = 500,
		.help = "With authorization_code: the one that was asked with"},
	{.name = "code_verifier",
		.type = FIELD_TEXT,
		.flags = FIELD_PASSWORD,
		.max = 128,
		.help = "With authorization_code: what code_challenge was made of (RFC 7636)"},
	{.name = "refresh_token",
		.type = FIELD_TEXT,
		.flags = FIELD_PASSWORD,
		.max = 100,
		.help = "With refresh_token; each is good once"},
	{.name = "scope",
		.type = FIELD_TEXT,
		.max = 2000,
		.help = "Permissions wanted, separated by spaces; all that the client has unless told"},
	OAUTH_CLIENT_FIELDS,
	{.name = NULL},
};

static void show_token(struct call *c, const struct grant_tokens *tokens)
{
	struct json_out j = call_json(c);

	json_object(&j, NULL);
	json_str(&j, "access_token", tokens->access.token);
	json_cstr(&j, "token_type", "Bearer");
	json_int(&j, "expires_in", tokens->access.expires_in_s);
	json_str(&j, "scope", tokens->access.scope);
	if (tokens->refresh.p)
		json_str(&j, "refresh_token", tokens->refresh);
	json_object_end(&j);
}

typedef struct err *give_fn(struct call *c, const struct client *client, const struct oauth_form *t,
	struct grant_tokens *out);

static struct err *by_credentials(struct call *c, const struct client *client,
	const struct oauth_form *t, struct grant_tokens *out)
{
	out->refresh = STR_NONE;
	return auth_token_for(c->app->auth, &c->ctx, client, t->scope, &out->access);
}

static struct err *by_code(struct call *c, const struct client *client, const struct oauth_form *t,
	struct grant_tokens *out)
{
	const struct grant_redemption in = {
		.code = t->code, .redirect_uri = t->redirect_uri, .verifier = t->code_verifier};

	return grant_redeem(c->app->auth, &c->ctx, client, &in, out);
}

static struct err *by_refresh(struct call *c, const struct client *client,
	const struct oauth_form *t, struct grant_tokens *out)
{
	return grant_refresh(c->app->auth, &c->ctx, client, t->refresh_token, t->scope, out);
}

static give_fn *const gives[] = {by_credentials, by_code, by_refresh}; /* client_grant_names */

/* What a grant needs besides; NULL when all is there. */
static const char *missing(size_t grant, const struct oauth_form *t)
{
	assert(grant < sizeof(gives) / sizeof(gives[0]));
	if (gives[grant] == by_code && !(t->code.p && t->redirect_uri.p && t->code_verifier.p))
		return "code, redirect_uri and code_verifier are needed.";
	if (gives[grant] == by_refresh && !t->refresh_token.p)
		return "refresh_token is missing.";
	return NULL;
}

static struct err *give_token(struct call *c, size_t grant)
{
	const struct client *client = &c->oauth->client;
	struct grant_tokens tokens;
	struct err *e;

	if (!client_has_grant(client, client_grant_names[grant]))
		return oauth_refuse(
			c, 400, "unauthorized_client", "The client has not this grant type.");
	e = gives[grant](c, client, &c->oauth->form, &tokens);
	if (e && e->code == ERR_INVALID)
		return oauth_refuse(
			c, 400, "invalid_scope", "The scope names what this client does not have.");
	if (e && e->code == ERR_INVALID_GRANT)
		return oauth_refuse(c, 400, "invalid_grant",
			"The code or refresh token is not valid, or is over.");
	TRY(e);
	show_token(c, &tokens);
	return NULL;
}

struct err *token_api_make(struct call *c)
{
	const struct oauth_form *form = &c->oauth->form;
	const char *wrong;
	size_t grant = 0;

	if (!form->grant_type.p)
		return oauth_refuse(c, 400, "invalid_request", "grant_type is missing.");
	while (client_grant_names[grant] && !str_is(form->grant_type, client_grant_names[grant]))
		grant++;
	if (!client_grant_names[grant])
		return oauth_refuse(c, 400, "unsupported_grant_type",
			"The grant is client_credentials, authorization_code or refresh_token.");
	wrong = missing(grant, form);
	return wrong ? oauth_refuse(c, 400, "invalid_request", wrong) : give_token(c, grant);
}

/* Another key's turn may have come; while the database is away the keys known are good. */
static struct err *refresh_keys(struct call *c)
{
	TRY(db_ready(c->app->db, c->arena));
	return auth_refresh_keys(c->app->auth, &c->ctx);
}

struct err *token_api_keys(struct call *c)
{
	struct err *e = refresh_keys(c);
	struct str keys = auth_jwks(c->app->auth, c->arena);

	if (!keys.p)
		return e ? e : err_new(c->arena, ERR_UNAVAILABLE, "The keys are not loaded yet.");
	c->rs->cache_control = "public, max-age=300";
	call_json_text(c, keys);
	return NULL;
}
