#include <stdio.h>
#include <string.h>

#include "run/command.h"

static const char *const type_names[] = {
	[CONFIG_TEXT] = "text",
	[CONFIG_PATH] = "path",
	[CONFIG_INT] = "number",
	[CONFIG_MODE] = "mode",
	[CONFIG_BOOL] = "boolean",
	[CONFIG_LEVEL] = "level",
	[CONFIG_SECRET] = "secret",
};

static int check(struct run *run)
{
	struct config *c;
	struct err *e = config_load(run->arena, run->config_path, &c);

	if (!e)
		e = config_check_files(run->arena, c);
	if (e)
		return command_fail(e);
	printf("%s: no fault found\n", c->file);
	return 0;
}

static void show_value(const struct config_key *k, const struct config_value *v)
{
	printf("%s = %s\n", k->name, config_shown(k, v));
}

static void show_section(const struct config_section *s)
{
	printf("\n[%s]\n", s->section);
	for (int i = 0; i < s->key_count; i++) {
		printf("# %s\n", s->values[i].where);
		show_value(&s->keys[i], &s->values[i]);
	}
}

static int show(struct run *run)
{
	const char *section = "";
	struct config_section named;
	struct config *c;
	struct err *e = config_load(run->arena, run->config_path, &c);

	if (e)
		return command_fail(e);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct config_key *k = &config_keys[i];

		if (strcmp(k->section, section) != 0)
			printf("%s[%s]\n", i ? "\n" : "", k->section);
		section = k->section;
		printf("# %s\n", c->values[i].where);
		show_value(k, &c->values[i]);
	}
	for (size_t i = 0; config_named_each(c, i, &named); i++)
		show_section(&named);
	return 0;
}

/* The table as it is, a line a key, fields apart by tabs: the manual and the sample are compared
 * with it. */
static void print_keys(const struct config_key *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct config_key *k = &list[i];

		printf("%s\t%s\t%s\t%ld\t%ld\t%s\t%s\n", k->section, k->name, type_names[k->type],
			k->min, k->max, k->fallback, k->help);
	}
}

static int keys(struct run *run)
{
	(void)run;
	print_keys(config_keys, KEY_COUNT);
	print_keys(config_issuer_keys, ISSUER_KEY_COUNT);
	print_keys(config_relay_keys, RELAY_KEY_COUNT);
	return 0;
}

void config_help(FILE *to)
{
	fputs("usage: bincard config check|show|keys\n", to);
}

int config_command(struct run *run, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*main)(struct run *run);
	} table[] = {{"check", check}, {"show", show}, {"keys", keys}};

	for (size_t i = 0; argc == 2 && i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(argv[1], table[i].name) == 0)
			return table[i].main(run);
	return command_misused(config_help);
}
