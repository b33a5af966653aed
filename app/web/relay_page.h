/* relay_page: relays to brokers: how they do, pausing and resuming. */
#ifndef BINCARD_WEB_RELAY_PAGE_H
#define BINCARD_WEB_RELAY_PAGE_H

#include "web/route.h"

extern const struct field relay_page_list_fields[], relay_page_resume_fields[];
handler_fn relay_page_list, relay_page_pause, relay_page_resume;

#endif
