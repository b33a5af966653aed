/* flag_page: the list of feature flags, and the form of one. */
#ifndef BINCARD_WEB_FLAG_PAGE_H
#define BINCARD_WEB_FLAG_PAGE_H

#include "web/route.h"

extern const struct field flag_page_list_fields[], flag_page_form_fields[];
handler_fn flag_page_list, flag_page_edit, flag_page_save;

#endif
