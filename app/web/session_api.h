/* session_api: one's own sessions under /v1. */
#ifndef BINCARD_WEB_SESSION_API_H
#define BINCARD_WEB_SESSION_API_H

#include "web/route.h"

extern const struct field session_list_fields[];
handler_fn session_api_list, session_api_end;

#endif
