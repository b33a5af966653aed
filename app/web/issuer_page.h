/* issuer_page: the other issuers that are trusted, the state of their keys, and whom they have named. */
#ifndef BINCARD_WEB_ISSUER_PAGE_H
#define BINCARD_WEB_ISSUER_PAGE_H

#include "web/route.h"

extern const struct field issuer_page_list_fields[];
handler_fn issuer_page_list, issuer_page_disable, issuer_page_enable;

#endif
