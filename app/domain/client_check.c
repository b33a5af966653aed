/* What a client may be: its name, scope, grant types and redirect URIs. */
#include <string.h>

#include "domain/check.h"
#include "domain/client_inside.h"
#include "domain/people.h"
#include "domain/reach.h"

#define LOOPBACK_6 "[::1]"
#define TEXT_MAX ((size_t)CLIENT_URIS_MAX * (CLIENT_URI_MAX + 1))

const char *const client_grant_names[] = {
	"client_credentials", "authorization_code", "refresh_token", NULL};

bool client_has_grant(const struct client *client, const char *grant)
{
	struct str rest = client->grant_types;

	while (rest.n) {
		if (str_is(str_cut(rest, ' ', &rest), grant))
			return true;
	}
	return false;
}

/* ---- the scope ---- */

static void check_known(struct check *k, struct str scope)
{
	while (scope.n) {
		struct str name = str_cut(scope, ' ', &scope);
		perm_set one;

		if (!permission_parse(name, &one))
			check_wrong(k, "/scope", "unknown_permission",
				"There is no permission \"%.*s\".", STR_ARG(name));
	}
}

static void check_scope(struct ctx *c, struct check *k, struct str scope, struct client *client)
{
	perm_set granted, beyond;

	if (!permission_parse(scope, &granted))
		check_known(k, scope);
	else if (!granted)
		check_wrong(k, "/scope", "required", "It names no permission.");
	beyond = people_lacking(c, granted);
	if (beyond)
		check_wrong(k, "/scope", "not_yours",
			"You cannot give what you do not have yourself: %.*s.",
			STR_ARG(permission_format(c->arena, beyond)));
	client->scope = permission_format(c->arena, granted);
}

/* ---- where ---- */

static struct err *take_location(
	struct ctx *c, struct check *k, const struct client_input *in, struct client *client)
{
	client->location = in->location.n ? in->location : STR_NONE;
	return reach_root(c, client->location, STR("/location"), &k->err, &client->location_id);
}

/* What could never be used is not granted. */
static void check_limited(struct ctx *c, struct check *k, const struct client *client)
{
	perm_set granted, never;

	permission_parse(client->scope, &granted);
	never = granted & ~permission_limited(granted);
	if (client->location_id && never)
		check_wrong(k, "/scope", "not_limited",
			"This cannot be given within a location: %.*s.",
			STR_ARG(permission_format(c->arena, never)));
}

/* ---- grant types ---- */

static bool is_grant(struct str name)
{
	for (const char *const *g = client_grant_names; *g; g++) {
		if (str_is(name, *g))
			return true;
	}
	return false;
}

static bool is_among(const struct str *texts, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(texts[i], name))
			return true;
	}
	return false;
}

/* In the order of the table, each once. */
static void take_grants(
	struct ctx *c, struct check *k, const struct client_input *in, struct client *client)
{
	struct buf b;

	for (size_t i = 0; i < in->grant_type_count; i++) {
		if (!is_grant(in->grant_types[i]))
			check_wrong(k, arena_printf(c->arena, "/grant_types/%zu", i),
				"invalid_choice",
				"It is client_credentials, authorization_code or refresh_token.");
	}
	buf_init(&b, c->arena, TEXT_MAX);
	for (const char *const *g = client_grant_names; *g; g++) {
		if (!is_among(in->grant_types, in->grant_type_count, *g))
			continue;
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add_cstr(&b, *g);
	}
	client->grant_types = b.n ? buf_str(&b) : STR("");
}

/* ---- redirect URIs ---- */

static bool is_uri_text(struct str uri)
{
	static const char refused[] = "<>\"\\^`{|}#*";

	for (size_t i = 0; i < uri.n; i++) {
		if (uri.p[i] <= 0x20 || uri.p[i] >= 0x7f || strchr(refused, uri.p[i]))
			return false;
	}
	return uri.n > 0;
}

static bool is_port(struct str s)
{
	int64_t port;

	return s.n <= 5 && str_to_int(s, &port) && port > 0 && port <= 65535;
}

/* A host, and after it nothing, a port, a path or a query; no user. What stands for the host goes into a
 * header of the page of consent, so it has no other characters than names and addresses have. */
