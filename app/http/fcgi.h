/*
 * fcgi: the FastCGI side. http/fcgi.c alone includes <fcgiapp.h>.
 *
 * The worker's loop: wait for a connection, read one request with a size-capped body into the
 * arena, let `serve` answer it, send the answer, reset the arena. See DESIGN "Processes".
 */
#ifndef BINCARD_HTTP_FCGI_H
#define BINCARD_HTTP_FCGI_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"
#include "http/response.h"

struct fcgi_config {
	int listen_fd;
	/* A larger body gives rq->broken = ERR_TOO_LARGE; it is read and dropped. */
	size_t body_bytes_max;
	/* Past it the client gets 503 problem+json and the process exits 75. */
	int request_timeout_ms;
	size_t arena_bytes_max;
};

struct fcgi_hooks {
	/* Fills rs. Must not fail: errors are answers too. */
	void (*serve)(void *arg, struct request *rq, struct response *rs);
	/* Called when idle, about once a second; may be NULL. */
	void (*idle)(void *arg);
	/* Called as each request begins (with its start) and ends (with 0): the supervisor's
	 * scoreboard. */
	void (*busy)(void *arg, int64_t started_monotonic_us);
	void *arg;
};

/* True when fd 0 is a listening socket: a web server has started us (mod_fcgid, lighttpd bin-path,
 * spawn-fcgi). */
bool fcgi_spawned(void);

/* Runs until *stop is set by a signal handler, and leaves when the accept queue is empty (under
 * constant load after five seconds at the latest): nothing that was accepted is lost. SIGTERM,
 * SIGUSR1, SIGINT and SIGHUP are open only between requests, so there is no race between flag and
 * wait; whoever calls installs their handlers before. SIGALRM is taken for the deadline. Also does
 * getrandom(2), so it is called after fork. Returns NULL after a clean drain.
 *
 * A request that cannot be read in time gets the 503 as well, but the worker goes on; only one that
 * hangs while it is served ends the process. Connections are closed after each answer, even when
 * the web server asks to keep them: a kept one would hold the worker. It adds to each answer
 * Status, Content-Type, Content-Length and X-Request-Id; everything else is the hook's. */
MUST_CHECK struct err *fcgi_run(const struct fcgi_config *config, const struct fcgi_hooks *hooks,
	volatile sig_atomic_t *stop);

#endif
