/* bincard role: what members of staff may do, under names. */
#include "domain/role.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "run/command.h"

#define PAGE_ROWS 200

struct options {
	const char *name;
	const char *new_name;
	const char *second_factor; /* "on" or "off"; NULL: as it is */
	struct str permissions[PERMISSION_END];
	size_t n;
};

void role_help(FILE *to)
{
	fputs("usage: bincard role add NAME --permission PERMISSION... [--second-factor on]\n"
	      "       bincard role change NAME [--name NEW] [--permission PERMISSION]...\n"
	      "                                [--second-factor on|off]\n"
	      "       bincard role delete NAME\n"
	      "       bincard role list\n"
	      "\n"
	      "Permissions, of which a role has all that are named:\n",
		to);
	for (enum permission p = PERM_NONE + 1; p < PERMISSION_END; p++)
		fprintf(to, "  %-16s %s\n", permission_name(p), permission_help(p));
}

static bool take_option(struct options *o, int letter)
{
	switch (letter) {
	case 'n':
		o->new_name = optarg;
		return true;
	case 'p':
		if (o->n == PERMISSION_END)
			return false;
		o->permissions[o->n++] = str_of(optarg);
		return true;
	case 's':
		o->second_factor = optarg;
		return strcmp(optarg, "on") == 0 || strcmp(optarg, "off") == 0;
	default:
		return false;
	}
}

/* What follows "add", "change", ...; false when it cannot be meant. */
static bool read_options(struct options *o, int argc, char **argv)
{
	static const struct option all[] = {
		{"name", required_argument, NULL, 'n'},
		{"permission", required_argument, NULL, 'p'},
		{"second-factor", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*o = (struct options){.name = NULL};
	optind = 0; /* main() has read its own options */
	while ((letter = getopt_long(argc, argv, "", all, NULL)) != -1) {
		if (!take_option(o, letter))
			return false;
	}
	if (optind < argc)
		o->name = argv[optind++];
	return optind == argc;
}

static struct role_input input_of(const struct options *o, const char *name)
{
	return (struct role_input){.name = str_of(name),
		.has_permissions = o->n > 0,
		.permissions = o->permissions,
		.n = o->n,
		.has_second_factor = o->second_factor != NULL,
		.second_factor = o->second_factor && strcmp(o->second_factor, "on") == 0};
}

static struct err *add(struct run *run, struct ctx *c, const struct options *o)
{
	struct role_input in = input_of(o, o->name);
	struct role role;

	TRY(command_ctx(run, c));
	TRY(role_create(c, &in, &role));
	printf("added role %s\n", o->name);
	return NULL;
}

static struct err *change(struct run *run, struct ctx *c, const struct options *o)
{
	struct role_input in = input_of(o, o->new_name);
	struct role role;

	TRY(command_ctx(run, c));
	TRY(role_find(c, str_of(o->name), &role));
	TRY(role_update(c, role.id, 0, &in, &role));
	printf("changed role %.*s\n", STR_ARG(role.name));
	return NULL;
}

static struct err *delete (struct run *run, struct ctx *c, const struct options *o)
{
	struct role role;

	TRY(command_ctx(run, c));
	TRY(role_find(c, str_of(o->name), &role));
	TRY(role_delete(c, role.id, 0));
	printf("deleted role %s\n", o->name);
	return NULL;
}

static struct err *list(struct run *run, struct ctx *c, const struct options *o)
{
	struct role_filter f = {.q = STR_NONE, .after_name = STR_NONE, .limit = PAGE_ROWS};
	struct role_rows rows;

	(void)o;
	TRY(command_ctx(run, c));
	do {
		TRY(role_list(c, &f, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			const struct role *r = &rows.rows[i];

			printf("%.*s\t%lld users\t%.*s%s\n", STR_ARG(r->name), (long long)r->users,
				STR_ARG(r->permissions), r->second_factor ? "\tsecond factor" : "");
			f.after_name = r->name;
		}
	} while (rows.n == PAGE_ROWS);
	return NULL;
}

struct verb {
	const char *name;
	struct err *(*run)(struct run *run, struct ctx *c, const struct options *o);
	bool named, permissions, renames;
};

static const struct verb verbs[] = {
	{"add", add, true, true, false},
	{"change", change, true, true, true},
	{"delete", delete, true, false, false},
	{"list", list, false, false, false},
};

static bool fits(const struct verb *v, const struct options *o)
{
	if (v->named != (o->name != NULL) || ((o->n || o->second_factor) && !v->permissions) ||
		(o->new_name && !v->renames))
		return false;
	return !v->permissions || o->n || (v->renames && (o->new_name || o->second_factor));
}

int role_command(struct run *run, int argc, char **argv)
{
	struct options o;
	struct ctx c;
	struct err *e;

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (!read_options(&o, argc - 1, argv + 1) || !fits(&verbs[i], &o))
			return command_misused(role_help);
		e = verbs[i].run(run, &c, &o);
		if (e)
			return command_fail(e);
		if (verbs[i].named)
			command_auth_changed(run);
		return 0;
	}
	return command_misused(role_help);
}
