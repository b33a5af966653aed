#include "web/oauth_api.h"

#include <stdio.h>

#include "domain/auth.h"
#include "domain/grant.h"
#include "web/app.h"
#include "web/oauth.h"

/* For the API's description: see token_fields. */
const struct field oauth_token_fields[] = {
	{.name = "token",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_PASSWORD,
		.max = TOKEN_BYTES_MAX,
		.help = "An access token or a refresh token"},
	{.name = "token_type_hint",
		.type = FIELD_TEXT,
		.max = 100,
		.help = "Not needed, and ignored: a token shows what it is"},
	OAUTH_CLIENT_FIELDS,
	{.name = NULL},
};

static void show_active(struct call *c, struct json_out *j, const struct token_state *state)
{
	const struct auth_config *config = auth_settings(c->app->auth);

	json_str(j, "scope", state->scope);
	json_str(j, "client_id", state->claims.client_id);
	json_cstr(j, "token_type", "Bearer");
	json_int(j, "exp", state->claims.expires_s);
	json_int(j, "iat", state->claims.issued_s);
	json_str(j, "sub", state->claims.subject);
	json_cstr(j, "aud", config->audience);
	json_cstr(j, "iss", config->issuer);
	json_str(j, "jti", state->claims.jti);
}

static struct err *introspect_refresh(struct call *c, const struct client *client, struct str token)
{
	struct json_out j = call_json(c);
	struct grant_refresh now;
	bool found;

	TRY(grant_find(&c->ctx, token, &now, &found));
	found = found && now.client_id == client->id; /* nobody else can do anything with it */
	json_object(&j, NULL);
	json_bool(&j, "active", found);
	if (found) {
		json_str(&j, "scope", now.scope);
		json_str(&j, "client_id", client->client_id);
		json_int(&j, "exp", now.expires_at / 1000000);
		json_str(&j, "sub", str_printf(c->arena, "user:%lld", (long long)now.user_id));
		json_cstr(&j, "iss", auth_settings(c->app->auth)->issuer);
	}
	json_object_end(&j);
	return NULL;
}

static struct err *no_token(struct call *c)
{
	return oauth_refuse(c, 400, "invalid_request", "token is missing.");
}

struct err *oauth_api_introspect(struct call *c)
{
	const struct str token = c->oauth->form.token;
	struct token_state state;
	struct json_out j;

	if (!token.p)
		return no_token(c);
	if (grant_is_refresh(token))
		return introspect_refresh(c, &c->oauth->client, token);
	TRY(auth_introspect(c->app->auth, &c->ctx, token, &state));
	j = call_json(c);
	json_object(&j, NULL);
	json_bool(&j, "active", state.active);
	if (state.active)
		show_active(c, &j, &state);
	json_object_end(&j);
	return NULL;
}

struct err *oauth_api_revoke(struct call *c)
{
	const struct client *client = &c->oauth->client;
	const struct str token = c->oauth->form.token;
	struct err *e;

	if (!token.p)
		return no_token(c);
	e = grant_is_refresh(token) ? grant_revoke(&c->ctx, client, token)
				    : auth_revoke(c->app->auth, &c->ctx, client, token);
	if (e && e->code == ERR_FORBIDDEN)
		return oauth_refuse(c, 400, "invalid_grant", "The token is another client's.");
	TRY(e);
	call_json_text(c, STR("{}"));
	return NULL;
}

static void list(struct json_out *j, const char *name, const char *const *texts)
{
	json_array(j, name);
	for (; *texts; texts++)
		json_cstr(j, NULL, *texts);
	json_array_end(j);
}

static void place(struct call *c, struct json_out *j, const char *name, const char *path)
{
	json_str(j, name, str_printf(c->arena, "%s%s", c->app->config->public_url, path));
}

static void methods(struct json_out *j, const char *endpoint, bool public)
{
	static const char *const all[] = {
		"client_secret_basic", "client_secret_post", "private_key_jwt", "none", NULL};
	static const char *const algorithms[] = {TOKEN_ALGORITHM, NULL};
	char name[80];

	snprintf(name, sizeof(name), "%s_endpoint_auth_methods_supported", endpoint);
	json_array(j, name);
	for (size_t i = 0; i < (public ? 4u : 3u); i++)
		json_cstr(j, NULL, all[i]);
	json_array_end(j);
	snprintf(name, sizeof(name), "%s_endpoint_auth_signing_alg_values_supported", endpoint);
	list(j, name, algorithms);
}

struct err *oauth_api_metadata(struct call *c)
{
	static const char *const code[] = {"code", NULL}, *const query[] = {"query", NULL};
	static const char *const s256[] = {"S256", NULL};
	struct json_out j = call_json(c);

	c->rs->cache_control = "public, max-age=300";
	json_object(&j, NULL);
	json_cstr(&j, "issuer", auth_settings(c->app->auth)->issuer);
	place(c, &j, "authorization_endpoint", "/oauth2/authorize");
	place(c, &j, "token_endpoint", "/oauth2/token");
	place(c, &j, "introspection_endpoint", "/oauth2/introspect");
	place(c, &j, "revocation_endpoint", "/oauth2/revoke");
	place(c, &j, "jwks_uri", "/.well-known/jwks.json");
	place(c, &j, "service_documentation", "/docs");
	list(&j, "grant_types_supported", client_grant_names);
	list(&j, "response_types_supported", code);
	list(&j, "response_modes_supported", query);
	list(&j, "code_challenge_methods_supported", s256);
	json_bool(&j, "authorization_response_iss_parameter_supported", true);
	methods(&j, "token", true);
	methods(&j, "introspection", false);
	methods(&j, "revocation", true);
	json_array(&j, "scopes_supported");
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		json_cstr(&j, NULL, permission_name((enum permission)p));
	json_array_end(&j);
	json_object_end(&j);
	return NULL;
}
