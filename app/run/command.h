/*
 * command: one row a sub-command of `bincard` (run/main.c has the table), one file a command:
 * run/<name>_command.c.
 */
#ifndef BINCARD_RUN_COMMAND_H
#define BINCARD_RUN_COMMAND_H

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "domain/ctx.h"
#include "run/config.h"

/* What a command starts with: configuration read and checked, log open. */
struct run {
	struct arena *arena; /* lives as long as the command */
	const struct config *config; /* NULL for the command "config", which reads it itself */
	const char *config_path; /* of --config, or NULL */
	const char *self; /* argv[0] */
};

/* argv[0] is the command's name. Returns the exit status: 0 done, 1 refused or failed (one clear
 * sentence on standard error), 2 wrong use. */
typedef int command_fn(struct run *run, int argc, char **argv);
/* Prints "usage: ..." and what else there is to say. */
typedef void command_help_fn(FILE *to);

struct command {
	const char *name;
	const char *usage; /* "user add|passwd|disable|remove-second-factor|list ..." */
	const char *summary; /* a line for `bincard help` */
	command_fn *main;
	command_help_fn *help; /* for --help, in the place of main */
};

/* Opens the application's account and fills a context whose principal is "system". */
MUST_CHECK struct err *command_ctx(struct run *run, struct ctx *out);
/* The same for a connection of another account; nothing is opened. */
struct ctx command_ctx_on(struct run *run, struct db *db);
/* Closes what command_ctx() opened; main() does it at the end. */
void command_close(void);
/* Prints "bincard: sentence" and the fields of e to standard error; returns 1 (2 for ERR_USAGE). */
int command_fail(const struct err *e);
/* A password or secret from "-" (standard input, first line) or a file; never from argv. */
MUST_CHECK struct err *command_secret(struct run *run, const char *path, struct str *out);
/* After a user, client or flag was changed: the workers of this host forget at once what they know of them. */
void command_auth_changed(struct run *run);

/* Prints the help to standard error; returns 2. */
int command_misused(command_help_fn *help);

command_fn issuer_command, config_command, migrate_command, serve_command, user_command,
	client_command, key_command, import_command, verify_command, audit_command, limits_command,
	flag_command;
command_help_fn issuer_help, config_help, migrate_help, serve_help, user_help, client_help,
	key_help, import_help, verify_help, audit_help, limits_help, flag_help;
/* Without a sub-command and with a listening socket on fd 0: one plain worker. */
int worker_main(struct run *run);

#endif
