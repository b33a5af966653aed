/* verification_page: recomputes every balance and shows what differs. */
#ifndef BINCARD_WEB_VERIFICATION_PAGE_H
#define BINCARD_WEB_VERIFICATION_PAGE_H

#include "web/route.h"

handler_fn verification_page_show;

#endif
