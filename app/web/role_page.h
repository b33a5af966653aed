/* role_page: roles and what they permit. */
#ifndef BINCARD_WEB_ROLE_PAGE_H
#define BINCARD_WEB_ROLE_PAGE_H

#include "web/route.h"

extern const struct field role_page_list_fields[], role_page_form_fields[];

handler_fn role_page_list, role_page_new, role_page_create, role_page_show, role_page_save,
	role_page_delete;

/* all_roles.N.name, for selects. */
MUST_CHECK struct err *role_page_choices(struct call *c);

#endif
