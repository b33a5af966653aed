#include "web/token_api.h"

#include <string.h>

#include "domain/auth.h"
#include "web/app.h"

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
	{.name = NULL},
};

struct token_request {
	struct str grant_type, scope;
	struct str client_id, client_secret;
	bool basic; /* credentials by HTTP Basic */
};

static struct err *refuse(struct call *c, int status, const char *error, const char *description)
{
	struct json_out j = call_json(c);

	c->rs->status = status;
	if (status == 401)
		response_header(
			c->rs, "WWW-Authenticate", "Basic realm=\"bincard\", charset=\"UTF-8\"");
	json_object(&j, NULL);
	json_cstr(&j, "error", error);
	json_cstr(&j, "error_description", description);
	json_object_end(&j);
	return NULL;
}

/* Where a parameter of the form goes; NULL for those that are ignored. */
static struct str *place_of(struct token_request *t, struct str name)
{
	if (str_is(name, "grant_type"))
		return &t->grant_type;
	if (str_is(name, "scope"))
		return &t->scope;
	if (str_is(name, "client_id"))
		return &t->client_id;
	if (str_is(name, "client_secret"))
		return &t->client_secret;
	return NULL;
}

/* The text of what is wrong, or NULL. A parameter without a value counts as left out
 * (section 3.2). */
static const char *read_form(struct call *c, struct token_request *t)
{
	struct http_pair *pairs;

	if (c->rq->query)
		return "Parameters belong in the body.";
	if (http_parse_pairs(c->arena, c->rq->body, &pairs))
		return "The body is not a readable form.";
	for (; pairs; pairs = pairs->next) {
		struct str *place = place_of(t, pairs->name);

		if (!place || !pairs->value.n)
			continue;
		if (place->p)
			return "A parameter is repeated.";
		*place = pairs->value;
	}
	return NULL;
}

static const char *read_credentials(struct call *c, struct token_request *t)
{
	struct str header = request_header(c->rq, "authorization");
	struct str posted_id = t->client_id, posted_secret = t->client_secret;

	if (!header.p)
		return NULL;
	if (posted_secret.p)
		return "Send the credentials in one way only.";
	t->basic = http_basic(c->arena, header, &t->client_id, &t->client_secret);
	if (!t->basic)
		t->client_id = t->client_secret = STR_NONE;
	else if (posted_id.p && !str_eq(posted_id, t->client_id))
		return "client_id is not that of the credentials.";
	return NULL;
}

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

static struct err *give_token(struct call *c, const struct token_request *t)
{
	struct access_token token;
	struct err *e;

	if (!t->client_id.p || !t->client_secret.p)
		return refuse(c, 401, "invalid_client", "Send the client's id and secret.");
	e = auth_client_token(
		c->app->auth, &c->ctx, t->client_id, t->client_secret, t->scope, &token);
	if (e && e->code == ERR_INVALID_CLIENT)
		return refuse(c, 401, "invalid_client", "The client's id or secret is not right.");
	if (e && e->code == ERR_INVALID)
		return refuse(
			c, 400, "invalid_scope", "The scope names what this client does not have.");
	TRY(e);
	show_token(c, &token);
	return NULL;
}

struct err *token_api_make(struct call *c)
{
	struct token_request t = {.grant_type = STR_NONE};
	const char *wrong = read_form(c, &t);

	c->rs->cache_control = "no-store";
	response_header(c->rs, "Pragma", "no-cache");
	if (!wrong)
		wrong = read_credentials(c, &t);
	if (!wrong && !t.grant_type.p)
		wrong = "grant_type is missing.";
	if (wrong)
		return refuse(c, 400, "invalid_request", wrong);
	if (!str_is(t.grant_type, "client_credentials"))
		return refuse(c, 400, "unsupported_grant_type", "The grant is client_credentials.");
	return give_token(c, &t);
}

struct err *token_api_keys(struct call *c)
{
	struct str keys = auth_jwks(c->app->auth, c->arena);

	if (!keys.p)
		return err_new(c->arena, ERR_UNAVAILABLE, "The keys are not loaded yet.");
	c->rs->cache_control = "public, max-age=300";
	call_json_text(c, keys);
	return NULL;
}
