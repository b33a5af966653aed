/* The request's deadline; see fcgi_wire.h. Everything below on_timer() is async-signal-safe. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "http/fcgi_wire.h"

#define HEAD_MAX 640
#define BODY_MAX 256
#define TIMER_SIGNAL SIGALRM

enum phase { IDLE, READING, SERVING, SENDING };

/* One process serves one request at a time, so this state is the process's. */
static struct {
	timer_t timer;
	volatile sig_atomic_t phase;
	volatile sig_atomic_t armed;
	volatile sig_atomic_t expired; /* while reading */
	_Atomic int64_t until_us;
	volatile int fd;
	const volatile int *request_id;
	struct str id; /* written before phase is SERVING, read after */
	char head[HEAD_MAX];
	size_t head_n;
	char body[BODY_MAX];
	size_t body_n;
} state;

static void answer(int fd, int request_id)
{
	static const char name[] = "X-Request-Id: ";
	struct str id = state.phase == READING ? STR_NONE : state.id;
	size_t id_n = id.n ? sizeof(name) - 1 + id.n + 2 : 0;
	unsigned char begin[8], end[24] = {0};
	struct iovec iov[] = {
		{begin, sizeof(begin)},
		{state.head, state.head_n},
		{(char *)(uintptr_t)name, id_n ? sizeof(name) - 1 : 0},
		{(char *)(uintptr_t)id.p, id.n},
		{(char *)(uintptr_t) "\r\n", id_n ? 2 : 0},
		{(char *)(uintptr_t) "\r\n", 2},
		{state.body, state.body_n},
		{end, sizeof(end)},
	};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = sizeof(iov) / sizeof(*iov)};

	fcgi_record(begin, FCGI_TYPE_STDOUT, request_id, state.head_n + id_n + 2 + state.body_n);
	fcgi_record(end, FCGI_TYPE_STDOUT, request_id, 0);
	fcgi_record(end + 8, FCGI_TYPE_END, request_id, 8);
	/* The socket's buffer is empty; if the answer does not fit, the peer is beyond help. */
	(void)sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void arm(int64_t left_us)
{
	struct itimerspec when = {
		.it_value = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000}};

	if (left_us <= 0)
		when.it_value = (struct timespec){.tv_nsec = 1};
	state.armed = 1;
	(void)timer_settime(state.timer, 0, &when, NULL);
}

static void expire(void)
{
	int request_id = *state.request_id;

	if (state.phase != SENDING && request_id)
		answer(state.fd, request_id);
	if (state.phase != READING)
		_exit(DEADLINE_EXIT_STATUS);
	state.armed = 0;
	state.expired = 1;
	(void)shutdown(state.fd, SHUT_RDWR);
}

static void on_timer(int signal_number)
{
	int saved = errno;
	int64_t left_us;

	(void)signal_number;
	left_us = atomic_load(&state.until_us) - time_monotonic_us();
	if (state.phase == IDLE)
		state.armed = 0;
	else if (left_us > 0)
		arm(left_us);
	else
		expire();
	errno = saved;
}

static void build_answer(void)
{
	int n = snprintf(state.body, BODY_MAX,
		"{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d}", err_slug(ERR_TIMEOUT),
		err_title(ERR_TIMEOUT), err_status(ERR_TIMEOUT));

	state.body_n = n > 0 && n < BODY_MAX ? (size_t)n : 0;
	n = snprintf(state.head, HEAD_MAX,
		"Status: %d %s\r\n"
		"Content-Type: application/problem+json\r\n"
		"Content-Length: %zu\r\n"
		"Retry-After: 2\r\n"
		"Cache-Control: no-store\r\n"
		"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
		"X-Content-Type-Options: nosniff\r\n"
		"Referrer-Policy: same-origin\r\n",
		err_status(ERR_TIMEOUT), http_reason(err_status(ERR_TIMEOUT)), state.body_n);
	state.head_n = n > 0 && n < HEAD_MAX ? (size_t)n : 0;
}

struct err *deadline_open(struct arena *a, const volatile int *request_id)
{
	struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = TIMER_SIGNAL};
	sigset_t mask;

	memset(&state, 0, sizeof(state));
	state.request_id = request_id;
	build_answer();
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, TIMER_SIGNAL);
	if (sigaction(TIMER_SIGNAL, &action, NULL) || sigprocmask(SIG_UNBLOCK, &mask, NULL) ||
		timer_create(CLOCK_MONOTONIC, &event, &state.timer))
		return err_because(err_new(a, ERR_INTERNAL, "There is no timer for deadlines."),
			"%s", strerror(errno));
	return NULL;
}

void deadline_close(void)
{
	state.phase = IDLE;
	(void)timer_delete(state.timer);
}

/* The order matters: a handler that runs before `phase` is set leaves the timer unarmed, and that
 * is seen here; one that runs later arms it. */
void deadline_reading(int fd, int64_t until_monotonic_us)
{
	state.fd = fd;
	state.expired = 0;
	atomic_store(&state.until_us, until_monotonic_us);
	state.phase = READING;
	if (!state.armed)
		arm(until_monotonic_us - time_monotonic_us());
}

bool deadline_serving(struct str id)
{
	state.id = id;
	atomic_signal_fence(memory_order_seq_cst);
	state.phase = SERVING;
	return !state.expired;
}

void deadline_sending(void)
{
	state.phase = SENDING;
}

void deadline_done(void)
{
	state.phase = IDLE;
}
