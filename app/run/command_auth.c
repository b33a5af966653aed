/* After a user or client was changed: the workers of this host forget whom they know. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "run/command.h"
#include "run/shared.h"

static bool is_serving(const char *pid_file)
{
	FILE *f = pid_file ? fopen(pid_file, "re") : NULL;
	char text[32];
	int64_t pid;
	bool read;

	if (!f)
		return false;
	read = fgets(text, sizeof(text), f) != NULL;
	fclose(f);
	return read && str_to_int(str_trim(str_of(text)), &pid) && pid > 0 && pid <= INT_MAX &&
		(kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

void command_auth_changed(struct run *run)
{
	const char *dir = run->config->server.run_dir;
	struct shared *shared;
	struct err *e;

	if (access(arena_printf(run->arena, "%s/bincard.shm", dir), F_OK) == 0) {
		e = shared_open(run->arena, dir, &shared);
		if (!e) {
			atomic_fetch_add(&shared->auth_generation, 1);
			return;
		}
	} else if (is_serving(run->config->server.pid_file)) {
		e = err_new(run->arena, ERR_USAGE,
			"bincard.shm in %s is gone; a reload makes it anew", dir);
	} else { /* no worker has run since the host started */
		return;
	}
	fprintf(stderr, "bincard: done; running workers notice within %d seconds: %.*s\n",
		AUTH_CACHE_S, STR_ARG(e->detail));
}
