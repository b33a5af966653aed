#include "run/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "run/feed_process.h"
#include "run/jobs_process.h"
#include "run/listener.h"
#include "run/pool.h"
#include "run/sender_process.h"
#include "run/worker.h"

#define CONFIG_BYTES_MAX ((size_t)4 << 20)
#define LOOK_MS 1000 /* at the workers' deadlines, when nothing else is due */
#define STOP_GRACE_MS 10000 /* beyond the longest request */
#define LAST_LOOK_MS 20 /* for a connection that was being made when the path went */
#define DRAINERS_MAX 16
#define PID_TEXT "%ld\n"
#define PID_TEXT_MAX 32
#define KILLED_US 5000000 /* for what was killed to be gone */

struct supervisor {
	struct arena *boot; /* lives as long as the supervisor */
	struct arena *arena; /* of the present configuration */
	const struct config *config;
	const char *file; /* of the configuration */
	const char *pid_file; /* NULL: none */
	bool web;
	struct listener listener;
	struct listener feed; /* fd -1: another bincard serve has it */
	struct pool pool;
	int signal_fd;
	unsigned generation; /* the newest */
	unsigned proven; /* the newest of which all were ready once */
	bool stopping;
	int64_t stop_by_us;
	unsigned drainers;
	int status;
};

/* ---- children ---- */

static void close_others(const struct supervisor *s, enum child_kind kind)
{
	if (kind != CHILD_WEB && s->listener.fd >= 0)
		close(s->listener.fd);
	if (kind != CHILD_FEED && s->feed.fd >= 0)
		close(s->feed.fd);
}

static int child_body(void *arg, const struct child *c)
{
	struct supervisor *s = arg;
	struct worker_start start = {
		.config = s->config,
		.shared = s->pool.shared,
		.listen_fd = s->listener.fd,
		.draining = c->draining,
		.proven = c->generation <= s->proven,
		.ready = pool_ready,
		.arg = &s->pool,
	};

	close(s->signal_fd);
	close_others(s, c->kind);
	if (c->kind == CHILD_WEB)
		return worker_run(&start);
	start.listen_fd = s->feed.fd;
	if (c->kind == CHILD_FEED)
		return feed_process_run(&start);
	if (c->kind == CHILD_SENDER)
		return sender_process_run(s->config, pool_ready, &s->pool);
	return jobs_process_run(s->config, pool_ready, &s->pool);
}

static void add_generation(struct supervisor *s)
{
	s->generation++;
	for (int i = 0; s->web && i < s->config->server.workers; i++)
		pool_add(&s->pool, CHILD_WEB, s->generation);
	pool_add(&s->pool, CHILD_JOBS, s->generation);
	pool_add(&s->pool, CHILD_FEED, s->generation);
	pool_add(&s->pool, CHILD_SENDER, s->generation);
}

static int grace_ms(const struct supervisor *s)
{
	return s->config->server.request_timeout_ms + STOP_GRACE_MS;
}

/* ---- telling the world ---- */

/* The protocol of sd_notify(3): a datagram to the socket that systemd names. */
static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		log_text(LOG_WARNING, "cannot notify %s: %s", path, strerror(errno));
	close(fd);
}

static struct err *write_pid_file(struct supervisor *s)
{
	const char *path = s->config->server.pid_file, *new_path;
	FILE *f;
	int rc;

	if (!path || !s->web) /* --no-web may run beside another that has the same configuration */
		return NULL;
	new_path = arena_printf(s->boot, "%s.new", path);
	f = fopen(new_path, "we");
	rc = f ? fprintf(f, PID_TEXT, (long)getpid()) : -1;
	if (f && fclose(f) != 0)
		rc = -1;
	if (rc < 0 || rename(new_path, path) != 0)
		return err_new(s->boot, ERR_USAGE, "Cannot write %s: %s", path, strerror(errno));
	s->pid_file = arena_printf(s->boot, "%s", path);
	return NULL;
}

/* Another one may have written its own meanwhile. */
static void remove_pid_file(const struct supervisor *s)
{
	FILE *f = s->pid_file ? fopen(s->pid_file, "re") : NULL;
	char own[PID_TEXT_MAX], found[PID_TEXT_MAX];

	if (!f)
		return;
	snprintf(own, sizeof(own), PID_TEXT, (long)getpid());
	if (fgets(found, sizeof(found), f) && strcmp(found, own) == 0)
		unlink(s->pid_file);
	fclose(f);
}

