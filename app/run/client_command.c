/* bincard client: programs that use the API. */
#include "domain/client.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/command.h"

#define PAGE_ROWS 200
#define PEM_BYTES_MAX 4096

struct options {
	const char *name; /* NAME or CLIENT_ID */
	const char *scope;
	const char *location;
	const char *secret_file;
	const char *public_key; /* a file */
	const char *remove; /* a key's name */
};

void client_help(FILE *to)
{
	fputs("usage: bincard client add NAME --scope \"items:read ...\" [--location CODE] [--secret-file FILE]\n"
	      "       bincard client rotate CLIENT_ID [--secret-file FILE]\n"
	      "       bincard client disable CLIENT_ID\n"
	      "       bincard client key CLIENT_ID [--public-key FILE.pem | --remove KID]\n"
	      "       bincard client list\n"
	      "permissions:\n",
		to);
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		fprintf(to, "  %-16s %s\n", permission_name((enum permission)p),
			permission_help((enum permission)p));
}

/* What follows "add", "rotate", ...; false when it cannot be meant. */
static bool read_options(struct options *o, int argc, char **argv)
{
	static const struct option all[] = {
		{"scope", required_argument, NULL, 's'},
		{"location", required_argument, NULL, 'l'},
		{"secret-file", required_argument, NULL, 'f'},
		{"public-key", required_argument, NULL, 'k'},
		{"remove", required_argument, NULL, 'r'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*o = (struct options){.name = NULL};
	optind = 0; /* main() has read its own options */
	while ((letter = getopt_long(argc, argv, "", all, NULL)) != -1) {
		if (letter == 's')
			o->scope = optarg;
		else if (letter == 'l')
			o->location = optarg;
		else if (letter == 'f')
			o->secret_file = optarg;
		else if (letter == 'k')
			o->public_key = optarg;
		else if (letter == 'r')
			o->remove = optarg;
		else
			return false;
	}
	if (optind < argc)
		o->name = argv[optind++];
	return optind == argc;
}

/* Where the secret goes: opened before the client is made, so that no secret is lost. */
static struct err *open_secret(struct run *run, const struct options *o, int *fd)
{
	*fd = -1;
	if (!o->secret_file)
		return NULL;
	*fd = open(o->secret_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd < 0 || fchmod(*fd, 0600) != 0)
		return err_new(run->arena, ERR_USAGE, "Cannot write %s: %s", o->secret_file,
			strerror(errno));
	return NULL;
}

static struct err *show(
	struct run *run, struct str client_id, struct str secret, const char *file, int fd)
{
	struct str line = str_printf(run->arena, "%.*s\n", STR_ARG(secret));

	printf("client_id %.*s\n", STR_ARG(client_id));
	if (fd < 0) {
		printf("client_secret %.*s\n", STR_ARG(secret));
		return NULL;
	}
	if (write(fd, line.p, line.n) != (ssize_t)line.n || close(fd) != 0)
		return err_new(run->arena, ERR_INTERNAL,
			"Cannot write %s: %s; make a new secret by \"client rotate\"", file,
			strerror(errno));
	return NULL;
}

static struct err *add(struct run *run, struct ctx *c, const struct options *o)
{
	struct client client;
	struct str secret;
	int fd;

	TRY(command_ctx(run, c));
	TRY(open_secret(run, o, &fd));
	TRY(client_add(
		c, str_of(o->name), str_of(o->scope), str_of(o->location), &client, &secret));
	return show(run, client.client_id, secret, o->secret_file, fd);
}

static struct err *rotate(struct run *run, struct ctx *c, const struct options *o)
{
	struct str secret;
	int fd;

	TRY(command_ctx(run, c));
	TRY(open_secret(run, o, &fd));
	TRY(client_rotate(c, str_of(o->name), &secret));
	return show(run, str_of(o->name), secret, o->secret_file, fd);
}

static struct err *disable(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	TRY(client_disable(c, str_of(o->name)));
	printf("disabled client %s\n", o->name);
	return NULL;
}

static struct err *list(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_rows rows;
	int64_t last = 0;

	(void)o;
	TRY(command_ctx(run, c));
	do {
		TRY(client_list(c, last, PAGE_ROWS, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			const struct client *cl = &rows.rows[i];

			printf("%.*s\t%.*s\t%s\t%.*s\t%.*s\n", STR_ARG(cl->client_id),
				STR_ARG(cl->name), cl->active ? "active" : "disabled",
				STR_ARG(cl->scope), STR_ARG(cl->location));
			last = cl->id;
		}
	} while (rows.n == PAGE_ROWS);
	return NULL;
}

/* ---- keys with which a client signs itself in ---- */

static struct err *read_pem(struct run *run, const char *path, struct str *pem)
{
	FILE *f = fopen(path, "re");
	char *text = arena_alloc(run->arena, PEM_BYTES_MAX);
	size_t n;

	if (!f)
		return err_new(run->arena, ERR_USAGE, "Cannot read %s: %s", path, strerror(errno));
	n = fread(text, 1, PEM_BYTES_MAX, f);
	*pem = (struct str){text, n};
	if (ferror(f))
		n = PEM_BYTES_MAX;
	fclose(f);
	return n < PEM_BYTES_MAX ? NULL
				 : err_new(run->arena, ERR_USAGE,
					   "%s cannot be read, or is too long for a key", path);
}

static struct err *add_key(struct run *run, struct ctx *c, const struct options *o)
{
	struct str pem, kid;

	TRY(read_pem(run, o->public_key, &pem));
	TRY(client_add_key(c, str_of(o->name), pem, &kid));
	printf("kid %.*s\n", STR_ARG(kid));
	return NULL;
}

static struct err *list_keys(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_key_rows rows;

	TRY(client_keys(c, str_of(o->name), &rows));
	for (size_t i = 0; i < rows.n; i++) {
		struct str since = time_str(run->arena, rows.rows[i].created_at);

		printf("%.*s\t%.*s\n", STR_ARG(rows.rows[i].kid), STR_ARG(since));
	}
	return NULL;
}

static struct err *key(struct run *run, struct ctx *c, const struct options *o)
{
	TRY(command_ctx(run, c));
	if (o->public_key)
		return add_key(run, c, o);
	if (!o->remove)
		return list_keys(run, c, o);
	TRY(client_remove_key(c, str_of(o->name), str_of(o->remove)));
	printf("removed key %s\n", o->remove);
	return NULL;
}

struct verb {
	const char *name;
	struct err *(*run)(struct run *run, struct ctx *c, const struct options *o);
	bool named, scope, secret, key;
};

static const struct verb verbs[] = {
	{"add", add, true, true, true, false},
	{"rotate", rotate, true, false, true, false},
	{"disable", disable, true, false, false, false},
	{"key", key, true, false, false, true},
	{"list", list, false, false, false, false},
};

static bool fits(const struct verb *v, const struct options *o)
{
	return v->named == (o->name != NULL) && v->scope == (o->scope != NULL) &&
		(v->scope || !o->location) && (v->secret || !o->secret_file) &&
		(v->key ? !o->public_key || !o->remove : !o->public_key && !o->remove);
}

int client_command(struct run *run, int argc, char **argv)
{
	struct options o;
	struct ctx c;
	struct err *e;

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (!read_options(&o, argc - 1, argv + 1) || !fits(&verbs[i], &o))
			return command_misused(client_help);
		e = verbs[i].run(run, &c, &o);
		if (e)
			return command_fail(e);
		if (verbs[i].named)
			command_auth_changed(run);
		return 0;
	}
	return command_misused(client_help);
}
