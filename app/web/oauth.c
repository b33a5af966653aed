#include "web/oauth.h"

#include "web/app.h"

struct err *oauth_refuse(struct call *c, int status, const char *error, const char *description)
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
static struct str *place_of(struct oauth_form *t, struct str name)
{
	if (str_is(name, "grant_type"))
		return &t->grant_type;
	if (str_is(name, "scope"))
		return &t->scope;
	if (str_is(name, "token"))
		return &t->token;
	if (str_is(name, "client_id"))
		return &t->client_id;
	if (str_is(name, "client_secret"))
		return &t->client_secret;
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

/* One answer for an unknown client, a wrong secret and a disabled client. */
static struct err *sign_in(
	struct call *c, const struct oauth_form *form, struct client *client, bool *refused)
{
	struct err *e;

	*refused = true;
	if (!form->client_id.p || !form->client_secret.p)
		return oauth_refuse(c, 401, "invalid_client", "Send the client's id and secret.");
	e = client_check_secret(&c->ctx, form->client_id, form->client_secret, client);
	if (e && e->code == ERR_INVALID_CLIENT)
		return oauth_refuse(
			c, 401, "invalid_client", "The client's id or secret is not right.");
	*refused = e != NULL;
	return e;
}

struct err *oauth_begin(
	struct call *c, struct oauth_form *form, struct client *client, bool *refused)
{
	const char *wrong = oauth_read(c, form);

	*refused = true;
	if (wrong)
		return oauth_refuse(c, 400, "invalid_request", wrong);
	return sign_in(c, form, client, refused);
}
