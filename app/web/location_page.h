/* location_page: the tree of locations, one location with its stock, and its form. */
#ifndef BINCARD_WEB_LOCATION_PAGE_H
#define BINCARD_WEB_LOCATION_PAGE_H

#include "web/route.h"

extern const struct field location_page_list_fields[], location_page_show_fields[],
	location_page_new_fields[], location_page_form_fields[];
handler_fn location_page_list, location_page_show, location_page_new, location_page_create,
	location_page_edit, location_page_save, location_page_archive, location_page_restore;

#endif
