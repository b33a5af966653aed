#include "web/openapi.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "web/route.h"

#define DOCUMENT_MAX ((size_t)1024 * 1024)
#define SCHEMAS_MAX ((size_t)256 * 1024)

/* ---- inputs ---- */

static void text_schema(struct json_out *j, const struct field *f)
{
	json_cstr(j, "type", "string");
	if (f->max)
		json_int(j, "maxLength", (int64_t)f->max);
	if (f->flags & FIELD_REQUIRED)
		json_int(j, "minLength", 1);
	if (f->flags & FIELD_PASSWORD)
		json_cstr(j, "format", "password");
}

static void int_schema(struct json_out *j, const struct field *f)
{
	json_cstr(j, "type", "integer");
	if (f->flags & FIELD_POSITIVE)
		json_int(j, "minimum", 1);
	else if (f->flags & FIELD_NOT_NEGATIVE)
		json_int(j, "minimum", 0);
	if (f->max)
		json_int(j, "maximum", (int64_t)f->max);
}

static void choice_schema(struct json_out *j, const struct field *f)
{
	json_cstr(j, "type", "string");
	json_array(j, "enum");
	for (size_t i = 0; f->choices[i]; i++) {
		char descending[80];

		json_cstr(j, NULL, f->choices[i]);
		if (f->type != FIELD_SORT)
			continue;
		snprintf(descending, sizeof(descending), "-%s", f->choices[i]);
		json_cstr(j, NULL, descending);
	}
	json_array_end(j);
}

static void fields_schema(struct json_out *j, const char *name, const struct field *fields);

static void array_schema(struct json_out *j, const struct field *f)
{
	json_cstr(j, "type", "array");
	if (f->max)
		json_int(j, "maxItems", (int64_t)f->max);
	if (f->flags & FIELD_REQUIRED)
		json_int(j, "minItems", 1);
	if (f->type == FIELD_ROWS) {
		fields_schema(j, "items", f->row);
		return;
	}
	json_object(j, "items");
	json_cstr(j, "type", "string");
	json_object_end(j);
}

static void reference(struct json_out *j, const char *schema)
{
	char ref[80];
	int n = snprintf(ref, sizeof(ref), "#/components/schemas/%s", schema);

	assert(n > 0 && (size_t)n < sizeof(ref));
	json_cstr(j, "$ref", ref);
}

static void field_schema(struct json_out *j, const char *name, const struct field *f)
{
	json_object(j, name);
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_MULTILINE:
	case FIELD_CODE:
		text_schema(j, f);
		break;
	case FIELD_INT:
		int_schema(j, f);
		break;
	case FIELD_QTY:
		reference(j, "Quantity");
		break;
	case FIELD_BOOL:
		json_cstr(j, "type", "boolean");
		break;
	case FIELD_TIME:
		json_cstr(j, "type", "string");
		json_cstr(j, "format", "date-time");
		break;
	case FIELD_CHOICE:
	case FIELD_SORT:
		choice_schema(j, f);
		break;
	case FIELD_TEXTS:
	case FIELD_ROWS:
		array_schema(j, f);
		break;
	}
	if (f->help)
		json_cstr(j, "description", f->help);
	json_object_end(j);
}

static void fields_schema(struct json_out *j, const char *name, const struct field *fields)
{
	bool required = false;

	json_object(j, name);
	json_cstr(j, "type", "object");
	json_bool(j, "additionalProperties", false);
	json_object(j, "properties");
	for (const struct field *f = fields; f->name; f++) {
		field_schema(j, f->name, f);
		required |= (f->flags & FIELD_REQUIRED) != 0;
	}
	json_object_end(j);
	if (required) {
		json_array(j, "required");
		for (const struct field *f = fields; f->name; f++)
			if (f->flags & FIELD_REQUIRED)
				json_cstr(j, NULL, f->name);
		json_array_end(j);
	}
	json_object_end(j);
}

/* ---- parameters ---- */

