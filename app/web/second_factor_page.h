/*
 * second_factor_page: staff set up, renew and remove their second factor.
 */
#ifndef BINCARD_WEB_SECOND_FACTOR_PAGE_H
#define BINCARD_WEB_SECOND_FACTOR_PAGE_H

#include "web/route.h"

extern const struct field second_factor_page_show_fields[], second_factor_page_fields[];

handler_fn second_factor_page_show, second_factor_page_begin, second_factor_page_qr,
	second_factor_page_confirm, second_factor_page_renew, second_factor_page_remove;

#endif
