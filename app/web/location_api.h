/* location_api: locations under /v1. */
#ifndef BINCARD_WEB_LOCATION_API_H
#define BINCARD_WEB_LOCATION_API_H

#include "web/route.h"

extern const struct field location_list_fields[], location_create_fields[],
	location_update_fields[];
/* What can be made: the first of location_kind_names and location_role_names. */
extern const char *const location_real_kinds[], *const location_real_roles[];
handler_fn location_api_list, location_api_create, location_api_get, location_api_update,
	location_api_archive, location_api_restore;

/* Of location_create_fields and location_update_fields, and of the form of a page. */
enum location_field {
	LOCATION_CODE,
	LOCATION_NAME,
	LOCATION_KIND,
	LOCATION_ROLE,
	LOCATION_PARENT,
	LOCATION_PARENT_ID,
};

struct location_input;
/* The declared input becomes what domain/location.h takes; for the page's form as well. */
struct location_input location_input_of(const struct value *in);

#endif
