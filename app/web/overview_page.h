/* overview_page: what stands out today, and the newest movements. */
#ifndef BINCARD_WEB_OVERVIEW_PAGE_H
#define BINCARD_WEB_OVERVIEW_PAGE_H

#include "web/route.h"

handler_fn overview_page_show;

#endif
