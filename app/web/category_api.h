/* category_api: categories under /v1. */
#ifndef BINCARD_WEB_CATEGORY_API_H
#define BINCARD_WEB_CATEGORY_API_H

#include "web/route.h"

extern const struct field category_list_fields[], category_create_fields[],
	category_update_fields[];
handler_fn category_api_list, category_api_create, category_api_get, category_api_update,
	category_api_delete;

#endif
