#include "run/feed_process.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/poke.h"
#include "feed/sequencer.h"
#include "feed/server.h"
#include "http/fcgi_wire.h"

#define BOOT_BYTES_MAX ((size_t)64 << 20)
#define ARENA_BYTES_MAX ((size_t)16 << 20)
#define LOOK_US INT64_C(200000)
#define TROUBLE_US INT64_C(1000000) /* after an error */
/* Between two steps that find something: what commits meanwhile goes into one transaction. Without it the
 * sequencer's own commits take as much of the server as those that it waits for. */
#define PACE_US INT64_C(10000)
#define AT_ONCE_US 1
#define NOT_MADE (-2) /* of a socket: it was tried */

/* Static, so that a leak checker finds at exit what is meant to live on. */
static struct feed {
	struct arena *boot; /* what lives as long as the process */
	const struct config *config;
	struct app *app;
	struct server *server;
	struct sequencer sequencer;
	struct arena *arena;
	int poke_fd;
	bool failing;
} feed;

static struct str own_name(struct arena *a)
{
	char host[65];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "localhost");
	return str_printf(a, "%.64s:%ld", host, (long)getpid());
}

/* Pokes are for the process that sequences: on a host there may be others, of the generation before or after. */
static void listen_while_holding(struct feed *f)
{
	if (f->sequencer.fence && f->poke_fd == -1) {
		f->poke_fd = poke_listen(f->config->site.poke_path);
		if (f->poke_fd < 0) {
			log_text(LOG_WARNING,
				"%s cannot be made: changes are noticed a little later",
				f->config->site.poke_path);
			f->poke_fd = NOT_MADE;
			return;
		}
		server_listen_for_pokes(f->server, f->poke_fd);
	} else if (!f->sequencer.fence && f->poke_fd != -1) {
		server_listen_for_pokes(f->server, -1);
		if (f->poke_fd >= 0)
			close(f->poke_fd);
		f->poke_fd = -1;
	}
}

static int64_t step(void *arg, bool *news)
{
	struct feed *f = arg;
	int64_t moved;
	struct err *e = sequencer_step(&f->sequencer, f->app->db, f->arena, &moved);

	if (e && !f->failing)
		log_err(LOG_WARNING, "sequencing", e);
	f->failing = e != NULL;
	arena_reset(f->arena);
	listen_while_holding(f);
	*news = moved > 0;
	if (e)
		return TROUBLE_US;
	if (moved == SEQUENCER_ROWS)
		return AT_ONCE_US;
	return moved ? PACE_US : LOOK_US;
}

static void end(struct feed *f)
{
	struct err *e = sequencer_end(&f->sequencer, f->app->db, f->arena);

	if (e)
		log_err(LOG_WARNING, "the lease could not be given back", e);
	server_free(f->server);
	if (f->poke_fd >= 0)
		close(f->poke_fd);
	arena_free(f->arena);
}

static struct err *begin(struct feed *f, const struct worker_start *start)
{
	struct config *c;

	f->boot = arena_new(BOOT_BYTES_MAX);
	f->arena = arena_new(ARENA_BYTES_MAX);
	f->sequencer.holder = own_name(f->boot);
	f->poke_fd = -1;
	f->config = c = ARENA_NEW(f->boot, struct config);
	TRY(worker_app(f->boot, c, start, &f->app));
	request_id_seed();
	return NULL;
}

int feed_process_run(const struct worker_start *start)
{
	struct feed *f = &feed;
	struct server_config server = {.listen_fd = start->listen_fd};
	struct err *e = begin(f, start);

	if (e) {
		log_err(LOG_ERROR, "cannot start", e);
		return EXIT_FAILURE;
	}
	server.app = f->app;
	server.streams_max = (unsigned)f->config->feed.streams_max;
	server.streams_per_caller_max = (unsigned)f->config->feed.streams_per_caller_max;
	f->server = server_new(&server, step, f);
	if (!f->server)
		return EXIT_FAILURE;
	log_text(LOG_INFO, "started");
	start->ready(start->arg);
	server_run(f->server, &process_stop);
	end(f);
	log_text(LOG_INFO, "ended");
	return EXIT_SUCCESS;
}
