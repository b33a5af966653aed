/* second_factor_api: one's own second factor under /v1. It is set up and removed on its page alone. */
#ifndef BINCARD_WEB_SECOND_FACTOR_API_H
#define BINCARD_WEB_SECOND_FACTOR_API_H

#include "web/route.h"

handler_fn second_factor_api_show;

#endif
