/*
 * The worker's loop. libfcgi reads the requests; connections are accepted here and handed to it, so
 * that the deadline knows them from their first moment and libfcgi never waits for one by itself.
 */
#include "http/fcgi.h"

#include <assert.h>
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "http/fcgi_wire.h"
#include "http/problem.h"

#define FIRST_BYTE_MS 2000 /* a connection that stays silent is dropped */
#define IDLE_US 1000000
#define DRAIN_US 5000000 /* under constant load the queue is never empty */
#define REQUESTS_PER_SIGNAL_LOOK 8 /* while the queue is never empty, nothing waits */
#define READ_CHUNK 16384
#define NO_LISTENER (-1) /* libfcgi is never to accept by itself */

struct loop {
	const struct fcgi_config *config;
	const struct fcgi_hooks *hooks;
	volatile sig_atomic_t *stop;
	struct arena *arena;
	FCGX_Request fcgx;
	int epoll_fd;
	sigset_t waiting_mask; /* with the signals open */
	sigset_t entry_mask;
	int64_t idle_at_us;
	int64_t drain_until_us; /* 0: not draining */
	unsigned requests;
};

bool fcgi_spawned(void)
{
	int listening = 0;
	socklen_t n = sizeof(listening);

	return getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) == 0 && listening;
}

/* ---- one request ---- */

static bool wait_first_byte(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, FIRST_BYTE_MS);
	while (n < 0 && errno == EINTR);
	return n > 0 && (p.revents & POLLIN);
}

/* libfcgi takes a connection that it believes to have kept from the request before. It closes fd
 * when there is no whole request on it. */
static bool receive(struct loop *l, int fd)
{
	l->fcgx.requestId = 0;
	l->fcgx.ipcFd = fd;
	l->fcgx.keepConnection = 1;
	return FCGX_Accept_r(&l->fcgx) >= 0;
}

static bool is_at_end(FCGX_Stream *in)
{
	return FCGX_GetChar(in) == EOF && FCGX_GetError(in) == 0;
}

/* What is left is read, so that the web server can finish sending before it gets the answer. */
static void drop_body(struct request *rq, FCGX_Stream *in)
{
	char *chunk = arena_alloc(rq->arena, READ_CHUNK);

	while (FCGX_GetStr(chunk, READ_CHUNK, in) == READ_CHUNK)
		continue;
}

static struct err *too_large(struct request *rq, FCGX_Stream *in, size_t max)
{
	drop_body(rq, in);
	return err_new(rq->arena, ERR_TOO_LARGE, "The body may hold at most %zu bytes.", max);
}

static struct err *read_known(struct request *rq, FCGX_Stream *in, size_t length)
{
	char *p = arena_alloc(rq->arena, length + 1);
	int n = length ? FCGX_GetStr(p, (int)length, in) : 0;

	if ((size_t)n != length || !is_at_end(in))
		return err_new(
			rq->arena, ERR_BAD_REQUEST, "The body's length is not the announced one.");
	rq->body = (struct str){p, length};
	return NULL;
}

/* Without a Content-Length: what was sent in chunks, or nothing. */
static struct err *read_unknown(struct request *rq, FCGX_Stream *in, size_t max)
{
	char *chunk = arena_alloc(rq->arena, READ_CHUNK);
	struct buf b;
	int n;

	buf_init(&b, rq->arena, max);
	do {
		n = FCGX_GetStr(chunk, READ_CHUNK, in);
		buf_add(&b, chunk, (size_t)n);
		if (b.overflow)
			return too_large(rq, in, max);
	} while (n == READ_CHUNK);
	if (FCGX_GetError(in))
		return err_new(rq->arena, ERR_BAD_REQUEST, "The body was cut off.");
	rq->body = buf_str(&b);
	return NULL;
}

static struct err *read_body(struct request *rq, FCGX_Stream *in, int64_t length, size_t max)
{
	rq->body = STR("");
	if (length == FCGI_LENGTH_UNKNOWN)
		return read_unknown(rq, in, max);
	if ((uint64_t)length > max)
		return too_large(rq, in, max);
	return read_known(rq, in, (size_t)length);
}

