/* bincard user: staff, their roles and passwords. */
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
	struct user_role_input roles[USER_ROLES_MAX];
	size_t role_count;
	const char *identity[2]; /* issuer and subject */
	int identity_count;
};

void user_help(FILE *to)
{
	fputs("usage: bincard user add NAME [--display-name TEXT] [--role ROLE[@LOCATION]]... [--password-file FILE|-]\n"
	      "       bincard user roles NAME [--role ROLE[@LOCATION]]...\n"
	      "       bincard user invite NAME\n"
	      "       bincard user passwd NAME --password-file FILE|-\n"
	      "       bincard user force-password NAME\n"
	      "       bincard user disable NAME\n"
	      "       bincard user enable NAME\n"
	      "       bincard user remove-second-factor NAME\n"
	      "       bincard user link NAME ISSUER SUBJECT\n"
	      "       bincard user unlink NAME\n"
	      "       bincard user list\n",
		to);
}

/* "clerk@WH-B": what stands behind the @ is a location. */
static struct user_role_input role_of(const char *text)
{
	const char *at = strchr(text, '@');

	if (!at)
		return (struct user_role_input){.role = str_of(text), .location = STR_NONE};
	return (struct user_role_input){
		.role = {text, (size_t)(at - text)}, .location = str_of(at + 1)};
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
		o->roles[o->role_count++] = role_of(optarg);
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

static struct err *find(struct run *run, struct ctx *c, const struct options *o, struct user *user)
{
	TRY(command_ctx(run, c));
	return user_find(c, str_of(o->name), user);
}

static struct err *add(struct run *run, struct ctx *c, const struct options *o)
{
	struct user_input in = {
		.name = str_of(o->name),
		.display_name = str_of(o->display_name),
		.password = STR_NONE,
		.has_roles = true,
		.roles = o->roles,
		.role_count = o->role_count,
	};
	struct user user;

	if (o->password_file)
		TRY(command_secret(run, o->password_file, &in.password));
	TRY(command_ctx(run, c));
	TRY(user_add(c, &run->config->auth, &in, &user));
	printf("added user %s%s\n", o->name,
		o->password_file ? "" : ", who has no password yet: see bincard user invite");
	return NULL;
}

static struct err *roles(struct run *run, struct ctx *c, const struct options *o)
{
	struct user_input in = {.display_name = STR_NONE,
		.has_roles = true,
		.roles = o->roles,
		.role_count = o->role_count};
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(user_update(c, user.id, 0, &in, &user));
	printf("user %s has %zu role%s now\n", o->name, user.role_count,
		user.role_count == 1 ? "" : "s");
	return NULL;
}

static struct err *invite(struct run *run, struct ctx *c, const struct options *o)
{
	struct invitation invitation;
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(user_invite(c, &run->config->auth, user.id, &invitation));
	printf("%s/invitation?token=%.*s\n", run->config->public_url, STR_ARG(invitation.token));
	return NULL;
}

static struct err *passwd(struct run *run, struct ctx *c, const struct options *o)
{
	struct str password;
	struct user user;

	TRY(command_secret(run, o->password_file, &password));
	TRY(find(run, c, o, &user));
	TRY(user_set_password(c, &run->config->auth, user.id, password));
	printf("changed the password of %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *force_password(struct run *run, struct ctx *c, const struct options *o)
{
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(user_force_password(c, &run->config->auth, user.id, 0, &user));
	printf("user %s has to change the password before anything else\n", o->name);
	return NULL;
}

static struct err *disable(struct run *run, struct ctx *c, const struct options *o)
{
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(user_set_active(c, user.id, 0, false, &user));
	printf("disabled user %s; all its sessions have ended\n", o->name);
	return NULL;
}

static struct err *enable(struct run *run, struct ctx *c, const struct options *o)
{
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(user_set_active(c, user.id, 0, true, &user));
	printf("enabled user %s\n", o->name);
	return NULL;
}

static void print_user(const struct user *u)
{
	printf("%.*s\t%.*s\t%s\t", STR_ARG(u->name), STR_ARG(u->display_name),
		u->active ? "active" : "disabled");
	for (size_t i = 0; i < u->role_count; i++) {
		const struct user_role *r = &u->roles[i];

		printf("%s%.*s%s%.*s", i ? ", " : "", STR_ARG(r->name), r->location.p ? "@" : "",
			STR_ARG(r->location));
	}
	putchar('\n');
}

static struct err *remove_second_factor(struct run *run, struct ctx *c, const struct options *o)
{
	struct user user;

	TRY(find(run, c, o, &user));
	TRY(second_factor_remove_of(c, user.id));
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
	struct user_filter f = {
		.q = STR_NONE, .role = STR_NONE, .after_name = STR_NONE, .limit = PAGE_ROWS};
	struct user_rows rows;

	(void)o;
	TRY(command_ctx(run, c));
	do {
		TRY(user_list(c, &f, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			print_user(&rows.rows[i]);
			f.after_name = rows.rows[i].name;
		}
	} while (rows.n == PAGE_ROWS);
	return NULL;
}

enum needs { NEVER, MAY, MUST };

struct verb {
	const char *name;
	struct err *(*run)(struct run *run, struct ctx *c, const struct options *o);
	bool named;
	enum needs password, roles, display_name;
	int identity_count;
};

/* clang-format off */
static const struct verb verbs[] = {
	{"add",            add,            true,  MAY,   MAY,   MAY, 0},
	{"roles",          roles,          true,  NEVER, MAY,   NEVER, 0},
	{"invite",         invite,         true,  NEVER, NEVER, NEVER, 0},
	{"passwd",         passwd,         true,  MUST,  NEVER, NEVER, 0},
	{"force-password", force_password, true,  NEVER, NEVER, NEVER, 0},
	{"disable",        disable,        true,  NEVER, NEVER, NEVER, 0},
	{"enable",         enable,         true,  NEVER, NEVER, NEVER, 0},
	{"remove-second-factor", remove_second_factor, true, NEVER, NEVER, NEVER, 0},
	{"link",           link_identity,  true,  NEVER, NEVER, NEVER, 2},
	{"unlink",         unlink_identity, true, NEVER, NEVER, NEVER, 0},
	{"list",           list,           false, NEVER, NEVER, NEVER, 0},
};
/* clang-format on */

static bool meets(enum needs needs, bool given)
{
	return needs == MAY || given == (needs == MUST);
}

static bool fits(const struct verb *v, const struct options *o)
{
	return v->named == (o->name != NULL) && v->identity_count == o->identity_count &&
		meets(v->password, o->password_file != NULL) &&
		meets(v->roles, o->role_count > 0) &&
		meets(v->display_name, o->display_name != NULL);
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
