/*
 * server: the feed for those who wait for it: server-sent events (HTML, section 9.2), WebSockets (RFC 6455) and
 * long polls, thousands at a time in one event loop, on a unix socket behind the web server. docs/feed.md
 *
 * Requests are admitted by web/dispatch.c like any other: route table, sign-in, limits. What they begin is
 * struct event_stream (web/event_api.h).
 */
#ifndef BINCARD_FEED_SERVER_H
#define BINCARD_FEED_SERVER_H

#include <signal.h>

#include "web/app.h"

struct server_config {
	int listen_fd; /* -1: nobody can come */
	struct app *app; /* app->stream is the server's from then on */
	unsigned streams_max, streams_per_caller_max;
};

/* What has to be done beside: called in the loop, at first at once. Returns after how many microseconds it wants to
 * be called again; a poke calls it before, but for when there was news. *news: there is more in the feed. */
typedef int64_t server_step(void *arg, bool *news);

struct server;
/* NULL, with a line in the log, when it cannot be. It raises the process's limit of files. */
struct server *server_new(const struct server_config *config, server_step *step, void *arg);
/* A socket on which pokes come (base/poke.h); -1: none. It stays the caller's. */
void server_listen_for_pokes(struct server *s, int fd);
/* Serves until *stop is set; then tells everybody to come back and ends. */
void server_run(struct server *s, const volatile sig_atomic_t *stop);
void server_free(struct server *s);

#endif