/* An answer that cannot be sent as it is becomes a 500. */
static void check_answer(struct request *rq, struct response *rs)
{
	struct err *e;

	if (rs->status && !rs->headers.overflow && !rs->body.overflow)
		return;
	e = err_because(err_new(rq->arena, ERR_INTERNAL, "The answer is not whole."),
		rs->status ? "the answer is over its maximum" : "no status was set");
	log_err(LOG_ERROR, "answer", e);
	problem_render(rs, rq, e);
}

static void send_answer(struct loop *l, struct request *rq, struct response *rs)
{
	char head[FCGI_HEAD_MAX];
	bool bare = rq->method == HTTP_HEAD || rs->status == 204 || rs->status == 304;
	struct str parts[] = {
		fcgi_head(head, rs, rq->id),
		buf_str(&rs->headers),
		STR("\r\n"),
		bare ? STR("") : buf_str(&rs->body),
	};

	deadline_sending();
	if (!fcgi_send(l->fcgx.ipcFd, l->fcgx.requestId, parts, sizeof(parts) / sizeof(*parts)))
		log_text(LOG_DEBUG, "the web server left before the answer: %s", strerror(errno));
}

static void serve(struct loop *l)
{
	struct request rq = {.arena = l->arena};
	struct response rs;
	int64_t length = fcgi_params_read(&rq, l->fcgx.envp);
	struct err *e = read_body(&rq, l->fcgx.in, length, l->config->body_bytes_max);

	if (e && !rq.broken)
		rq.broken = e;
	if (!deadline_serving(rq.id))
		return;
	response_init(&rs, l->arena);
	l->hooks->serve(l->hooks->arg, &rq, &rs);
	check_answer(&rq, &rs);
	send_answer(l, &rq, &rs);
}

/* Closes at once when all input was read: libfcgi would first wait for the web server to close. The
 * connection is closed even when the web server wants to keep it, which would hold this worker. */
static void finish(struct loop *l)
{
	if (FCGX_HasSeenEOF(l->fcgx.in) == EOF && FCGX_GetError(l->fcgx.in) == 0)
		(void)FCGX_Detach(&l->fcgx);
	FCGX_Free(&l->fcgx, 1);
}

static void converse(struct loop *l, int fd)
{
	int64_t now_us = time_monotonic_us();

	if (l->hooks->busy)
		l->hooks->busy(l->hooks->arg, now_us);
	deadline_reading(fd, now_us + (int64_t)l->config->request_timeout_ms * 1000);
	if (!wait_first_byte(fd)) {
		(void)close(fd);
	} else if (receive(l, fd)) {
		serve(l);
		finish(l);
	}
	deadline_done();
	arena_reset(l->arena);
	if (l->hooks->busy)
		l->hooks->busy(l->hooks->arg, 0);
}

/* ---- waiting ---- */

static void run_idle(struct loop *l)
{
	int64_t now_us = time_monotonic_us();

	if (now_us < l->idle_at_us)
		return;
	l->idle_at_us = now_us + IDLE_US;
	if (l->hooks->idle)
		l->hooks->idle(l->hooks->arg);
}

/* The signals are open here alone, so none can come between the look at *stop and the wait. */
static void wait_connection(struct loop *l)
{
	struct epoll_event event;
	int64_t left_us = l->idle_at_us - time_monotonic_us();
	int timeout_ms = left_us > 0 ? (int)(left_us / 1000) + 1 : 0;

	(void)epoll_pwait(l->epoll_fd, &event, 1, timeout_ms, &l->waiting_mask);
}

/* epoll_pwait(2) does not deliver a signal when a connection is there already; this does. */
static void look_for_signals(struct loop *l)
{
	(void)ppoll(NULL, 0, &(struct timespec){0}, &l->waiting_mask);
}

