/* After a user or client was changed: the workers of this host forget whom they know. */
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "run/command.h"
#include "run/shared.h"

void command_auth_changed(struct run *run)
{
	struct shared *shared;
	struct err *e;

	/* no file: no worker has run since the host started */
	if (access(arena_printf(run->arena, "%s/bincard.shm", run->config->server.run_dir), F_OK) !=
		0)
		return;
	e = shared_open(run->arena, run->config->server.run_dir, &shared);
	if (!e) {
		atomic_fetch_add(&shared->auth_generation, 1);
		return;
	}
	fprintf(stderr, "bincard: done; running workers notice within %d seconds: %.*s\n",
		AUTH_CACHE_S, STR_ARG(e->detail));
}
