/* Events in the document. They are its webhooks: what the service tells others by itself. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "domain/event_type.h"
#include "web/openapi_inside.h"

static void name_of(const struct event_type *type, char *out, size_t size)
{
	int n = snprintf(out, size, "event_%s", type->name + strlen("bincard."));

	assert(n > 0 && (size_t)n < size);
	for (char *p = out; *p; p++)
		if (*p == '.')
			*p = '_';
}

/* The envelope, of this type, and with what this type tells. */
static void schema(struct json_out *j, const struct event_type *type)
{
	json_object(j, "schema");
	json_array(j, "allOf");
	json_object(j, NULL);
	openapi_reference(j, "schemas", "Event");
	json_object_end(j);
	json_object(j, NULL);
	json_cstr(j, "type", "object");
	json_object(j, "properties");
	json_object(j, "type");
	json_cstr(j, "const", type->name);
	json_object_end(j);
	json_object(j, "data");
	openapi_reference(j, "schemas", event_type_resource(type)->schema);
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

static void body(struct json_out *j, const struct event_type *type)
{
	json_object(j, "requestBody");
	json_bool(j, "required", true);
	json_object(j, "content");
	json_object(j, "application/json");
	schema(j, type);
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void responses(struct json_out *j)
{
	json_object(j, "responses");
	json_object(j, "2XX");
	json_cstr(j, "description", "It has arrived");
	json_object_end(j);
	json_object_end(j);
}

static void tags(struct json_out *j, const struct event_type *type)
{
	const char *needs = permission_name(event_type_resource(type)->permission);

	json_array(j, "tags");
	json_str(j, NULL, (struct str){needs, strcspn(needs, ":")});
	json_array_end(j);
}

void openapi_events(struct json_out *j)
{
	json_object(j, "webhooks");
	for (size_t i = 0; i < event_type_count; i++) {
		const struct event_type *type = &event_types[i];
		char name[80];

		name_of(type, name, sizeof(name));
		json_object(j, type->name);
		json_object(j, "post");
		json_cstr(j, "operationId", name);
		tags(j, type);
		json_cstr(j, "summary", type->summary);
		body(j, type);
		responses(j);
		json_object_end(j);
		json_object_end(j);
	}
	json_object_end(j);
}
