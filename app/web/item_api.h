/* item_api: items under /v1. */
#ifndef BINCARD_WEB_ITEM_API_H
#define BINCARD_WEB_ITEM_API_H

#include "web/route.h"

extern const struct field item_list_fields[], item_create_fields[], item_update_fields[],
	item_lookup_fields[];
handler_fn item_api_list, item_api_create, item_api_get, item_api_update, item_api_archive,
	item_api_restore, item_api_lookup;

/* Of item_create_fields and item_update_fields, and of the form of a page. */
enum item_field {
	ITEM_SKU,
	ITEM_NAME,
	ITEM_DESCRIPTION,
	ITEM_UNIT,
	ITEM_CATEGORY,
	ITEM_CATEGORY_ID,
	ITEM_BARCODES,
};

enum item_list_field {
	ITEM_LIST_Q,
	ITEM_LIST_SKU,
	ITEM_LIST_CATEGORY,
	ITEM_LIST_CATEGORY_ID,
	ITEM_LIST_STATUS,
	ITEM_LIST_UPDATED_SINCE,
	ITEM_LIST_SORT,
	ITEM_LIST_LIMIT,
	ITEM_LIST_CURSOR,
};

struct item;
struct item_filter;
struct item_input;
struct item_rows;

/* The declared input becomes what domain/item.h takes; for the page's form as well. */
struct item_input item_input_of(const struct value *in);
/* A list's query becomes a filter that asks for one row more than the limit. *list names list and
 * order for its cursors. */
MUST_CHECK struct err *item_filter_of(
	struct call *c, const struct value *in, struct item_filter *out, const char **list);
/* When there is a row more than the filter's page shows: takes it off, fills *next and returns it;
 * else NULL. For list_end() and list_cursor_text(). */
const struct list_cursor *item_next(
	const struct item_filter *f, struct item_rows *rows, struct list_cursor *next);

#endif
