/* invitation_page: where the link of an invitation leads. Nobody is signed in here: who has the link may
 * choose the password, once. */
#ifndef BINCARD_WEB_INVITATION_PAGE_H
#define BINCARD_WEB_INVITATION_PAGE_H

#include "web/route.h"

extern const struct field invitation_page_show_fields[], invitation_page_accept_fields[];

handler_fn invitation_page_show, invitation_page_accept;

#endif
