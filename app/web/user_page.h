/* user_page: staff, their roles, and how they come in. */
#ifndef BINCARD_WEB_USER_PAGE_H
#define BINCARD_WEB_USER_PAGE_H

#include "web/route.h"

extern const struct field user_page_list_fields[], user_page_create_fields[],
	user_page_show_fields[], user_page_save_fields[];

handler_fn user_page_list, user_page_new, user_page_create, user_page_show, user_page_save;
handler_fn user_page_disable, user_page_enable, user_page_force_password, user_page_end_sessions,
	user_page_invite, user_page_remove_second_factor;

#endif
