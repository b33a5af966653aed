/*
 * dispatch: the little that handlers and dispatch share; the rest is web/route.h.
 */
#ifndef BINCARD_WEB_DISPATCH_H
#define BINCARD_WEB_DISPATCH_H

#include "web/route.h"

/* "__Host-bincard", or "bincard" where cookies cannot be secure. */
const char *app_cookie_name(const struct app *app);

/* That of a sign-in which waits for a second factor; no session is looked for by it. */
const char *app_pending_cookie_name(const struct app *app);

/* That of a sign-in which is under way at the provider of single sign-on. */
const char *app_sso_cookie_name(const struct app *app);

/* Who is signed in, for a page that is open to anybody: whoever is keeps the menu. Nobody when that
 * cannot be told. */
void dispatch_recognise(struct call *c);

/* A field of the HTML form that no route declares: "csrf", "once". STR_NONE when absent or
 * unreadable. */
struct str dispatch_form_field(struct call *c, const char *name);

/* By what the route asks for: fills c->who and c->csrf. dispatch_sign_in.c */
MUST_CHECK struct err *dispatch_sign_in(struct call *c);
/* Over pages and API alike: what has to be done first, and signing out, is all that there is. */
MUST_CHECK struct err *dispatch_check_owed(struct call *c);

/* Fills route and id. ERR_NOT_FOUND; ERR_METHOD with c->allow. dispatch_find.c */
MUST_CHECK struct err *dispatch_find(struct call *c);
/* What an address that no row has is answered. */
struct err *dispatch_nothing(struct call *c);

/* Takes a token from the caller's bucket of the route's group; from the address's when nobody is
 * signed in. ERR_RATE when there is none. dispatch_rate.c */
MUST_CHECK struct err *dispatch_limit(struct call *c);
/* RateLimit and RateLimit-Policy, when a bucket was looked at. */
void dispatch_rate_headers(struct call *c);

/* Answers with an error, for dispatch alone: whatever the handler has begun is dropped. */
void dispatch_error(struct call *c, struct err *e);

#endif
