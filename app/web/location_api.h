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

#endif
