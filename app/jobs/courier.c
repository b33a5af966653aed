#include "jobs/courier.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IDLE_S 5

struct queue {
	struct load *first, **end;
};

struct courier {
	const struct relay_config *config;
	const struct relay_broker *broker;
	int event_fd;
	pthread_t thread;
	void *link; /* the thread's; NULL: not connected */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct queue waiting, back;
	struct load *present; /* under way */
	bool stop;
};

/* ---- queues ---- */

static void add(struct queue *q, struct load *load)
{
	load->next = NULL;
	*q->end = load;
	q->end = &load->next;
}

static struct load *take(struct queue *q)
{
	struct load *load = q->first;

	if (!load)
		return NULL;
	q->first = load->next;
	if (!q->first)
		q->end = &q->first;
	return load;
}

static void drop_all(struct queue *q)
{
	for (struct load *load = take(q); load; load = take(q))
		arena_free(load->arena);
}

/* ---- the thread ---- */

static void lock(struct courier *c)
{
	int rc = pthread_mutex_lock(&c->lock);

	assert(rc == 0);
}

static void unlock(struct courier *c)
{
	int rc = pthread_mutex_unlock(&c->lock);

	assert(rc == 0);
}

/* An account's name or password may stand in what a broker or a library says of it. */
static void hide_password(const struct courier *c, char *error)
{
	const char *password = c->config->password;
	size_t n = password ? strlen(password) : 0;

	for (char *at = n ? strstr(error, password) : NULL; at; at = strstr(at, password))
		for (size_t i = 0; i < n; i++)
			*at++ = '*';
}

static void hang_up(struct courier *c)
{
	if (c->link)
		c->broker->close(c->link);
	c->link = NULL;
}

/* Sends the next n; false: not all of them have arrived. */
static bool send_some(struct courier *c, struct load *load, size_t n)
{
	size_t taken = c->broker->send(c->link, load->messages + load->taken, n, load->error);

	load->taken += taken;
	return taken == n;
}

/* The first event alone, and the others when it is there: what a broker refuses again and again is not followed by
 * repeats of what it takes. */
static bool open_and_try(struct courier *c, struct load *load)
{
	c->link = c->broker->open(c->config, load->error);
	return c->link && send_some(c, load, 1);
}

static void attempt(struct courier *c, struct load *load)
{
	bool good = c->link || open_and_try(c, load);

	if (good && load->taken < load->n)
		good = send_some(c, load, load->n - load->taken);
	if (!good)
		hang_up(c);
}

/* A connection that has rested may be gone without anybody's fault: a restart of the broker, a firewall. */
static void deliver(struct courier *c, struct load *load)
{
	bool rested = c->link != NULL;

	load->error[0] = '\0';
	attempt(c, load);
	if (load->taken < load->n && rested) {
		load->error[0] = '\0';
		attempt(c, load);
	}
	assert(load->taken <= load->n);
	if (load->taken == load->n)
		load->error[0] = '\0';
	hide_password(c, load->error);
}

/* With the lock. */
static void rest(struct courier *c)
{
	struct timespec until;
	int rc;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += IDLE_S;
	rc = pthread_cond_timedwait(&c->changed, &c->lock, &until);
	if (rc != ETIMEDOUT || !c->link || !c->broker->idle)
		return;
	unlock(c);
	if (!c->broker->idle(c->link))
		hang_up(c);
	lock(c);
}

static void hand_back(struct courier *c, struct load *load)
{
	const uint64_t one = 1;

	add(&c->back, load);
	c->present = NULL;
	if (write(c->event_fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
		return; /* it is full, so it wakes already */
}

static void *run(void *arg)
{
	struct courier *c = arg;

	lock(c);
	while (!c->stop) {
		struct load *load = take(&c->waiting);

		if (!load) {
			rest(c);
			continue;
		}
		c->present = load;
		if (load->tag) {
			unlock(c);
			deliver(c, load);
			lock(c);
		}
		hand_back(c, load);
	}
	unlock(c);
	hang_up(c);
	return NULL;
}

/* ---- from outside ---- */

struct courier *courier_new(
	const struct relay_config *config, const struct relay_broker *broker, int event_fd)
{
	struct courier *c = calloc(1, sizeof(*c));
	sigset_t all, old;
	int rc;

	assert(c);
	c->config = config;
	c->broker = broker;
	c->event_fd = event_fd;
	c->waiting.end = &c->waiting.first;
	c->back.end = &c->back.first;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	sigfillset(&all); /* signals are for the process's first thread */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return c;
	free(c);
	return NULL;
}

void courier_send(struct courier *c, struct load *load)
{
	lock(c);
	add(&c->waiting, load);
	pthread_cond_signal(&c->changed);
	unlock(c);
}

struct load *courier_take(struct courier *c)
{
	struct load *load;

	lock(c);
	load = take(&c->back);
	unlock(c);
	return load;
}

static void forget(struct load *load, const void *tag)
{
	for (; load; load = load->next)
		if (load->tag == tag)
			load->tag = NULL;
}

void courier_forget(struct courier *c, const void *tag)
{
	lock(c);
	forget(c->waiting.first, tag);
	forget(c->back.first, tag);
	if (c->present && c->present->tag == tag)
		c->present->tag = NULL;
	unlock(c);
}

void courier_stop(struct courier *c)
{
	lock(c);
	c->stop = true;
	pthread_cond_signal(&c->changed);
	unlock(c);
}

bool courier_end(struct courier *c, const struct timespec *until)
{
	if (pthread_timedjoin_np(c->thread, NULL, until) != 0)
		return false;
	drop_all(&c->waiting);
	drop_all(&c->back);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return true;
}
