#include <stdio.h>
#include <string.h>

#include "web/openapi_inside.h"

/* ---- fields ---- */

static void type(struct json_out *j, const struct field *f, const char *name)
{
	if (!(f->flags & FIELD_NULLABLE)) {
		json_cstr(j, "type", name);
		return;
	}
	json_array(j, "type");
	json_cstr(j, NULL, name);
	json_cstr(j, NULL, "null");
	json_array_end(j);
}

static void text_schema(struct json_out *j, const struct field *f)
{
	type(j, f, "string");
	if (f->max)
		json_int(j, "maxLength", (int64_t)f->max);
	if (f->flags & FIELD_REQUIRED)
		json_int(j, "minLength", 1);
	if (f->flags & FIELD_PASSWORD)
		json_cstr(j, "format", "password");
}

static void int_schema(struct json_out *j, const struct field *f)
{
	type(j, f, "integer");
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
	type(j, f, "array");
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
		openapi_reference(j, "schemas", "Quantity");
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

static bool any_required(const struct field *f)
{
	for (; f->name; f++)
		if (f->flags & FIELD_REQUIRED)
			return true;
	return false;
}

static void fields_schema(struct json_out *j, const char *name, const struct field *fields)
{
	json_object(j, name);
	json_cstr(j, "type", "object");
	json_bool(j, "additionalProperties", false);
	json_object(j, "properties");
	for (const struct field *f = fields; f->name; f++)
		field_schema(j, f->name, f);
	json_object_end(j);
	if (any_required(fields)) {
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

static void header_parameters(struct json_out *j, const struct route *r)
{
	if (r->flags & ROUTE_ONCE)
		parameter(j, "header", "Idempotency-Key", false, "string",
			"A retry with the same key and body is applied once and gets the stored answer");
	if (r->flags & ROUTE_IF_MATCH)
		parameter(j, "header", "If-Match", true, "string", "The ETag that was read");
	if (r->flags & ROUTE_MAY_MATCH)
		parameter(j, "header", "If-Match", false, "string",
			"The ETag that was read; without it any version is changed");
	if ((r->flags & ROUTE_ETAG) && r->method == HTTP_GET)
		parameter(j, "header", "If-None-Match", false, "string",
			"An ETag that was read: 304 when nothing has changed since");
}

void openapi_parameters(struct json_out *j, const struct route *r)
{
	json_array(j, "parameters");
	if (strstr(r->path, "{id}"))
		parameter(j, "path", "id", true, "integer", NULL);
	header_parameters(j, r);
	if (r->flags & ROUTE_QUERY)
		for (const struct field *f = r->input; f && f->name; f++) {
			json_object(j, NULL);
			json_cstr(j, "name", f->name);
			json_cstr(j, "in", "query");
			json_bool(j, "required", (f->flags & FIELD_REQUIRED) != 0);
			field_schema(j, "schema", f);
			if (f->type == FIELD_TEXTS) /* separated by commas */
				json_bool(j, "explode", false);
			json_object_end(j);
		}
	json_array_end(j);
}

/* ---- body ---- */

void openapi_request_body(struct json_out *j, const struct route *r, const char *operation)
{
	bool json = (r->flags & ROUTE_JSON_BODY) != 0;

	if (!r->input || !(r->flags & (ROUTE_JSON_BODY | ROUTE_FORM_BODY)))
		return;
	json_object(j, "requestBody");
	json_bool(j, "required", any_required(r->input));
	json_object(j, "content");
	json_object(j, json ? "application/json" : "application/x-www-form-urlencoded");
	fields_schema(j, "schema", r->input);
	json_object(j, "examples");
	json_object(j, operation);
	openapi_reference(j, "examples", operation);
	for (int i = 0; i < 5; i++)
		json_object_end(j);
}
