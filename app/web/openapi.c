#include "web/openapi.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json_in.h"
#include "web/openapi_inside.h"

#define DOCUMENT_MAX ((size_t)1024 * 1024)
#define SCRATCH_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define SCHEMAS_MAX ((size_t)256 * 1024)

/* ---- answers ---- */

void openapi_reference(struct json_out *j, const char *part, const char *name)
{
	char ref[120];
	int n = snprintf(ref, sizeof(ref), "#/components/%s/%s", part, name);

	assert(n > 0 && (size_t)n < sizeof(ref));
	json_cstr(j, "$ref", ref);
}

static void named_reference(
	struct json_out *j, const char *member, const char *part, const char *name)
{
	json_object(j, member);
	openapi_reference(j, part, name);
	json_object_end(j);
}

static bool takes(const struct route *r, const char *name)
{
	for (const struct field *f = r->input; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return true;
	return false;
}

static void headers(struct json_out *j, const struct route *r)
{
	const struct {
		const char *name;
		bool has;
	} all[] = {
		{"X-Request-Id", true},
		{"ETag", (r->flags & ROUTE_ETAG) != 0},
		{"Location", r->status == 201},
		{"Link", takes(r, "cursor")},
		{"Idempotency-Replayed", (r->flags & ROUTE_ONCE) != 0},
		{"Deprecation", r->deprecated != NULL},
		{"Sunset", r->sunset != NULL},
		{"RateLimit", !(r->flags & ROUTE_RATE_NONE)},
		{"RateLimit-Policy", !(r->flags & ROUTE_RATE_NONE)},
	};

	json_object(j, "headers");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].has)
			named_reference(j, all[i].name, "headers", all[i].name);
	json_object_end(j);
}

static void success(struct json_out *j, const struct route *r)
{
	char status[8];

	snprintf(status, sizeof(status), "%d", r->status);
	json_object(j, status);
	json_cstr(j, "description", r->summary);
	headers(j, r);
	if (r->answer) {
		json_object(j, "content");
		json_object(j, "application/json");
		named_reference(j, "schema", "schemas", r->answer);
		json_object_end(j);
		json_object_end(j);
	}
	json_object_end(j);
}

static bool needs_sign_in(const struct route *r)
{
	return r->auth == AUTH_API || r->auth == AUTH_API_SESSION;
}

/* Those errors that the row tells of; default is any other. */
static void refusals(struct json_out *j, const struct route *r)
{
	bool oauth = route_signs_client_in(r);
	const struct {
		const char *status, *response;
		bool has;
	} all[] = {
		{"304", "NotModified", (r->flags & ROUTE_ETAG) && r->method == HTTP_GET},
		{"400", "TokenRefused", oauth},
		{"401", "TokenRefused", oauth},
		{"401", "Unauthenticated", needs_sign_in(r)},
		{"403", "Forbidden", needs_sign_in(r)},
		{"404", "Problem", strstr(r->path, "{id}") != NULL},
		{"409", "Conflict", (r->flags & (ROUTE_ONCE | ROUTE_IF_MATCH)) != 0},
		{"412", "Problem", (r->flags & (ROUTE_IF_MATCH | ROUTE_MAY_MATCH)) != 0},
		{"422", "Problem", needs_sign_in(r) && r->input},
		{"428", "Problem", (r->flags & ROUTE_IF_MATCH) != 0},
		{"429", oauth ? "TokenLater" : "TooManyRequests", !(r->flags & ROUTE_RATE_NONE)},
		{"503", oauth ? "TokenLater" : "Unavailable", true},
		{"default", oauth ? "TokenRefused" : "Problem", true},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].has)
			named_reference(j, all[i].status, "responses", all[i].response);
}

/* ---- operations ---- */

static void scheme(struct json_out *j, const char *name, const char *scope)
{
	json_array(j, name);
	if (scope)
		json_cstr(j, NULL, scope);
	json_array_end(j);
}