static bool is_passing(int error)
{
	return error == EINTR || error == ECONNABORTED || error == EPROTO || error == EMFILE ||
		error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* False when the loop is to end: drained, or the socket is gone. */
static bool no_connection(struct loop *l, int error, struct err **e)
{
	if (is_passing(error)) {
		log_text(LOG_WARNING, "accept: %s", strerror(error));
		(void)poll(NULL, 0, 20);
		look_for_signals(l);
		return true;
	}
	if (error != EAGAIN && error != EWOULDBLOCK) {
		if (!*l->stop)
			*e = err_because(
				err_new(l->arena, ERR_INTERNAL, "The listening socket fails."),
				"accept: %s", strerror(error));
		return false;
	}
	if (*l->stop)
		return false;
	run_idle(l);
	wait_connection(l);
	return true;
}

static bool has_drained_enough(struct loop *l)
{
	int64_t now_us;

	if (!*l->stop)
		return false;
	now_us = time_monotonic_us();
	if (!l->drain_until_us)
		l->drain_until_us = now_us + DRAIN_US;
	return now_us >= l->drain_until_us;
}

static struct err *run(struct loop *l)
{
	struct err *e = NULL;
	bool on = true;

	while (on && !has_drained_enough(l)) {
		int fd = accept4(l->config->listen_fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0) {
			on = no_connection(l, errno, &e);
			continue;
		}
		converse(l, fd);
		if (++l->requests % REQUESTS_PER_SIGNAL_LOOK == 0)
			look_for_signals(l);
	}
	return e;
}

/* ---- begin and end ---- */

static struct err *failed(struct loop *l, const char *what)
{
	return err_because(err_new(l->arena, ERR_INTERNAL, "The worker cannot start."), "%s: %s",
		what, strerror(errno));
}

static struct err *open_listener(struct loop *l)
{
	int fd = l->config->listen_fd;
	int flags = fcntl(fd, F_GETFL);
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return failed(l, "listening socket");
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0 || epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return failed(l, "epoll");
	return NULL;
}

static struct err *block_signals(struct loop *l)
{
	static const int open_while_waiting[] = {SIGTERM, SIGUSR1, SIGINT, SIGHUP};
	sigset_t blocked;

	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(open_while_waiting) / sizeof(int); i++)
		(void)sigaddset(&blocked, open_while_waiting[i]);
	if (sigprocmask(SIG_BLOCK, &blocked, &l->entry_mask) < 0)
		return failed(l, "signals");
	l->waiting_mask = l->entry_mask;
	for (size_t i = 0; i < sizeof(open_while_waiting) / sizeof(int); i++)
		(void)sigdelset(&l->waiting_mask, open_while_waiting[i]);
	return NULL;
}

/* libfcgi waits this long for a peer to close after nonsense; its default is two seconds. */
static struct err *open_libfcgi(struct loop *l)
{
	if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "100", 0) < 0)
		return failed(l, "environment");
	if (FCGX_Init() != 0 ||
		FCGX_InitRequest(&l->fcgx, NO_LISTENER, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return failed(l, "libfcgi");
	return NULL;
}

static struct err *start(struct loop *l)
{
	TRY(open_libfcgi(l));
	TRY(open_listener(l));
	TRY(block_signals(l));
	request_id_seed();
	return deadline_open(l->arena, &l->fcgx.requestId);
}

struct err *fcgi_run(const struct fcgi_config *config, const struct fcgi_hooks *hooks,
	volatile sig_atomic_t *stop)
{
	struct loop l = {.config = config, .hooks = hooks, .stop = stop, .epoll_fd = -1};

	assert(hooks->serve && config->request_timeout_ms > 0);
	assert(config->body_bytes_max <= INT32_MAX);
	l.arena = arena_new(config->arena_bytes_max); /* an error that is returned lives in it */
	TRY(start(&l));
	TRY(run(&l));
	deadline_close();
	(void)close(l.epoll_fd);
	(void)sigprocmask(SIG_SETMASK, &l.entry_mask, NULL);
	arena_free(l.arena);
	return NULL;
}
