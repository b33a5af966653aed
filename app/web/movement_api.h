/* movement_api: posting, reversing and reading movements under /v1. */
#ifndef BINCARD_WEB_MOVEMENT_API_H
#define BINCARD_WEB_MOVEMENT_API_H

#include "web/route.h"

extern const struct field movement_list_fields[], movement_post_fields[], movement_reverse_fields[];
handler_fn movement_api_list, movement_api_get, movement_api_post, movement_api_reverse;

#endif
