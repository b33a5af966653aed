/* role_api: /v1/roles. */
#ifndef BINCARD_WEB_ROLE_API_H
#define BINCARD_WEB_ROLE_API_H

#include "web/route.h"

extern const struct field role_list_fields[], role_create_fields[], role_update_fields[];

handler_fn role_api_list, role_api_create, role_api_get, role_api_update, role_api_delete;

#endif
