/* item_page: the list of items, one item with its stock and bin card, and its form. */
#ifndef BINCARD_WEB_ITEM_PAGE_H
#define BINCARD_WEB_ITEM_PAGE_H

#include "web/route.h"

extern const struct field item_page_list_fields[], item_page_show_fields[], item_page_form_fields[];
handler_fn item_page_list, item_page_show, item_page_new, item_page_create, item_page_edit,
	item_page_save, item_page_archive, item_page_restore;

#endif
