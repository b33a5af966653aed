#include "web/token_api.h"

#include "domain/auth.h"
#include "web/app.h"
#include "web/oauth.h"

/* For the API's description. The handler reads the form itself: RFC 6749 wants unknown parameters
 * ignored, repeated ones refused, and its own form of refusal. */
const struct field token_fields[] = {
	{.name = "grant_type",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = 100,
		.help = "client_credentials"},
	{.name = "scope",
		.type = FIELD_TEXT,
		.max = 2000,
		.help = "Permissions wanted, separated by spaces; all that the client has unless told"},
	{.name = "client_id",
		.type = FIELD_TEXT,
		.max = 64,
		.help = "Unless the request has HTTP Basic credentials"},
	{.name = "client_secret",
		.type = FIELD_TEXT,
		.flags = FIELD_PASSWORD,
		.max = 200,
		.help = "Unless the request has HTTP Basic credentials"},
	{.name = "client_assertion_type",
		.type = FIELD_TEXT,
		.max = 100,
		.help = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	{.name = "client_assertion",
		.type = FIELD_TEXT,
		.flags = FIELD_PASSWORD,
		.max = 8192,
		.help = "Instead of a secret: a JWT that the client has signed (RFC 7523)"},
	{.name = NULL},
};

static void show_token(struct call *c, const struct access_token *token)
{
	struct json_out j = call_json(c);

	json_object(&j, NULL);
	json_str(&j, "access_token", token->token);
	json_cstr(&j, "token_type", "Bearer");
	json_int(&j, "expires_in", token->expires_in_s);
	json_str(&j, "scope", token->scope);
	json_object_end(&j);
}

static struct err *give_token(struct call *c, const struct oauth_form *t)
{
	struct access_token token;
	struct client client;
	struct err *e;
	bool refused;

	TRY(oauth_sign_in(c, t, &client, &refused));
	if (refused)
		return NULL;
	e = auth_token_for(c->app->auth, &c->ctx, &client, t->scope, &token);
	if (e && e->code == ERR_INVALID)
		return oauth_refuse(
			c, 400, "invalid_scope", "The scope names what this client does not have.");
	TRY(e);
	show_token(c, &token);
	return NULL;
}

struct err *token_api_make(struct call *c)
{
	struct oauth_form t;
	const char *wrong = oauth_read(c, &t);

	if (!wrong && !t.grant_type.p)
		wrong = "grant_type is missing.";
	if (wrong)
		return oauth_refuse(c, 400, "invalid_request", wrong);
	if (!str_is(t.grant_type, "client_credentials"))
		return oauth_refuse(
			c, 400, "unsupported_grant_type", "The grant is client_credentials.");
	return give_token(c, &t);
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
