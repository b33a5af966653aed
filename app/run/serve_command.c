#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/command.h"
#include "run/supervisor.h"
#include "run/worker.h"

#define CONFIG_BYTES_MAX ((size_t)4 << 20)

/* A terminal on standard input is nothing for processes that serve. */
static void leave_terminal(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fd != STDIN_FILENO) {
		(void)dup2(fd, STDIN_FILENO);
		close(fd);
	}
	umask(027);
}

static bool read_options(int argc, char **argv, bool *web)
{
	static const struct option options[] = {
		{"no-web", no_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
	int o;

	*web = true;
	while ((o = getopt_long(argc, argv, "", options, NULL)) == 'n')
		*web = false;
	return o == -1 && optind == argc;
}

void serve_help(FILE *to)
{
	fputs("usage: bincard serve [--no-web]\n", to);
}

int serve_command(struct run *run, int argc, char **argv)
{
	struct arena *a;
	struct config *config;
	struct err *e;
	int status;
	bool web, there;

	if (!read_options(argc, argv, &web))
		return command_misused(serve_help);
	leave_terminal();
	e = log_open(run->arena, run->config->log.path, run->config->log.level, "supervisor");
	if (e)
		return command_fail(e);
	/* What no waiting mends is said at once, before there is a socket. */
	e = worker_look(run->arena, run->config, true, &there);
	if (e) {
		log_err(LOG_ERROR, "refused to start", e);
		command_fail(e);
		return worker_status(e);
	}
	a = arena_new(CONFIG_BYTES_MAX); /* the supervisor exchanges it on SIGHUP */
	e = config_load(a, run->config->file, &config);
	if (e) {
		status = command_fail(e);
		arena_free(a);
		return status;
	}
	return supervisor_run(a, config, web);
}
