/* event_api: the feed as a list. */
#ifndef BINCARD_WEB_EVENT_API_H
#define BINCARD_WEB_EVENT_API_H

#include "web/route.h"

extern const struct field event_list_fields[];
handler_fn event_api_list;

#endif
