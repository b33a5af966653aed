/* client_api: API clients under /v1. */
#ifndef BINCARD_WEB_CLIENT_API_H
#define BINCARD_WEB_CLIENT_API_H

#include "web/route.h"

extern const struct field client_list_fields[], client_create_fields[], client_update_fields[],
	client_key_fields[], client_key_remove_fields[];
handler_fn client_api_list, client_api_create, client_api_get, client_api_update, client_api_rotate,
	client_api_disable, client_api_enable, client_api_add_key, client_api_remove_key;

#endif
