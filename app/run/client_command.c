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
	const char *new_name;
	bool public;
	struct str grants[4]; /* one more than there are */
	size_t grant_count;
	struct str uris[CLIENT_URIS_MAX + 1]; /* one more than may be: that is refused */
	size_t uri_count;
};

void client_help(FILE *to)
{
	fputs("usage: bincard client add NAME --scope \"items:read ...\" [--secret-file FILE]\n"
	      "           [--location CODE] [--public] [--grant TYPE]... [--redirect-uri URI]...\n"
	      "       bincard client edit CLIENT_ID [--name NAME] [--scope \"items:read ...\"]\n"
	      "           [--location CODE|\"\"] [--grant TYPE]... [--redirect-uri URI]...\n"
	      "       bincard client rotate CLIENT_ID [--secret-file FILE]\n"
	      "       bincard client disable CLIENT_ID\n"
	      "       bincard client enable CLIENT_ID\n"
	      "       bincard client key CLIENT_ID [--public-key FILE.pem | --remove KID]\n"
	      "       bincard client list\n"
	      "grant types: client_credentials, authorization_code, refresh_token\n"
	      "permissions:\n",
		to);
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		fprintf(to, "  %-16s %s\n", permission_name((enum permission)p),
			permission_help((enum permission)p));
}

static void add_text(struct str *texts, size_t room, size_t *n)
{
	if (*n < room)
		texts[(*n)++] = str_of(optarg);
}

static bool take(struct options *o, int letter)
{
	switch (letter) {
	case 's':
		o->scope = optarg;
		return true;
	case 'l':
		o->location = optarg;
		return true;
	case 'f':
		o->secret_file = optarg;
		return true;
	case 'k':
		o->public_key = optarg;
		return true;
	case 'r':
		o->remove = optarg;
		return true;
	case 'n':
		o->new_name = optarg;
		return true;
	case 'p':
		o->public = true;
		return true;
	case 'g':
		add_text(o->grants, sizeof(o->grants) / sizeof(o->grants[0]), &o->grant_count);
		return true;
	case 'u':
		add_text(o->uris, sizeof(o->uris) / sizeof(o->uris[0]), &o->uri_count);
		return true;
	default:
		return false;
	}
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
		{"name", required_argument, NULL, 'n'},
		{"public", no_argument, NULL, 'p'},
		{"grant", required_argument, NULL, 'g'},
		{"redirect-uri", required_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*o = (struct options){.name = NULL};
	optind = 0; /* main() has read its own options */
	while ((letter = getopt_long(argc, argv, "", all, NULL)) != -1) {
		if (!take(o, letter))
			return false;
	}
	if (optind < argc)
		o->name = argv[optind++];
	return optind == argc;
}

static struct str text_of(const char *text)
{
	return text ? str_of(text) : STR_NONE;
}

static struct client_input input_of(const struct options *o, const char *name)
{
	return (struct client_input){
		.name = text_of(name),
		.scope = text_of(o->scope),
		.location = text_of(o->location),
		.public = o->public,
		.grant_types = o->grant_count ? o->grants : NULL,
		.grant_type_count = o->grant_count,
		.redirect_uris = o->uri_count ? o->uris : NULL,
		.redirect_uri_count = o->uri_count,
	};
}

/* ---- where the secret goes ---- */

/* A file beside it, made before the client is, so that no secret is lost; it takes the place of what was
 * there when all went well. */
struct secret_file {
	const char *path;
	char *fresh;
	int fd; /* -1: none is wanted, or it is done */
};

static void drop_secret(struct secret_file *f)
{
	if (f->fd < 0)
		return;
	close(f->fd);
	unlink(f->fresh);
	f->fd = -1;
}

static struct err *open_secret(struct run *run, const struct options *o, struct secret_file *f)
{
	struct stat old;
	struct err *e;
	bool there;

	*f = (struct secret_file){.path = o->secret_file, .fd = -1};
	if (!f->path)
		return NULL;
	there = lstat(f->path, &old) == 0;
	if (there && !S_ISREG(old.st_mode))
		return err_new(run->arena, ERR_USAGE, "%s is no plain file.", f->path);
	f->fresh = arena_printf(run->arena, "%s.XXXXXX", f->path);
	f->fd = mkostemp(f->fresh, O_CLOEXEC); /* mode 0600 */
	if (f->fd >= 0 && (!there || fchown(f->fd, old.st_uid, old.st_gid) == 0))
		return NULL;
	e = err_new(run->arena, ERR_USAGE, "Cannot write %s: %s", f->path, strerror(errno));
	drop_secret(f);
	return e;
}

static bool put_secret(struct secret_file *f, struct str line)
{
	if (write(f->fd, line.p, line.n) != (ssize_t)line.n || fsync(f->fd) != 0 ||
		rename(f->fresh, f->path) != 0)
		return false;
	close(f->fd);
	f->fd = -1;
	return true;
}

static struct err *show(
	struct run *run, struct str client_id, struct str secret, struct secret_file *f)
{
	printf("client_id %.*s\n", STR_ARG(client_id));
	if (secret.p && f->fd < 0)
		printf("client_secret %.*s\n", STR_ARG(secret));
	if (!secret.p || f->fd < 0 ||
		put_secret(f, str_printf(run->arena, "%.*s\n", STR_ARG(secret))))
		return NULL;
	return err_new(run->arena, ERR_INTERNAL,
		"Cannot write %s: %s; make a new secret by \"client rotate\"", f->path,
		strerror(errno));
}

static struct err *add(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_input in = input_of(o, o->name);
	struct secret_file file;
	struct client client;
	struct str secret;
	struct err *e;

	TRY(command_ctx(run, c));
	TRY(open_secret(run, o, &file));
	e = client_create(c, &in, &client, &secret);
	if (!e)
		e = show(run, client.client_id, secret, &file);
	drop_secret(&file);
	return e;
}

static struct err *edit(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_input in = input_of(o, o->new_name);
	struct client client;

	TRY(command_ctx(run, c));
	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_update(c, client.id, 0, &in, &client));
	printf("changed client %s\n", o->name);
	return NULL;
}