/* ---- a new configuration ---- */

static void warn_fixed(const char *name, const char *was, const char *is)
{
	if (strcmp(was ? was : "", is ? is : "") != 0)
		log_text(LOG_WARNING, "a new %s counts from the next start on", name);
}

/* Somebody may have cleared the folder: the processes to come share what commands will find there. */
static struct err *renew_shared(struct supervisor *s)
{
	bool changed;

	TRY(shared_renew(s->boot, s->config->server.run_dir, &s->pool.shared, &changed));
	if (changed)
		log_text(LOG_WARNING, "bincard.shm in %s was lost: it begins anew",
			s->config->server.run_dir);
	return NULL;
}

static void use_config(struct supervisor *s, struct arena *a, const struct config *c)
{
	warn_fixed("[server] socket", s->config->server.socket, c->server.socket);
	warn_fixed("[feed] socket", s->config->feed.socket, c->feed.socket);
	warn_fixed("[server] run_dir", s->config->server.run_dir, c->server.run_dir);
	warn_fixed("[server] pid_file", s->config->server.pid_file, c->server.pid_file);
	arena_free(s->arena);
	s->arena = a;
	s->config = c;
}

static void reload(struct supervisor *s)
{
	struct arena *a = arena_new(CONFIG_BYTES_MAX);
	struct config *c = NULL;
	struct err *e = config_load(a, s->file, &c);

	log_reopen();
	if (!e)
		e = log_open(a, c->log.path, c->log.level, "supervisor");
	if (!e && !pool_has_room(&s->pool, (size_t)c->server.workers + 3))
		e = err_new(a, ERR_UNAVAILABLE, "Too many processes are still leaving");
	if (!e)
		e = renew_shared(s);
	if (!e && s->web)
		e = listener_dress(a, c, s->listener.path);
	if (!e && s->feed.fd >= 0)
		e = listener_dress(a, c, s->feed.path);
	if (e) {
		log_err(LOG_ERROR, "the new configuration is not used", e);
		for (const struct err_field *f = e->fields; f; f = f->next)
			log_text(LOG_ERROR, "%.*s", STR_ARG(f->detail));
		arena_free(a);
		return;
	}
	use_config(s, a, c);
	if (s->generation > s->proven) /* the last one has not come up yet */
		pool_abandon(&s->pool, s->proven + 1, grace_ms(s));
	add_generation(s);
	log_text(LOG_INFO, "configuration read again");
}

/* ---- generations ---- */

static void look_at_generation(struct supervisor *s)
{
	if (s->stopping || s->proven == s->generation || !pool_all_ready(&s->pool, s->generation))
		return;
	s->proven = s->generation;
	pool_retire(&s->pool, s->generation - 1, grace_ms(s));
	if (s->generation == 1) {
		log_text(LOG_INFO, "ready");
		notify("READY=1");
	} else {
		log_text(LOG_INFO, "new processes have taken over");
	}
}

/* ---- the end ---- */

static void stop(struct supervisor *s, int status)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->status = status;
	log_text(LOG_INFO, "stopping");
	notify("STOPPING=1");
	remove_pid_file(s);
	if (s->web) {
		listener_withdraw(&s->listener);
		poll(NULL, 0, LAST_LOOK_MS);
	}
	listener_withdraw(&s->feed);
	s->stop_by_us = time_monotonic_us() + (int64_t)grace_ms(s) * 1000;
	pool_retire(&s->pool, s->generation, grace_ms(s));
}

/* A worker leaves when it finds the queue empty; what came between that and the end of the last one
 * is answered by one more. */
static bool has_ended(struct supervisor *s)
{
	if (!s->stopping)
		return false;
	if (time_monotonic_us() >= s->stop_by_us + KILLED_US)
		return true;
	if (s->pool.n)
		return false;
	if (!s->web || !listener_has_waiting(&s->listener) || s->drainers >= DRAINERS_MAX)
		return true;
	s->drainers++;
	pool_add_drainer(&s->pool, s->generation, s->stop_by_us);
	return false;
}

