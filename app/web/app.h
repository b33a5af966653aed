/*
 * app: what a worker makes at boot and keeps: configuration, connection, router, templates, keys.
 */
#ifndef BINCARD_WEB_APP_H
#define BINCARD_WEB_APP_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/figures.h"
#include "base/rate.h"
#include "db/db.h"
#include "domain/names.h"
#include "http/address.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

struct flags; /* domain/flag.h */
struct auth; /* domain/auth.h: token and session checks with their caches */
struct sso; /* domain/sso.h */
struct templates; /* web/page.h */
struct webhook_config; /* domain/webhook.h */
struct event_stream; /* web/event_api.h */

struct app_config {
	const char *templates_dir;
	const char *openapi_dir;
	const char *site_name;
	const char *public_url; /* where clients reach it */
	bool server_timing; /* for every answer; else for staff sessions only */
	bool secure_cookies; /* false in the local demo, which has no TLS */
	_Atomic uint64_t
		*generation; /* in shared memory, raised by changes; NULL: this process alone */
	struct auth *auth;
	struct sso *sso; /* NULL: no single sign-on */
	bool no_passwords; /* the page to sign in asks for none */
	int password_min; /* shown beside the field of a new one */
	struct rate_table *rate; /* in shared memory; NULL: no limits */
	struct rate_policy rates[RATE_GROUPS];
	struct figures *figures; /* in shared memory; NULL: none are kept */
	/* The workers of this host, and those at a request; NULL: nobody knows. */
	void (*count_workers)(const void *board, unsigned *workers, unsigned *busy);
	const void *board;
	struct networks trusted_proxies;
	const struct webhook_config *webhooks;
	const char *poke_path; /* of the feed process of this host (base/poke.h) */
};

struct app {
	const struct app_config *config;
	struct arena *boot;
	struct db *db;
	struct names *names;
	struct ways_in ways_in;
	struct flags *flags;
	struct auth *auth;
	struct router *router;
	struct templates *templates;
	struct str openapi; /* the document, made at boot */
	struct event_stream *
		stream; /* of the feed process: web/event_api.h; NULL: this process has no streams */
};

/* Builds router, templates and the OpenAPI document; asserts the route table. */
MUST_CHECK struct err *app_new(
	struct arena *boot, const struct app_config *config, struct db *db, struct app **out);

/* Answers one request: web/dispatch.c. Fits fcgi_hooks.serve with arg = struct app *. */
void app_serve(void *arg, struct request *rq, struct response *rs);

/* Who asks, by cookie or token in the request's headers, as of now: for what has been going on since then. Errors as of
 * auth_session() and auth_bearer(); ERR_OWED. dispatch_sign_in.c */
MUST_CHECK struct err *app_sign_in_again(
	struct app *app, const struct request *rq, struct principal *who);

#endif
