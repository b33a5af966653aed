/* bincard user: staff and their passwords. */
#include "domain/second_factor.h"
#include "domain/sso.h"
#include "domain/user.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "run/command.h"

#define PAGE_ROWS 200

struct options {
	const char *name;
	const char *display_name;
	const char *password_file;
	struct str roles[USER_ROLES_MAX];
	size_t role_count;
	const char *identity[2]; /* issuer and subject */
	int identity_count;
};

void user_help(FILE *to)
{
	fputs("usage: bincard user add NAME [--display-name TEXT] [--role ROLE]... --password-file FILE|-\n"
	      "       bincard user passwd NAME --password-file FILE|-\n"
	      "       bincard user disable NAME\n"
	      "       bincard user remove-second-factor NAME\n"
	      "       bincard user link NAME ISSUER SUBJECT\n"
	      "       bincard user unlink NAME\n"
	      "       bincard user list\n",
		to);
}

static bool take_option(struct options *o, int letter)
{
	switch (letter) {
	case 'd':
		o->display_name = optarg;
		return true;
	case 'p':
		o->password_file = optarg;
		return true;
	case 'r':
		if (o->role_count == USER_ROLES_MAX)
			return false;
		o->roles[o->role_count++] = str_of(optarg);
		return true;
	default:
		return false;
	}
}

/* What follows "add", "passwd", ...; false when it cannot be meant. */
static bool read_options(struct options *o, int argc, char **argv)
{
	static const struct option all[] = {
		{"display-name", required_argument, NULL, 'd'},
		{"role", required_argument, NULL, 'r'},
		{"password-file", required_argument, NULL, 'p'},
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
	while (optind < argc && o->identity_count < 2)
		o->identity[o->identity_count++] = argv[optind++];
	return optind == argc;
}

static struct err *add(struct run *run, struct ctx *c, const struct options *o)
{
	struct user_input in = {
		.name = str_of(o->name),
		.display_name = str_of(o->display_name),
		.roles = o->roles,
		.role_count = o->role_count,
	};
	struct user user;

	TRY(command_secret(run, o->password_file, &in.password));
	TRY(command_ctx(run, c));
	TRY(user_add(c, &run->config->auth, &in, &user));
	printf("added user %s\n", o->name);
	return NULL;
}

static struct err *passwd(struct run *run, struct ctx *c, const struct options *o)
{
	struct str password;

	TRY(command_secret(run, o->password_file, &password));
	TRY(command_ctx(run, c));
	TRY(user_set_password(c, &run->config->auth, str_of(o->name), password));
	printf("changed the password of %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *disable(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	TRY(user_disable(c, str_of(o->name)));
	printf("disabled user %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *remove_second_factor(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	TRY(second_factor_remove_of(c, str_of(o->name)));
	printf("removed the second factor of %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *link_identity(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	TRY(sso_link(c, str_of(o->name), str_of(o->identity[0]), str_of(o->identity[1])));
	printf("linked %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *unlink_identity(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	TRY(sso_unlink(c, str_of(o->name)));
	printf("unlinked %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *list(struct run *run, struct ctx *c, const struct options *o)
{
	struct user_rows rows;
	int64_t last = 0;

	(void)o;
	TRY(command_ctx(run, c));
	do {
		TRY(user_list(c, last, PAGE_ROWS, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			const struct user *u = &rows.rows[i];

			printf("%.*s\t%.*s\t%s\t%.*s\n", STR_ARG(u->name), STR_ARG(u->display_name),
				u->active ? "active" : "disabled", STR_ARG(u->roles));
			last = u->id;
		}
	} while (rows.n == PAGE_ROWS);
	return NULL;
}

struct verb {
	const char *name;
	struct err *(*run)(struct run *run, struct ctx *c, const struct options *o);
	bool named, password, details;
	int identity_count;
};

static const struct verb verbs[] = {
	{"add", add, true, true, true, 0},
	{"passwd", passwd, true, true, false, 0},
	{"disable", disable, true, false, false, 0},
	{"remove-second-factor", remove_second_factor, true, false, false, 0},
	{"link", link_identity, true, false, false, 2},
	{"unlink", unlink_identity, true, false, false, 0},
	{"list", list, false, false, false, 0},
};

static bool fits(const struct verb *v, const struct options *o)
{
	return v->named == (o->name != NULL) && v->identity_count == o->identity_count &&
		v->password == (o->password_file != NULL) &&
		(v->details || (!o->display_name && !o->role_count));
}

int user_command(struct run *run, int argc, char **argv)
{
	struct options o;
	struct ctx c;
	struct err *e;

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (!read_options(&o, argc - 1, argv + 1) || !fits(&verbs[i], &o))
			return command_misused(user_help);
		e = verbs[i].run(run, &c, &o);
		if (e)
			return command_fail(e);
		if (verbs[i].named)
			command_auth_changed(run);
		return 0;
	}
	return command_misused(user_help);
}
