/* The sub-commands, and what each of them begins with. */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/fcgi.h"
#include "run/command.h"

#ifndef BINCARD_VERSION
#define BINCARD_VERSION "0"
#endif

#define MMAP_BYTES (256 * 1024)
/* An import keeps what is the same for all of its rows. */
#define COMMAND_BYTES_MAX ((size_t)512 << 20)

/* clang-format off */
static const struct command commands[] = {
	{"serve",   "serve [--no-web]",  "run the web workers and the background jobs", serve_command, serve_help},
	{"migrate", "migrate [--status]", "bring the database to this version", migrate_command, migrate_help},
	{"config",  "config check|show|keys", "check or show the configuration", config_command, config_help},
	{"user",    "user add|roles|invite|passwd|force-password|disable|enable|remove-second-factor|link|unlink|list ...", "manage the staff who may sign in", user_command, user_help},
	{"role",    "role add|change|delete|list ...", "manage what staff may do, under names", role_command, role_help},
	{"client",  "client add|edit|rotate|key|disable|enable|list ...", "manage the programs that use the API", client_command, client_help},
	{"key",     "key list|rotate",   "manage the keys that sign access tokens", key_command, key_help},
	{"flag",    "flag list|set ...", "switch what can be switched while everything runs", flag_command, flag_help},
	{"issuer",  "issuer list|check|subjects|disable|enable ...", "look at other issuers whose tokens are taken", issuer_command, issuer_help},
	{"limits",  "limits [--reset] [user ID|client ID|foreign ID|address ADDRESS]", "look at rate limits, or give somebody a new start", limits_command, limits_help},
	{"import",  "import items|locations|movements FILE.csv ...", "read a CSV file into the database", import_command, import_help},
	{"verify",  "verify [--json]", "recompute every balance from the ledger and compare", verify_command, verify_help},
	{"audit",   "audit prune", "delete what is old from the audit log", audit_command, audit_help},
};
/* clang-format on */
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: bincard [--config FILE] COMMAND ...\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-44s %s\n", commands[i].usage, commands[i].summary);
	fprintf(to,
		"  %-44s %s\n\n"
		"Started by a web server, with a listening socket on descriptor 0 and no command, bincard is\n"
		"one FastCGI worker. The configuration is FILE, or $BINCARD_CONFIG, or\n"
		"%s/bincard.conf. See bincard(8) and bincard.conf(5).\n",
		"help", "show this", BINCARD_SYSCONFDIR);
	return status;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The options before the command; *argi is left at the command. */
static bool read_options(int argc, char **argv, struct run *run, int *argi)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strncmp(argv[i], "--config=", 9) == 0)
			run->config_path = argv[i] + 9;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			run->config_path = argv[++i];
		else
			break;
	}
	*argi = i;
	return i == argc || argv[i][0] != '-';
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Descriptors 0 to 2 are open, whatever started us: a log or socket must not get one of them. */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static struct err *load(struct run *run)
{
	struct config *c;

	TRY(config_load(run->arena, run->config_path, &c));
	run->config = c;
	return NULL;
}

/* --help anywhere: who asks has often typed the rest already. */
static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_any(argv[i], "--help", "-h"))
			return true;
	return false;
}

/* A command says on standard error what went wrong, in a sentence; the lines that a service would
 * log beside it are for nobody. */
static int run_command(struct run *run, const struct command *c, int argc, char **argv)
{
	struct err *e = log_open(run->arena, "/dev/null", LOG_ERROR, "command");

	if (asks_for_help(argc, argv)) {
		c->help(stdout);
		return 0;
	}
	if (!e && c->main != config_command)
		e = load(run);
	return e ? command_fail(e) : c->main(run, argc, argv);
}

static int run_worker(struct run *run)
{
	struct err *e = load(run);

	if (e) {
		command_fail(e);
		return EXIT_FAILURE;
	}
	return worker_main(run);
}

/* What a command has printed must have arrived: a full disk is a failure. */
static int finish(struct run *run, int status)
{
	command_close();
	arena_free(run->arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "bincard: cannot write to standard output\n");
		return status ? status : EXIT_FAILURE;
	}
	return status;
}

static int dispatch(struct run *run, int argc, char **argv)
{
	const struct command *c;
	int argi;

	if (!read_options(argc, argv, run, &argi)) {
		if (is_any(argv[argi], "--version", "-V"))
			return printf("bincard %s\n", BINCARD_VERSION) < 0;
		if (is_any(argv[argi], "--help", "-h"))
			return usage(stdout, 0);
		fprintf(stderr, "bincard: %s is no option, or lacks its value\n", argv[argi]);
		return usage(stderr, 2);
	}
	if (argi == argc)
		return fcgi_spawned() ? run_worker(run) : usage(stderr, 2);
	if (strcmp(argv[argi], "help") == 0)
		return usage(stdout, 0);
	c = find(argv[argi]);
	if (c)
		return run_command(run, c, argc - argi, argv + argi);
	fprintf(stderr, "bincard: there is no command %s; see bincard help\n", argv[argi]);
	return 2;
}

int main(int argc, char **argv)
{
	struct run run = {.self = argv[0]};

	/* Fixed, for it grows by itself: then the large blocks of one request would stay in the heap. */
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
	open_standard();
	run.arena = arena_new(COMMAND_BYTES_MAX);
	return finish(&run, dispatch(&run, argc, argv));
}
