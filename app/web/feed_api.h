/* feed_api: how the feed stands. */
#ifndef BINCARD_WEB_FEED_API_H
#define BINCARD_WEB_FEED_API_H

#include "web/route.h"

handler_fn feed_api_get;

#endif
