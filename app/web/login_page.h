/*
 * login_page: staff sign in and out.
 */
#ifndef BINCARD_WEB_LOGIN_PAGE_H
#define BINCARD_WEB_LOGIN_PAGE_H

#include "web/route.h"

extern const struct field login_show_fields[], login_fields[];

handler_fn login_page_show, login_page_sign_in, login_page_sign_out;

/* The browser gets the cookie of its new session. */
void login_give_cookie(struct call *c, struct str value);
/* Where to go after the sign-in: `next` when it is a path of this site in visible ASCII, else "/".
 * What a browser could read as another site ("//evil", "/\evil") is not. */
struct str login_target(struct str next);
/* Whether the form comes from a page of this site, as far as the browser tells. */
bool login_same_origin(const struct request *rq);

#endif
