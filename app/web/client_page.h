/* client_page: API clients, for those who manage them. */
#ifndef BINCARD_WEB_CLIENT_PAGE_H
#define BINCARD_WEB_CLIENT_PAGE_H

#include "web/route.h"

extern const struct field client_page_list_fields[], client_page_show_fields[],
	client_page_create_fields[], client_page_save_fields[], client_page_key_fields[],
	client_page_key_remove_fields[];
handler_fn client_page_list, client_page_new, client_page_create, client_page_show,
	client_page_edit, client_page_save, client_page_rotate, client_page_disable,
	client_page_enable, client_page_add_key, client_page_remove_key;

#endif
