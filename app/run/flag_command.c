/* bincard flag: what can be switched while everything runs. */
#include "domain/flag.h"

#include <stdio.h>
#include <string.h>

#include "run/command.h"

#define PAGE_ROWS 200

void flag_help(FILE *to)
{
	fputs("usage: bincard flag list\n"
	      "       bincard flag set NAME on|off|PERCENT%\n"
	      "flags:\n",
		to);
	for (int f = FLAG_NONE + 1; f < FLAG_END; f++) {
		const char *name = flag_name((enum flag)f);

		fprintf(to, "  %-16s %s\n", name, flag_about(str_of(name)));
	}
}

static void print_flag(struct run *run, const struct flag_row *flag)
{
	const char *help = flag_about(flag->name);
	const char *state = flag->state == FLAG_PERCENT
		? arena_printf(run->arena, "%d%%", flag->percent)
		: flag_state_names[flag->state];

	printf("%.*s\t%s\t%s\n", STR_ARG(flag->name), state,
		help ? help : "this version does not know it");
}

static struct err *list(struct run *run, struct ctx *c)
{
	struct flag_rows rows = {.n = 0};
	int64_t last = 0;

	do {
		TRY(flag_list(c, last, PAGE_ROWS, &rows));
		for (size_t i = 0; i < rows.n; i++)
			print_flag(run, &rows.rows[i]);
		if (rows.n)
			last = rows.rows[rows.n - 1].id;
	} while (rows.n == PAGE_ROWS);
	return NULL;
}

/* "on", "off", "25%"; false when it is none. */
static bool read_state(struct str text, struct flag_input *out)
{
	*out = (struct flag_input){.has_state = true};
	if (str_is(text, "on")) {
		out->state = FLAG_ON;
		return true;
	}
	if (str_is(text, "off")) {
		out->state = FLAG_OFF;
		return true;
	}
	if (!str_ends(text, "%"))
		return false;
	text.n--;
	out->state = FLAG_PERCENT;
	out->has_percent = true;
	return str_to_int(text, &out->percent);
}

static struct err *set(struct run *run, struct ctx *c, struct str name, const struct flag_input *in)
{
	struct flag_row flag;

	TRY(flag_find(c, name, &flag));
	TRY(flag_update(c, NULL, flag.id, 0, in, &flag));
	command_auth_changed(run);
	print_flag(run, &flag);
	return NULL;
}

int flag_command(struct run *run, int argc, char **argv)
{
	bool lists = argc == 2 && strcmp(argv[1], "list") == 0;
	struct flag_input in;
	struct ctx c;
	struct err *e;

	if (!lists &&
		(argc != 4 || strcmp(argv[1], "set") != 0 || !read_state(str_of(argv[3]), &in)))
		return command_misused(flag_help);
	e = command_ctx(run, &c);
	if (!e)
		e = lists ? list(run, &c) : set(run, &c, str_of(argv[2]), &in);
	return e ? command_fail(e) : 0;
}