static struct err *rotate(struct run *run, struct ctx *c, const struct options *o)
{
	struct secret_file file;
	struct client client;
	struct str secret;
	struct err *e;

	TRY(command_ctx(run, c));
	TRY(client_find(c, str_of(o->name), &client));
	TRY(open_secret(run, o, &file));
	e = client_rotate(c, client.id, 0, &client, &secret);
	if (!e)
		e = show(run, str_of(o->name), secret, &file);
	drop_secret(&file);
	return e;
}

static struct err *disable(struct run *run, struct ctx *c, const struct options *o)
{
	struct client client;

	TRY(command_ctx(run, c));
	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_disable(c, client.id, 0, &client));
	printf("disabled client %s\n", o->name);
	return NULL;
}

static struct err *enable(struct run *run, struct ctx *c, const struct options *o)
{
	struct client client;

	TRY(command_ctx(run, c));
	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_enable(c, client.id, 0, &client));
	printf("enabled client %s\n", o->name);
	return NULL;
}

static struct err *list(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_filter f = {.limit = PAGE_ROWS};
	struct client_rows rows;

	(void)o;
	TRY(command_ctx(run, c));
	do {
		TRY(client_list(c, &f, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			const struct client *cl = &rows.rows[i];

			printf("%.*s\t%.*s\t%s\t%.*s\t%.*s\n", STR_ARG(cl->client_id),
				STR_ARG(cl->name), cl->active ? "active" : "disabled",
				STR_ARG(cl->scope), STR_ARG(cl->location));
			f.after_id = cl->id;
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
	struct client client;
	struct str pem, kid;

	TRY(read_pem(run, o->public_key, &pem));
	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_add_key(c, client.id, 0, pem, &client, &kid));
	printf("kid %.*s\n", STR_ARG(kid));
	return NULL;
}

static struct err *list_keys(struct run *run, struct ctx *c, const struct options *o)
{
	struct client_key_rows rows;
	struct client client;

	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_keys(c, client.id, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		struct str since = time_str(run->arena, rows.rows[i].created_at);

		printf("%.*s\t%.*s\n", STR_ARG(rows.rows[i].kid), STR_ARG(since));
	}
	return NULL;
}

static struct err *key(struct run *run, struct ctx *c, const struct options *o)
{
	struct client client;

	TRY(command_ctx(run, c));
	if (o->public_key)
		return add_key(run, c, o);
	if (!o->remove)
		return list_keys(run, c, o);
	TRY(client_find(c, str_of(o->name), &client));
	TRY(client_remove_key(c, client.id, 0, str_of(o->remove), &client));
	printf("removed key %s\n", o->remove);
	return NULL;
}

/* What a verb takes beside the client; without NEEDS_SCOPE a scope may be left out. */
enum takes {
	TAKES_NAME = 1 << 0,
	TAKES_SCOPE = 1 << 1,
	NEEDS_SCOPE = 1 << 2,
	TAKES_SECRET = 1 << 3,
	TAKES_KEY = 1 << 4,
	TAKES_GRANTS = 1 << 5,
	TAKES_PUBLIC = 1 << 6,
	TAKES_NEW_NAME = 1 << 7,
};

struct verb {
	const char *name;
	struct err *(*run)(struct run *run, struct ctx *c, const struct options *o);
	unsigned takes;
};

static const struct verb verbs[] = {
	{"add", add,
		TAKES_NAME | TAKES_SCOPE | NEEDS_SCOPE | TAKES_SECRET | TAKES_GRANTS |
			TAKES_PUBLIC},
	{"edit", edit, TAKES_NAME | TAKES_SCOPE | TAKES_GRANTS | TAKES_NEW_NAME},
	{"rotate", rotate, TAKES_NAME | TAKES_SECRET},
	{"disable", disable, TAKES_NAME},
	{"enable", enable, TAKES_NAME},
	{"key", key, TAKES_NAME | TAKES_KEY},
	{"list", list, 0},
};

static unsigned given(const struct options *o)
{
	return (o->name ? TAKES_NAME : 0u) | (o->scope ? TAKES_SCOPE : 0u) |
		(o->secret_file ? TAKES_SECRET : 0u) |
		(o->public_key || o->remove ? TAKES_KEY : 0u) |
		(o->grant_count || o->uri_count || o->location ? TAKES_GRANTS : 0u) |
		(o->public ? TAKES_PUBLIC : 0u) | (o->new_name ? TAKES_NEW_NAME : 0u);
}

static bool fits(const struct verb *v, const struct options *o)
{
	return !(given(o) & ~v->takes) && (v->takes & TAKES_NAME) == (given(o) & TAKES_NAME) &&
		(!(v->takes & NEEDS_SCOPE) || o->scope) && !(o->public_key && o->remove);
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
		if (verbs[i].takes & TAKES_NAME)
			command_auth_changed(run);
		return 0;
	}
	return command_misused(client_help);
}