static bool has_host(struct str uri, const char *before)
{
	static const char name[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	size_t i = strlen(before), end, n;

	if (!str_starts(uri, before))
		return false;
	for (end = i; end < uri.n && uri.p[end] != '/' && uri.p[end] != '?'; end++)
		;
	for (n = i; n < end && strchr(name, uri.p[n]); n++)
		;
	if (n == i && str_starts((struct str){uri.p + i, end - i}, LOOPBACK_6))
		n += strlen(LOOPBACK_6);
	return n > i &&
		(n == end ||
			(uri.p[n] == ':' && is_port((struct str){uri.p + n + 1, end - n - 1})));
}

static bool is_here(struct str uri, const char *before)
{
	size_t n = strlen(before);

	return str_starts(uri, before) && (uri.n == n || strchr("/?:", uri.p[n])) &&
		has_host(uri, "http://");
}

/* RFC 8252 section 7.1: a scheme made of a domain name turned around has a dot. */
static bool is_private_scheme(struct str uri)
{
	bool dot = false;
	size_t i = 0;

	for (; i < uri.n && uri.p[i] != ':'; i++) {
		char ch = uri.p[i];

		if (!((ch >= 'a' && ch <= 'z') ||
			    (i && ((ch >= '0' && ch <= '9') || strchr("+-.", ch)))))
			return false;
		dot |= ch == '.';
	}
	return dot && i + 1 < uri.n && uri.p[i + 1] == '/';
}

static bool is_redirect_uri(struct str uri)
{
	return is_uri_text(uri) &&
		(has_host(uri, "https://") || is_here(uri, "http://127.0.0.1") ||
			is_here(uri, "http://" LOOPBACK_6) || is_here(uri, "http://localhost") ||
			is_private_scheme(uri));
}

static void take_uris(
	struct ctx *c, struct check *k, const struct client_input *in, struct client *client)
{
	struct buf b;

	buf_init(&b, c->arena, TEXT_MAX);
	if (in->redirect_uri_count > CLIENT_URIS_MAX)
		check_wrong(k, "/redirect_uris", "too_many", "At most %d are allowed.",
			CLIENT_URIS_MAX);
	for (size_t i = 0; i < in->redirect_uri_count && i < CLIENT_URIS_MAX; i++) {
		struct str uri = in->redirect_uris[i];

		if (uri.n > CLIENT_URI_MAX || !is_redirect_uri(uri))
			check_wrong(k, arena_printf(c->arena, "/redirect_uris/%zu", i),
				"invalid_uri",
				"It is an https address, one of http on 127.0.0.1, [::1] or "
				"localhost, or begins with a scheme such as com.example.app:/; at "
				"most %d characters, without a fragment.",
				CLIENT_URI_MAX);
		if (b.n)
			buf_add_char(&b, '\n');
		buf_add_str(&b, uri);
	}
	client->redirect_uris = b.n && !b.overflow ? buf_str(&b) : STR("");
}

/* ---- all of it ---- */

static void check_together(struct check *k, const struct client *client, bool public)
{
	bool code = client_has_grant(client, "authorization_code");

	if (!client->grant_types.n)
		check_wrong(k, "/grant_types", "required", "It names none.");
	if (public && client_has_grant(client, "client_credentials"))
		check_wrong(
			k, "/grant_types", "conflicting", "A public client has no credentials.");
	if (!code && client_has_grant(client, "refresh_token"))
		check_wrong(k, "/grant_types", "conflicting",
			"refresh_token goes with authorization_code.");
	if (code && client->location_id)
		check_wrong(k, "/location", "conflicting",
			"A client that acts for users reaches as far as they do.");
	if (code && !client->redirect_uris.n)
		check_wrong(k, "/redirect_uris", "required",
			"authorization_code needs an address to send browsers back to.");
}

struct err *client_check_input(struct ctx *c, const struct client_input *in, struct client *client)
{
	bool fresh = !client->id, public = fresh ? in->public : !client->secret_hash.p;
	struct check k = check_begin(c);

	if (fresh) {
		check_needed(&k, "/name", in->name);
		check_needed(&k, "/scope", in->scope);
		client->grant_types = public ? STR("authorization_code refresh_token")
					     : STR("client_credentials");
		client->redirect_uris = STR("");
	}
	check_text(&k, "/name", in->name, CLIENT_NAME_MAX, CHECK_LINE);
	if (in->name.p)
		client->name = in->name;
	if (in->scope.p)
		check_scope(c, &k, in->scope, client);
	if (in->grant_types)
		take_grants(c, &k, in, client);
	if (in->redirect_uris)
		take_uris(c, &k, in, client);
	if (in->location.p)
		TRY(take_location(c, &k, in, client));
	if (client->scope.p)
		check_limited(c, &k, client);
	if (!k.err)
		check_together(&k, client, public);
	return check_end(&k);
}
