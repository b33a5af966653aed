#include <getopt.h>
#include <stdio.h>

#include "db/migrate.h"
#include "run/command.h"

static bool read_options(int argc, char **argv, enum migrate_mode *mode)
{
	static const struct option options[] = {
		{"status", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	int o;

	*mode = MIGRATE_APPLY;
	while ((o = getopt_long(argc, argv, "", options, NULL)) == 's')
		*mode = MIGRATE_STATUS;
	return o == -1 && optind == argc;
}

static struct err *migrate(struct run *run, enum migrate_mode mode)
{
	struct db_config config;
	struct db *owner;
	struct err *e;

	TRY(config_account(run->arena, run->config, CONFIG_OWNER, &config));
	config.read_timeout_ms = 0; /* a change of a large table takes as long as it takes */
	owner = db_new(&config, DB_SET_NONE);
	e = db_ready(owner, run->arena);
	if (!e)
		e = migrate_run(owner, run->arena, run->config->sql_dir, mode, stdout);
	db_free(owner);
	return e;
}

void migrate_help(FILE *to)
{
	fputs("usage: bincard migrate [--status]\n", to);
}

int migrate_command(struct run *run, int argc, char **argv)
{
	enum migrate_mode mode;
	struct err *e;

	if (!read_options(argc, argv, &mode))
		return command_misused(migrate_help);
	e = migrate(run, mode);
	return e ? command_fail(e) : 0;
}
