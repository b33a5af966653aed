/* foreign_api: whom tokens of other issuers have named, under /v1. */
#ifndef BINCARD_WEB_FOREIGN_API_H
#define BINCARD_WEB_FOREIGN_API_H

#include "web/route.h"

extern const struct field foreign_list_fields[];
handler_fn foreign_api_list, foreign_api_get, foreign_api_disable, foreign_api_enable;

#endif
