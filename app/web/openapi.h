/*
 * openapi: the OpenAPI 3.1 document, made at boot from the route table and the declared inputs, so
 * that it cannot say anything else than what dispatch does. The files of openapi/ become its
 * components: schemas of answers, headers, shared responses, and for each operation with a body an
 * example of it, by the operation's id.
 */
#ifndef BINCARD_WEB_OPENAPI_H
#define BINCARD_WEB_OPENAPI_H

#include "base/err.h"
#include "base/str.h"

/* `cookie` is the name of the session's. */
MUST_CHECK struct err *openapi_make(
	struct arena *boot, const char *dir, const char *cookie, struct str *out);

#endif
