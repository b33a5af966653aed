/* bincard key: the keys that sign access tokens. */
#include "domain/key.h"

#include <stdio.h>
#include <string.h>

#include "run/command.h"

void key_help(FILE *to)
{
	fputs("usage: bincard key list\n"
	      "       bincard key rotate\n",
		to);
}

static struct err *rotate(struct run *run, struct ctx *c)
{
	struct str kid;

	TRY(key_rotate(c, run->config->auth.master_key_file, &kid));
	printf("key %.*s signs in %d minutes\n", STR_ARG(kid), KEY_LEAD_S / 60);
	return NULL;
}

/* rows: the one that signs last comes first, so the first that may sign is the one that does. */
static const char *state(const struct key *key, bool *found)
{
	if (key->may_sign && !*found) {
		*found = true;
		return "signs";
	}
	return key->signs_from > time_now() ? "next" : "checks";
}

static struct err *list(struct run *run, struct ctx *c)
{
	struct key_rows rows;
	bool found = false;

	TRY(key_list(c, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		const struct key *key = &rows.rows[i];
		struct str from = time_str(run->arena, key->signs_from);
		struct str end = key->ends_at ? time_str(run->arena, key->ends_at) : STR("-");

		printf("%.*s\t%.*s\t%s\t%.*s\t%.*s\n", STR_ARG(key->kid), STR_ARG(key->algorithm),
			state(key, &found), STR_ARG(from), STR_ARG(end));
	}
	return NULL;
}

int key_command(struct run *run, int argc, char **argv)
{
	struct err *(*verb)(struct run * run, struct ctx * c) = NULL;
	struct ctx c;
	struct err *e;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		verb = list;
	else if (argc == 2 && strcmp(argv[1], "rotate") == 0)
		verb = rotate;
	if (!verb)
		return command_misused(key_help);
	e = command_ctx(run, &c);
	if (!e)
		e = verb(run, &c);
	return e ? command_fail(e) : 0;
}
