/*
 * account_page: what members of staff do about themselves: their password and their sessions.
 */
#ifndef BINCARD_WEB_ACCOUNT_PAGE_H
#define BINCARD_WEB_ACCOUNT_PAGE_H

#include "web/route.h"

extern const struct field account_page_fields[], account_page_password_fields[];

handler_fn account_page_show, account_page_password, account_page_end, account_page_end_others,
	account_page_withdraw;

#endif
