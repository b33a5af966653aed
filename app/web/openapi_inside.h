/*
 * openapi_inside: what openapi.c (the document and its operations), openapi_input.c (what an operation
 * takes) and openapi_events.c share.
 */
#ifndef BINCARD_WEB_OPENAPI_INSIDE_H
#define BINCARD_WEB_OPENAPI_INSIDE_H

#include "base/json_out.h"
#include "web/route.h"

/* "$ref" to a part of the components: "schemas", "Item". */
void openapi_reference(struct json_out *j, const char *part, const char *name);

void openapi_parameters(struct json_out *j, const struct route *r);
/* Its example is the one in openapi/examples.json that has the operation's name. */
void openapi_request_body(struct json_out *j, const struct route *r, const char *operation);

/* The member "webhooks": each type of event (domain/event_type.h) as whoever is told of it gets it. */
void openapi_events(struct json_out *j);

#endif