/* Before the first "ready" a process that cannot start ends the whole, so that whoever started it
 * learns of it. Later the others go on, unless the schema has left all of them behind. */
static void look_for_failure(struct supervisor *s)
{
	int status = s->proven ? 0 : pool_failed_start(&s->pool, s->generation);

	if (s->stopping)
		return;
	if (status) {
		fprintf(stderr,
			"bincard: a process could not start (status %d); the log says why\n",
			status);
		log_text(LOG_ERROR, "a process could not start");
		stop(s, status == EXIT_SCHEMA ? EXIT_SCHEMA : EXIT_FAILURE);
	} else if (s->web && pool_all_ended(&s->pool, EXIT_SCHEMA)) {
		log_text(LOG_ERROR, "every worker has refused the database's schema");
		stop(s, EXIT_SCHEMA);
	}
}

/* ---- the loop ---- */

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			stop(s, EXIT_SUCCESS);
		else if (info.ssi_signo == SIGHUP && !s->stopping)
			reload(s);
	}
}

static void wait_for_something(struct supervisor *s)
{
	struct pollfd fds[] = {
		{.fd = s->signal_fd, .events = POLLIN},
		{.fd = s->pool.ready_fd[0], .events = POLLIN},
	};

	if (poll(fds, 2, pool_wait_ms(&s->pool, LOOK_MS)) < 0 && errno != EINTR)
		log_text(LOG_ERROR, "poll: %s", strerror(errno));
}

static void loop(struct supervisor *s)
{
	while (!has_ended(s)) {
		pool_start_due(&s->pool, s->config->server.request_timeout_ms);
		wait_for_something(s);
		take_signals(s);
		pool_note_ready(&s->pool);
		pool_reap(&s->pool);
		pool_kill_late(&s->pool);
		look_at_generation(s);
		look_for_failure(s);
	}
}

static struct err *open_signals(struct supervisor *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signal_fd < 0)
		return err_new(
			s->boot, ERR_INTERNAL, "Cannot wait for signals: %s", strerror(errno));
	return NULL;
}

/* --no-web may run beside another that has the same configuration: one of them serves the streams. */
static struct err *open_feed(struct supervisor *s)
{
	struct err *e = listener_open(s->boot, s->config, s->config->feed.socket, &s->feed);

	if (!e || s->web)
		return e;
	log_err(LOG_WARNING, "no streams of the feed here", e);
	s->feed = LISTENER_NONE;
	return NULL;
}

static struct err *open_all(struct supervisor *s)
{
	TRY(open_signals(s));
	TRY(shared_open(s->boot, s->config->server.run_dir, &s->pool.shared));
	TRY(pool_init(&s->pool, s->boot));
	if (s->web)
		TRY(listener_open(s->boot, s->config, s->config->server.socket, &s->listener));
	TRY(open_feed(s));
	return write_pid_file(s);
}

static void failed(struct supervisor *s, const struct err *e)
{
	fprintf(stderr, "bincard: %.*s\n", STR_ARG(e->detail));
	log_err(LOG_ERROR, "cannot start", e);
	listener_withdraw(&s->listener);
	listener_withdraw(&s->feed);
	s->status = EXIT_FAILURE;
}

static int close_all(struct supervisor *s)
{
	const int status = s->status;

	arena_free(s->arena);
	arena_free(s->boot);
	return status;
}

int supervisor_run(struct arena *config_arena, const struct config *config, bool web)
{
	struct supervisor *s;
	struct arena *boot = arena_new(CONFIG_BYTES_MAX);
	struct err *e;

	s = ARENA_NEW(boot, struct supervisor);
	s->boot = boot;
	s->arena = config_arena;
	s->config = config;
	s->file = arena_printf(boot, "%s", config->file);
	s->web = web;
	s->listener = s->feed = LISTENER_NONE;
	s->signal_fd = -1;
	s->pool.body = child_body;
	s->pool.arg = s;
	e = open_all(s);
	if (e) {
		failed(s, e);
		return close_all(s);
	}
	log_text(LOG_INFO, "started");
	add_generation(s);
	loop(s);
	log_text(LOG_INFO, "stopped");
	return close_all(s);
}
