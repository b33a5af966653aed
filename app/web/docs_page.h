/* docs_page: the API reference, made from the route table. */
#ifndef BINCARD_WEB_DOCS_PAGE_H
#define BINCARD_WEB_DOCS_PAGE_H

#include "web/route.h"

handler_fn docs_page_show;

#endif
