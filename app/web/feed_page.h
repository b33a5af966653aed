/* feed_page: how the feed stands, under Administration. */
#ifndef BINCARD_WEB_FEED_PAGE_H
#define BINCARD_WEB_FEED_PAGE_H

#include "web/route.h"

handler_fn feed_page_show;

#endif
