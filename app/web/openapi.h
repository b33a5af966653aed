/*
 * openapi: the OpenAPI 3.1 document, made at boot from the route table and the declared inputs, so
 * that it cannot say anything else than what dispatch does. Schemas of answers come from
 * openapi/schemas.json, shared responses from openapi/responses.json.
 */
#ifndef BINCARD_WEB_OPENAPI_H
#define BINCARD_WEB_OPENAPI_H

#include "base/err.h"
#include "base/str.h"

MUST_CHECK struct err *openapi_make(struct arena *boot, const char *dir, struct str *out);

#endif