/* A token; or a session, and its CSRF token with what changes something. */
static void security(struct json_out *j, const struct route *r)
{
	json_array(j, "security");
	if (r->auth == AUTH_API) {
		json_object(j, NULL);
		scheme(j, "oauth2",
			r->permission == PERM_NONE ? NULL : permission_name(r->permission));
		json_object_end(j);
	}
	if (needs_sign_in(r)) {
		json_object(j, NULL);
		scheme(j, "session", NULL);
		if (r->method & HTTP_UNSAFE)
			scheme(j, "csrf", NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

static const char *method_name(enum http_method m)
{
	switch (m) {
	case HTTP_GET:
		return "get";
	case HTTP_POST:
		return "post";
	case HTTP_PUT:
		return "put";
	case HTTP_PATCH:
		return "patch";
	case HTTP_DELETE:
		return "delete";
	case HTTP_HEAD:
	case HTTP_OPTIONS:
	case HTTP_OTHER:
		break;
	}
	assert(!"a method that no route has");
	return "";
}

/* The method and the words of the path: "post_items_id_archive". */
static void name_operation(const struct route *r, char *out, size_t size)
{
	const char *p = r->path;
	size_t n = (size_t)snprintf(out, size, "%s", method_name(r->method));
	bool gap = true;

	if (strncmp(p, "/v1/", 4) == 0)
		p += 4;
	for (; *p; p++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", *p)) {
			gap = true;
			continue;
		}
		assert(n + 3 < size);
		if (gap)
			out[n++] = '_';
		out[n++] = *p;
		gap = false;
	}
	out[n] = '\0';
}

/* What its permission is about. */
static void tags(struct json_out *j, const struct route *r)
{
	const char *name = r->auth == AUTH_API_SESSION ? "sessions:"
		: r->permission == PERM_NONE           ? "system:"
						       : permission_name(r->permission);

	json_array(j, "tags");
	json_str(j, NULL, (struct str){name, strcspn(name, ":")});
	json_array_end(j);
}

static void operation(struct json_out *j, const struct route *r)
{
	char name[80];

	name_operation(r, name, sizeof(name));
	json_object(j, method_name(r->method));
	json_cstr(j, "operationId", name);
	tags(j, r);
	json_cstr(j, "summary", r->summary);
	if (r->deprecated)
		json_bool(j, "deprecated", true);
	security(j, r);
	openapi_parameters(j, r);
	openapi_request_body(j, r, name);
	json_object(j, "responses");
	success(j, r);
	refusals(j, r);
	json_object_end(j);
	json_object_end(j);
}

/* Rows of one path stand together in the table, but need not: all are gathered at the first. */
static void paths(struct json_out *j)
{
	json_object(j, "paths");
	for (size_t i = 0; i < route_count; i++) {
		bool seen = routes[i].kind != ROUTE_API;

		for (size_t k = 0; k < i && !seen; k++)
			seen = routes[k].kind == ROUTE_API &&
				strcmp(routes[k].path, routes[i].path) == 0;
		if (seen)
			continue;
		json_object(j, routes[i].path);
		for (size_t k = i; k < route_count; k++)
			if (routes[k].kind == ROUTE_API &&
				strcmp(routes[k].path, routes[i].path) == 0)
				operation(j, &routes[k]);
		json_object_end(j);
	}
	json_object_end(j);
}

/* ---- the document ---- */

static struct err *read_file(struct arena *a, const char *path, struct str *out)
{
	FILE *f = fopen(path, "re");
	char *text = arena_alloc(a, SCHEMAS_MAX);
	size_t n;
	bool whole;

	if (!f)
		return err_new(a, ERR_USAGE, "%s cannot be read: %s", path, strerror(errno));
	n = fread(text, 1, SCHEMAS_MAX, f);
	whole = !ferror(f) && n < SCHEMAS_MAX;
	fclose(f);
	if (!whole)
		return err_new(a, ERR_USAGE, "%s cannot be read whole", path);
	*out = (struct str){text, n};
	return NULL;
}

static void info(struct json_out *j)
{
	json_cstr(j, "openapi", "3.1.0");
	json_object(j, "info");
	json_cstr(j, "title", "bincard");
	json_cstr(j, "version", "1");
	json_cstr(j, "description",
		"Inventory: items, locations, and stock that moves between them through a ledger. "
		"Quantities are decimal strings. Errors are application/problem+json and name every "
		"wrong field at once. Lists are read page by page with next_cursor.");
	json_object_end(j);
}

static bool is_asked_for(enum permission p)
{
	for (size_t i = 0; i < route_count; i++)
		if (routes[i].kind == ROUTE_API && routes[i].permission == p)
			return true;
	return false;
}

static void flow(struct json_out *j, const char *name, bool with_code)
{
	json_object(j, name);
	if (with_code) {
		json_cstr(j, "authorizationUrl", "/oauth2/authorize");
		json_cstr(j, "refreshUrl", "/oauth2/token");
	}
	json_cstr(j, "tokenUrl", "/oauth2/token");
	json_object(j, "scopes");
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		if (is_asked_for((enum permission)p))
			json_cstr(j, permission_name((enum permission)p),
				permission_help((enum permission)p));
	json_object_end(j);
	json_object_end(j);
}

static void oauth2_scheme(struct json_out *j)
{
	json_object(j, "oauth2");
	json_cstr(j, "type", "oauth2");
	json_object(j, "flows");
	flow(j, "clientCredentials", false);
	flow(j, "authorizationCode", true);
	json_object_end(j);
	json_object_end(j);
}

static void key_scheme(struct json_out *j, const char *scheme_name, const char *in,
	const char *name, const char *help)
{
	json_object(j, scheme_name);
	json_cstr(j, "type", "apiKey");
	json_cstr(j, "in", in);
	json_cstr(j, "name", name);
	json_cstr(j, "description", help);
	json_object_end(j);
}

static void security_schemes(struct json_out *j, const char *cookie)
{
	json_object(j, "securitySchemes");
	oauth2_scheme(j);
	key_scheme(j, "session", "cookie", cookie,
		"The session of a signed-in browser; what it may do is what the person may do. A "
		"request with an Authorization header does not use it.");
	key_scheme(j, "csrf", "header", "X-CSRF-Token",
		"The session's token, which stands in the field csrf of every page's forms");
	json_object_end(j);
}

/* A file of JSON becomes a member of the document as it is. */
static struct err *file_member(
	struct json_out *j, struct arena *a, const char *dir, const char *name)
{
	struct str text;
	struct json_node *parsed;

	TRY(read_file(a, arena_printf(a, "%s/%s.json", dir, name), &text));
	TRY(json_parse(a, text, &parsed));
	json_raw(j, name, str_trim(text));
	return NULL;
}

static struct err *make(struct arena *a, const char *dir, const char *cookie, struct str *out)
{
	static const char *const files[] = {"schemas", "headers", "responses", "examples"};
	struct buf b;
	struct json_out j;

	buf_init(&b, a, DOCUMENT_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	info(&j);
	paths(&j);
	openapi_events(&j);
	json_object(&j, "components");
	security_schemes(&j, cookie);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TRY(file_member(&j, a, dir, files[i]));
	json_object_end(&j);
	json_object_end(&j);
	assert(!b.overflow);
	*out = buf_str(&b);
	return NULL;
}

/* What it is made of is not kept: a worker has it for all its life. */
struct err *openapi_make(struct arena *boot, const char *dir, const char *cookie, struct str *out)
{
	struct arena *a = arena_new(SCRATCH_BYTES_MAX);
	struct str document;
	struct err *e = make(a, dir, cookie, &document);

	if (e)
		e = err_because(err_new(boot, e->code, "%.*s", STR_ARG(e->detail)), "%.*s",
			STR_ARG(e->cause));
	else
		*out = str_copy(boot, document);
	arena_free(a);
	return e;
}
