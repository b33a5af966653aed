/* authorize_page: an app asks a member of staff to act for him (RFC 6749 section 4.1, with PKCE). */
#ifndef BINCARD_WEB_AUTHORIZE_PAGE_H
#define BINCARD_WEB_AUTHORIZE_PAGE_H

#include "web/route.h"

extern const struct field authorize_page_fields[];
handler_fn authorize_page_show, authorize_page_decide;

#endif
