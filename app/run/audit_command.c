/* bincard audit: what the owner's account alone may do to the audit log. */
#include "domain/audit.h"

#include <stdio.h>
#include <string.h>

#include "db/migrate.h"
#include "run/command.h"

void audit_help(FILE *to)
{
	fputs("usage: bincard audit prune\n", to);
}

static struct err *prune_on(struct run *run, struct db *owner)
{
	struct ctx c = command_ctx_on(run, owner);
	int days = run->config->audit_keep_days;
	struct err *e;
	int64_t gone;

	TRY(db_ready(owner, run->arena));
	TRY(migrate_check(owner, run->arena));
	e = audit_prune(&c, days, &gone);
	printf("deleted %lld entries older than %d %s\n", (long long)gone, days,
		days == 1 ? "day" : "days");
	return e;
}

static struct err *prune(struct run *run)
{
	struct db_config config;
	struct db *owner;
	struct err *e;

	if (!run->config->audit_keep_days)
		return err_new(run->arena, ERR_USAGE, "[audit] keep_days is 0: everything is kept");
	TRY(config_account(run->arena, run->config, CONFIG_OWNER, &config));
	owner = db_new(&config, DB_SET_NONE);
	e = prune_on(run, owner);
	db_free(owner);
	return e;
}

int audit_command(struct run *run, int argc, char **argv)
{
	struct err *e;

	if (argc != 2 || strcmp(argv[1], "prune") != 0)
		return command_misused(audit_help);
	e = prune(run);
	return e ? command_fail(e) : 0;
}
