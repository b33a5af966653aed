/*
 * json_copy: writes what was read.
 */
#ifndef BINCARD_BASE_JSON_COPY_H
#define BINCARD_BASE_JSON_COPY_H

#include "base/json_in.h"
#include "base/json_out.h"

/* The value as it was; NULL is null. Asserts that it is no fraction: nothing that we write has one. */
void json_copy(struct json_out *j, const char *name, const struct json_node *node);

#endif
