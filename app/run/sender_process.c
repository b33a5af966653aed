#include "run/sender_process.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "jobs/relay.h"
#include "jobs/sender.h"
#include "jobs/webhook_sink.h"
#include "run/worker.h"

#define ARENA_BYTES_MAX ((size_t)64 << 20)
#define TROUBLE_MS 1000 /* after an error */
#define LEAVE_US 5000000 /* for what is under way when the process is to end */

struct loop {
	struct sender_config config;
	struct sender *sender;
	struct ctx ctx;
	bool failed; /* the last step */
	int64_t leave_us; /* 0: not yet */
};

static struct str own_name(struct arena *a)
{
	char host[65];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "localhost");
	return str_printf(a, "%.64s:%ld", host, (long)getpid());
}

/* SIGTERM is open during the wait alone, so none is missed between the look and the wait. */
static void wait_on(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	sigset_t blocked, open;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	if (!process_stop || ms < SENDER_LOOK_MS)
		ppoll(fds, n, &left, &open);
	sigprocmask(SIG_SETMASK, &open, NULL);
}

static void wait_for_something(const struct loop *l)
{
	struct pollfd fds[SENDER_KINDS_MAX];
	nfds_t n = 0;
	int ms = SENDER_LOOK_MS;

	if (l->failed) {
		wait_on(NULL, 0, process_stop ? SENDER_LOOK_MS / 2 : TROUBLE_MS);
		return;
	}
	for (size_t i = 0; i < l->config.port_count; i++) {
		const struct sender_port *p = &l->config.ports[i];
		int fd = p->kind->fd(p->self);

		ms = p->kind->wait_ms(p->self, ms);
		if (fd >= 0)
			fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	wait_on(fds, n, process_stop && ms >= SENDER_LOOK_MS ? SENDER_LOOK_MS / 2 : ms);
}

static void one_step(struct loop *l)
{
	struct err *e = sender_step(l->sender, &l->ctx);

	if (e && !l->failed)
		log_err(LOG_WARNING, "sending", e);
	l->failed = e != NULL;
	arena_reset(l->ctx.arena);
}

/* What is under way may end, for a while. */
static bool may_leave(struct loop *l)
{
	if (!process_stop)
		return false;
	sender_stop(l->sender);
	if (!l->leave_us)
		l->leave_us = time_monotonic_us() + LEAVE_US;
	return !sender_is_busy(l->sender) || time_monotonic_us() >= l->leave_us;
}

/* A thread that still waits for its broker uses what would be taken away. */
static void end_sending(struct loop *l, struct relays *relays)
{
	struct err *e = sender_end(l->sender, &l->ctx);

	if (e)
		log_err(LOG_WARNING, "the lease could not be given back", e);
	if (relays_end(relays))
		return;
	log_text(LOG_INFO, "ended without waiting for a broker");
	_exit(EXIT_SUCCESS);
}

int sender_process_run(const struct config *c, void (*ready)(void *arg), void *arg)
{
	const struct principal system = {
		.kind = PRINCIPAL_SYSTEM, .name = STR("system"), .actor = STR("system")};
	struct arena *boot = arena_new(ARENA_BYTES_MAX);
	struct once once = {.key = STR_NONE};
	struct webhook_sinks *webhooks = webhook_sinks_new(boot, &c->webhooks, c->public_url);
	struct loop l = {.config = {
				 .holder = own_name(boot),
				 .ports = {{&webhook_sink_kind, webhooks}},
				 .port_count = 1 + RELAY_KINDS,
				 .give_up_s = (int64_t)c->webhooks.give_up_days * 86400,
			 }};
	struct relays *relays =
		relays_new(boot, c->relays, c->relay_count, c->public_url, &l.config.ports[1]);

	assert(relays); /* a system without threads or descriptors: the supervisor tries again */
	l.ctx = (struct ctx){.arena = arena_new(ARENA_BYTES_MAX),
		.db = db_new(&c->app, DB_SET_APP),
		.who = &system,
		.once = &once,
		.request_id = STR("sender")};
	l.sender = sender_new(boot, l.ctx.db, &l.config);
	log_text(LOG_INFO, "started");
	ready(arg);
	while (!may_leave(&l)) {
		one_step(&l);
		wait_for_something(&l);
	}
	end_sending(&l, relays);
	sender_free(l.sender);
	webhook_sinks_free(webhooks);
	db_free(l.ctx.db);
	arena_free(l.ctx.arena);
	arena_free(boot);
	log_text(LOG_INFO, "ended");
	return EXIT_SUCCESS;
}
