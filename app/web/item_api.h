/* item_api: items under /v1. */
#ifndef BINCARD_WEB_ITEM_API_H
#define BINCARD_WEB_ITEM_API_H

#include "web/route.h"

extern const struct field item_list_fields[], item_create_fields[], item_update_fields[],
	item_lookup_fields[];
handler_fn item_api_list, item_api_create, item_api_get, item_api_update, item_api_archive,
	item_api_restore, item_api_lookup;

struct item_filter;
struct item_rows;

/* The filter asks for one row more than a page shows. When that row is there: takes it off, fills
 * *next and returns it; else NULL. For list_end() and page_pages(). */
const struct list_cursor *item_next(
	const struct item_filter *f, struct item_rows *rows, struct list_cursor *next);

#endif