static void parameter(struct json_out *j, const char *in, const char *name, bool required,
	const char *type, const char *help)
{
	json_object(j, NULL);
	json_cstr(j, "name", name);
	json_cstr(j, "in", in);
	json_bool(j, "required", required);
	if (help)
		json_cstr(j, "description", help);
	json_object(j, "schema");
	json_cstr(j, "type", type);
	json_object_end(j);
	json_object_end(j);
}

static void parameters(struct json_out *j, const struct route *r)
{
	json_array(j, "parameters");
	if (strstr(r->path, "{id}"))
		parameter(j, "path", "id", true, "integer", NULL);
	if (r->flags & ROUTE_ONCE)
		parameter(j, "header", "Idempotency-Key", false, "string",
			"A retry with the same key and body is applied once and gets the stored answer");
	if (r->flags & ROUTE_IF_MATCH)
		parameter(j, "header", "If-Match", true, "string", "The ETag that was read");
	if (r->flags & ROUTE_QUERY)
		for (const struct field *f = r->input; f && f->name; f++) {
			json_object(j, NULL);
			json_cstr(j, "name", f->name);
			json_cstr(j, "in", "query");
			json_bool(j, "required", (f->flags & FIELD_REQUIRED) != 0);
			field_schema(j, "schema", f);
			json_object_end(j);
		}
	json_array_end(j);
}

/* ---- operations ---- */

static void request_body(struct json_out *j, const struct route *r)
{
	bool json = (r->flags & ROUTE_JSON_BODY) != 0;

	if (!r->input || !(r->flags & (ROUTE_JSON_BODY | ROUTE_FORM_BODY)))
		return;
	json_object(j, "requestBody");
	json_object(j, "content");
	json_object(j, json ? "application/json" : "application/x-www-form-urlencoded");
	fields_schema(j, "schema", r->input);
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void responses(struct json_out *j, const struct route *r)
{
	char status[8];

	snprintf(status, sizeof(status), "%d", r->status);
	json_object(j, "responses");
	json_object(j, status);
	json_cstr(j, "description", r->summary);
	if (r->answer) {
		json_object(j, "content");
		json_object(j, "application/json");
		json_object(j, "schema");
		reference(j, r->answer);
		json_object_end(j);
		json_object_end(j);
		json_object_end(j);
	}
	json_object_end(j);
	json_object(j, "default");
	json_cstr(j, "$ref", "#/components/responses/Problem");
	json_object_end(j);
	json_object_end(j);
}

static void security(struct json_out *j, const struct route *r)
{
	json_array(j, "security");
	if (r->auth == AUTH_API) {
		json_object(j, NULL);
		json_array(j, "oauth2");
		if (r->permission != PERM_NONE)
			json_cstr(j, NULL, permission_name(r->permission));
		json_array_end(j);
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

static void operation(struct json_out *j, const struct route *r)
{
	json_object(j, method_name(r->method));
	json_cstr(j, "summary", r->summary);
	if (r->deprecated)
		json_bool(j, "deprecated", true);
	security(j, r);
	parameters(j, r);
	request_body(j, r);
	responses(j, r);
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

static void security_schemes(struct json_out *j)
{
	json_object(j, "securitySchemes");
	json_object(j, "oauth2");
	json_cstr(j, "type", "oauth2");
	json_object(j, "flows");
	json_object(j, "clientCredentials");
	json_cstr(j, "tokenUrl", "/oauth2/token");
	json_object(j, "scopes");
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		json_cstr(j, permission_name((enum permission)p),
			permission_help((enum permission)p));
	for (int i = 0; i < 5; i++)
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

struct err *openapi_make(struct arena *boot, const char *dir, struct str *out)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, boot, DOCUMENT_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	info(&j);
	paths(&j);
	json_object(&j, "components");
	security_schemes(&j);
	TRY(file_member(&j, boot, dir, "schemas"));
	TRY(file_member(&j, boot, dir, "responses"));
	json_object_end(&j);
	json_object_end(&j);
	assert(!b.overflow);
	*out = buf_str(&b);
	return NULL;
}
