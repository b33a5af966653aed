#include "run/pool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "run/worker.h"

#define HEALTHY_US 10000000 /* who has lived that long is started again at once */
#define DELAY_FIRST_MS 100
#define DELAY_SCHEMA_MS 1000 /* somebody has to migrate first: that takes a while */
#define DELAY_MAX_MS 10000
#define DEADLINE_GRACE_US 1000000

static const char *const kind_names[] = {
	[CHILD_WEB] = "worker",
	[CHILD_JOBS] = "jobs",
	[CHILD_FEED] = "feed",
	[CHILD_SENDER] = "sender",
};

struct err *pool_init(struct pool *p, struct arena *a)
{
	if (pipe2(p->ready_fd, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_new(a, ERR_INTERNAL, "Cannot make a pipe: %s", strerror(errno));
	return NULL;
}

bool pool_has_room(const struct pool *p, size_t children)
{
	return p->n + children <= POOL_CHILDREN_MAX;
}

void pool_add(struct pool *p, enum child_kind kind, unsigned generation)
{
	assert(p->n < POOL_CHILDREN_MAX);
	p->children[p->n++] = (struct child){
		.kind = kind,
		.generation = generation,
		.last_status = -1,
	};
}

void pool_add_drainer(struct pool *p, unsigned generation, int64_t kill_at_us)
{
	struct child *c = &p->children[p->n];

	pool_add(p, CHILD_WEB, generation);
	c->draining = c->leaving = true;
	c->kill_at_us = kill_at_us;
}

static void drop(struct pool *p, size_t i)
{
	p->children[i] = p->children[--p->n];
}

/* ---- starting ---- */

static _Noreturn void be_child(struct pool *p, const struct child *c, pid_t supervisor)
{
	close(p->ready_fd[0]);
	if (!process_begin(supervisor, kind_names[c->kind]))
		exit(EXIT_SUCCESS);
	exit(p->body(p->arg, c)); /* not _exit(2): leaks are looked for at exit */
}

static void start(struct pool *p, struct child *c, int timeout_ms)
{
	const pid_t supervisor = getpid();
	pid_t pid;

	c->ready = false;
	c->timeout_ms = timeout_ms;
	c->started_us = time_monotonic_us();
	fflush(NULL); /* or a child writes it a second time */
	pid = fork();
	if (pid == 0)
		be_child(p, c, supervisor);
	if (pid < 0) {
		log_text(LOG_ERROR, "fork: %s", strerror(errno));
		c->start_at_us = c->started_us + DELAY_SCHEMA_MS * 1000;
		return;
	}
	c->pid = pid;
}

void pool_start_due(struct pool *p, int timeout_ms)
{
	const int64_t now = time_monotonic_us();

	for (size_t i = 0; i < p->n; i++) {
		struct child *c = &p->children[i];

		if (!c->pid && c->start_at_us <= now && (!c->leaving || c->draining))
			start(p, c, timeout_ms);
	}
}

/* ---- ending ---- */

static void log_end_of(const struct child *c, int status, bool again)
{
	const bool fine = c->leaving && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	struct log_line l;

	log_begin(&l, fine ? LOG_INFO : LOG_WARNING, "process ended");
	log_str(&l, "kind", str_of(kind_names[c->kind]));
	log_int(&l, "child", c->pid);
	if (WIFSIGNALED(status))
		log_int(&l, "signal", WTERMSIG(status));
	else
		log_int(&l, "status", WEXITSTATUS(status));
	log_ms(&l, "lived_ms", time_monotonic_us() - c->started_us);
	if (again)
		log_int(&l, "again_in_ms", c->delay_ms);
	log_end(&l);
}

/* A worker that its deadline has ended is needed at once: the deadline itself bounds how often. */
static int next_delay_ms(const struct child *c, int64_t lived_us)
{
	int delay;

	if (c->last_status == EXIT_DEADLINE || (c->ready && lived_us >= HEALTHY_US))
		return 0;
	delay = c->delay_ms ? c->delay_ms * 2 : DELAY_FIRST_MS;
	if (c->last_status == EXIT_SCHEMA && delay < DELAY_SCHEMA_MS)
		delay = DELAY_SCHEMA_MS;
	return delay < DELAY_MAX_MS ? delay : DELAY_MAX_MS;
}

static void plan_again(struct child *c, int status)
{
	const int64_t now = time_monotonic_us();

	c->last_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	c->delay_ms = next_delay_ms(c, now - c->started_us);
	c->start_at_us = now + (int64_t)c->delay_ms * 1000;
	log_end_of(c, status, true);
	c->pid = 0;
	c->kill_at_us = 0;
}

static void ended(struct pool *p, pid_t pid, int status)
{
	for (size_t i = 0; i < p->n; i++) {
		struct child *c = &p->children[i];

		if (c->pid != pid)
			continue;
		shared_release(p->shared, pid);
		if (!c->leaving) {
			plan_again(c, status);
			return;
		}
		log_end_of(c, status, false);
		drop(p, i);
		return;
	}
}

void pool_reap(struct pool *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		ended(p, pid, status);
}

static void tell_to_leave(struct child *c, int64_t kill_at_us)
{
	if (c->leaving)
		return;
	c->leaving = true;
	c->kill_at_us = kill_at_us;
	kill(c->pid, SIGTERM);
}

void pool_retire(struct pool *p, unsigned last, int grace_ms)
{
	const int64_t kill_at_us = time_monotonic_us() + (int64_t)grace_ms * 1000;

	for (size_t i = p->n; i-- > 0;) {
		struct child *c = &p->children[i];

		if (c->generation > last)
			continue;
		if (c->pid)
			tell_to_leave(c, kill_at_us);
		else
			drop(p, i);
	}
}

void pool_abandon(struct pool *p, unsigned first, int grace_ms)
{
	const int64_t kill_at_us = time_monotonic_us() + (int64_t)grace_ms * 1000;

	for (size_t i = p->n; i-- > 0;) {
		struct child *c = &p->children[i];

		if (c->generation < first)
			continue;
		if (c->pid)
			tell_to_leave(c, kill_at_us);
		else
			drop(p, i);
	}
}

static bool hangs(const struct pool *p, const struct child *c, int64_t now)
{
	const struct shared_worker *w = shared_find(p->shared, c->pid);
	int64_t since;

	if (!w)
		return false;
	since = atomic_load(&w->busy_since_us);
	return since && now - since > (int64_t)c->timeout_ms * 1000 + DEADLINE_GRACE_US;
}

unsigned pool_kill_late(struct pool *p)
{
	const int64_t now = time_monotonic_us();
	unsigned late = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct child *c = &p->children[i];

		if (!c->pid)
			continue;
		if (c->kill_at_us && now >= c->kill_at_us) {
			log_text(LOG_ERROR, "process %d has not left in time: killed", (int)c->pid);
			late++;
		} else if (c->kind == CHILD_WEB && hangs(p, c, now)) {
			log_text(LOG_ERROR, "worker %d hangs in a request: killed", (int)c->pid);
		} else {
			continue;
		}
		kill(c->pid, SIGKILL);
	}
	return late;
}

/* ---- readiness ---- */

void pool_ready(void *pool)
{
	const struct pool *p = pool;
	const pid_t pid = getpid();

	/* A full pipe cannot be: the supervisor would have to be behind by thousands of
	 * processes. */
	if (write(p->ready_fd[1], &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		log_text(LOG_ERROR, "cannot say that it is ready: %s", strerror(errno));
}

void pool_note_ready(struct pool *p)
{
	pid_t pid;

	while (read(p->ready_fd[0], &pid, sizeof(pid)) == (ssize_t)sizeof(pid))
		for (size_t i = 0; i < p->n; i++)
			if (p->children[i].pid == pid)
				p->children[i].ready = true;
}

bool pool_all_ready(const struct pool *p, unsigned generation)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct child *c = &p->children[i];

		if (c->generation == generation && !c->leaving && !(c->pid && c->ready))
			return false;
	}
	return true;
}

/* ---- looking ---- */

size_t pool_running(const struct pool *p, enum child_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->children[i].kind == kind && p->children[i].pid;
	return n;
}

bool pool_all_ended(const struct pool *p, int status)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct child *c = &p->children[i];

		if (c->kind != CHILD_WEB)
			continue;
		if (c->pid || c->last_status != status)
			return false;
		any = true;
	}
	return any;
}

int pool_failed_start(const struct pool *p, unsigned generation)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct child *c = &p->children[i];

		if (c->generation == generation && !c->ready && c->last_status > 0)
			return c->last_status;
	}
	return 0;
}

int pool_wait_ms(const struct pool *p, int most)
{
	const int64_t now = time_monotonic_us();
	int64_t least = most;

	for (size_t i = 0; i < p->n; i++) {
		const struct child *c = &p->children[i];
		const int64_t at = c->pid ? c->kill_at_us : c->start_at_us;
		const int64_t left_ms = at > now ? (at - now + 999) / 1000 : 0;

		if ((!c->pid || at) && left_ms < least)
			least = left_ms;
	}
	return (int)least;
}
