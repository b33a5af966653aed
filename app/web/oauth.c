#include "web/oauth.h"

#include "domain/auth.h"
#include "http/problem.h"
#include "web/app.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static void write_refusal(struct call *c, const char *error, const char *description)
{
	struct json_out j = call_json(c);

	json_object(&j, NULL);
	json_cstr(&j, "error", error);
	json_cstr(&j, "error_description", description);
	json_object_end(&j);
}

struct err *oauth_refuse(struct call *c, int status, const char *error, const char *description)
{
	write_refusal(c, error, description);
	c->rs->status = status;
	if (status == 401)
		response_header(
			c->rs, "WWW-Authenticate", "Basic realm=\"bincard\", charset=\"UTF-8\"");
	return NULL;
}

void oauth_render(struct call *c, const struct err *e)
{
	int status = err_status(e->code);

	problem_head(c->rs, e);
	write_refusal(c,
		status == 429 || status == 503 ? "temporarily_unavailable"
			: status >= 500        ? "server_error"
					       : "invalid_request",
		status < 500 && e->detail.n ? str_cstr(c->arena, e->detail) : err_title(e->code));
}

/* Where a parameter of the form goes; NULL for those that are ignored. */
static struct str *place_of(struct oauth_form *t, struct str name)
{
	if (str_is(name, "grant_type"))
		return &t->grant_type;
	if (str_is(name, "scope"))
		return &t->scope;
	if (str_is(name, "code"))
		return &t->code;
	if (str_is(name, "redirect_uri"))
		return &t->redirect_uri;
	if (str_is(name, "code_verifier"))
		return &t->code_verifier;
	if (str_is(name, "refresh_token"))
		return &t->refresh_token;
	if (str_is(name, "token"))
		return &t->token;
	if (str_is(name, "client_id"))
		return &t->client_id;
	if (str_is(name, "client_secret"))
		return &t->client_secret;
	if (str_is(name, "client_assertion_type"))
		return &t->assertion_type;
	if (str_is(name, "client_assertion"))
		return &t->assertion;
	return NULL;
}

/* The text of what is wrong, or NULL. A parameter without a value counts as left out
 * (section 3.2). */
static const char *read_form(struct call *c, struct oauth_form *t)
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

static const char *read_credentials(struct call *c, struct oauth_form *t)
{
	struct str header = request_header(c->rq, "authorization");
	struct str posted_id = t->client_id, posted_secret = t->client_secret;

	if (t->assertion.p && (header.p || t->client_secret.p))
		return "Send the credentials in one way only.";
	if ((t->assertion.p || t->assertion_type.p) &&
		!(t->assertion.p && str_is(t->assertion_type, ASSERTION_TYPE)))
		return "An assertion has the type " ASSERTION_TYPE ".";
	if (!header.p)
		return NULL;
	if (posted_secret.p)
		return "Send the credentials in one way only.";
	if (!http_basic(c->arena, header, &t->client_id, &t->client_secret))
		t->client_id = t->client_secret = STR_NONE;
	else if (posted_id.p && !str_eq(posted_id, t->client_id))
		return "client_id is not that of the credentials.";
	return NULL;
}

const char *oauth_read(struct call *c, struct oauth_form *form)
{
	const char *wrong;

	*form = (struct oauth_form){.grant_type = STR_NONE};
	c->rs->cache_control = "no-store";
	response_header(c->rs, "Pragma", "no-cache");
	wrong = read_form(c, form);
	return wrong ? wrong : read_credentials(c, form);
}

static struct err *check_client(
	struct call *c, const struct oauth_form *form, struct client *client)
{
	const struct auth_config *config = auth_settings(c->app->auth);

	if (form->assertion.p)
		return client_check_assertion(&c->ctx, config->issuer, config->token_endpoint,
			form->client_id, form->assertion, client);
	if (!form->client_secret.p)
		return client_check_public(&c->ctx, form->client_id, client);
	return client_check_secret(&c->ctx, form->client_id, form->client_secret, client);
}

static struct err *refuse(struct call *c, int status, const char *error, const char *description)
{
	c->refused = true;
	return oauth_refuse(c, status, error, description);
}

/* One answer for an unknown client, a disabled one, and a wrong secret or assertion. */
struct err *oauth_sign_in(struct call *c)
{
	struct oauth_request *request = ARENA_NEW(c->arena, struct oauth_request);
	const struct oauth_form *form = &request->form;
	const char *wrong = oauth_read(c, &request->form);
	struct err *e;

	if (wrong)
		return refuse(c, 400, "invalid_request", wrong);
	if (!form->assertion.p && !form->client_id.p)
		return refuse(c, 401, "invalid_client", "Send the client's id and secret.");
	e = check_client(c, form, &request->client);
	if (e && e->code == ERR_INVALID_CLIENT)
		return refuse(c, 401, "invalid_client",
			form->assertion.p ? "The client's assertion is not valid."
					  : "The client's id or secret is not right.");
	TRY(e);
	if (c->route->auth == AUTH_CLIENT_SECRET && !request->client.secret_hash.p)
		return refuse(c, 401, "invalid_client", "A public client may not ask.");
	c->oauth = request;
	return NULL;
}
