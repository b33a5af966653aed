/*
 * login_page: staff sign in and out.
 */
#ifndef BINCARD_WEB_LOGIN_PAGE_H
#define BINCARD_WEB_LOGIN_PAGE_H

#include "web/route.h"

#define LOGIN_TARGET_MAX 1024

extern const struct field login_show_fields[], login_fields[];
extern const struct field login_code_show_fields[], login_code_fields[];

handler_fn login_page_show, login_page_sign_in;
/* The second step, login_code.c */
handler_fn login_code_show, login_code_check, login_code_cancel;

/* Single sign-on, login_sso.c */
handler_fn login_sso_begin, login_sso_finish, login_page_sign_out;
extern const struct field login_sso_begin_fields[];

/* A cookie of the browser's session, and its end. */
void login_give(struct call *c, const char *name, struct str value);
void login_take(struct call *c, const char *name);
/* What the page to sign in offers. */
MUST_CHECK struct err *login_show(struct call *c, struct str next);
/* The browser gets the cookie of its new session. */
void login_give_cookie(struct call *c, struct str value);
/* Signed in: the cookie, and on to `next`. */
MUST_CHECK struct err *login_done(struct call *c, struct str cookie, struct str next);
/* The browser forgets the sign-in that waits for a code. */
void login_take_pending(struct call *c);
/* Where to go after the sign-in: `next` when it is a path of this site in visible ASCII, else "/".
 * What a browser could read as another site ("//evil", "/\evil") is not. */
struct str login_target(struct str next);
/* Whether the form comes from a page of this site, as far as the browser tells. */
bool login_same_origin(const struct request *rq);

#endif
