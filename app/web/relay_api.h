/* relay_api: relays to brokers, which the configuration makes. */
#ifndef BINCARD_WEB_RELAY_API_H
#define BINCARD_WEB_RELAY_API_H

#include "web/route.h"

extern const struct field relay_list_fields[], relay_resume_fields[];
extern const char *const relay_froms[];
handler_fn relay_api_list, relay_api_get, relay_api_pause, relay_api_resume;

#endif
