/* flag_api: feature flags under /v1. */
#ifndef BINCARD_WEB_FLAG_API_H
#define BINCARD_WEB_FLAG_API_H

#include "web/route.h"

extern const struct field flag_list_fields[], flag_update_fields[];
handler_fn flag_api_list, flag_api_get, flag_api_update;

#endif
