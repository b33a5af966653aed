#include "run/feed_process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/poke.h"
#include "feed/sequencer.h"
#include "run/worker.h"

#define ARENA_BYTES_MAX ((size_t)16 << 20)
#define LOOK_MS 200
#define TROUBLE_MS 1000 /* after an error */
/* Between two steps that find something: what commits meanwhile goes into one transaction. Without it the
 * sequencer's own commits take as much of the server as those that it waits for. */
#define PACE_MS 10
#define NOT_MADE (-2) /* of a socket: it was tried */

/* SIGTERM is open during the wait alone, so none is missed between the look and the wait. */
static void wait_for_poke(int fd, int ms)
{
	struct pollfd poke = {.fd = fd, .events = POLLIN};
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	sigset_t blocked, open;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	if (!process_stop)
		ppoll(&poke, fd >= 0 ? 1 : 0, &left, &open);
	sigprocmask(SIG_SETMASK, &open, NULL);
	if (fd >= 0)
		poke_drain(fd);
}

static struct str own_name(struct arena *a)
{
	char host[65];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "localhost");
	return str_printf(a, "%.64s:%ld", host, (long)getpid());
}

/* Pokes are for the process that sequences: on a host there may be others, of the generation before or after. */
static int listen_while_holding(const struct config *c, const struct sequencer *s, int fd)
{
	if (s->fence && fd == -1) {
		fd = poke_listen(c->site.poke_path);
		if (fd >= 0)
			return fd;
		log_text(LOG_WARNING, "%s cannot be made: changes are noticed a little later",
			c->site.poke_path);
		return NOT_MADE;
	}
	if (!s->fence && fd != -1) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

int feed_process_run(const struct config *c, void (*ready)(void *arg), void *arg)
{
	struct arena *boot = arena_new(ARENA_BYTES_MAX), *a = arena_new(ARENA_BYTES_MAX);
	struct db *db = db_new(&c->app, DB_SET_APP);
	struct sequencer s = {.holder = own_name(boot)};
	struct err *e = NULL;
	int fd = -1;

	log_text(LOG_INFO, "started");
	ready(arg);
	while (!process_stop) {
		bool failed_before = e != NULL;
		int64_t moved;

		e = sequencer_step(&s, db, a, &moved);
		if (e && !failed_before)
			log_err(LOG_WARNING, "sequencing", e);
		arena_reset(a);
		fd = listen_while_holding(c, &s, fd);
		if (moved > 0 && moved < SEQUENCER_ROWS)
			poll(NULL, 0, PACE_MS);
		else if (moved == 0)
			wait_for_poke(fd, e ? TROUBLE_MS : LOOK_MS);
	}
	e = sequencer_end(&s, db, a);
	if (e)
		log_err(LOG_WARNING, "the lease could not be given back", e);
	if (fd >= 0)
		close(fd);
	db_free(db);
	arena_free(a);
	arena_free(boot);
	log_text(LOG_INFO, "ended");
	return EXIT_SUCCESS;
}
