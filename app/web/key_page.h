/* key_page: the keys that sign access tokens. */
#ifndef BINCARD_WEB_KEY_PAGE_H
#define BINCARD_WEB_KEY_PAGE_H

#include "web/route.h"

extern const struct field key_page_fields[];
handler_fn key_page_list, key_page_rotate;

#endif
