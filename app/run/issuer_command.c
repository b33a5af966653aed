/* bincard issuer: other issuers whose tokens are taken, and whom they have named. */
#include <stdio.h>
#include <string.h>

#include "domain/issuer_cache.h"
#include "run/command.h"

#define PAGE 500

void issuer_help(FILE *to)
{
	fputs("usage: bincard issuer list\n"
	      "       bincard issuer check NAME\n"
	      "       bincard issuer subjects\n"
	      "       bincard issuer disable ID\n"
	      "       bincard issuer enable ID\n",
		to);
}

static struct err *print_issuer(struct run *run, struct ctx *c, const struct foreign_issuer *issuer)
{
	struct issuer_row row;
	struct str fetched = STR("-");

	TRY(issuer_cache_state(c, &issuer->source, &row));
	if (row.fetched_at != TIME_NONE)
		fetched = time_str(run->arena, row.fetched_at);
	printf("%s\t%s\t%.*s\t%.*s\n", issuer->name, issuer->source.issuer, STR_ARG(fetched),
		STR_ARG(row.failure.p ? row.failure : STR("-")));
	return NULL;
}

static struct err *list(struct run *run, struct ctx *c)
{
	for (size_t i = 0; i < run->config->issuer_count; i++)
		TRY(print_issuer(run, c, &run->config->foreign[i]));
	return NULL;
}

/* ---- asking an issuer ---- */

static const struct foreign_issuer *find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->issuer_count; i++) {
		if (strcmp(c->foreign[i].name, name) == 0)
			return &c->foreign[i];
	}
	return NULL;
}

static struct err *fetch_and_print(struct run *run, const struct issuer_source *source)
{
	struct issuer_keys keys;
	struct str jwks;

	TRY(issuer_fetch_keys(run->arena, source, &jwks));
	TRY(issuer_read_keys(run->arena, source->algorithms, jwks, &keys));
	for (size_t i = 0; i < keys.n; i++)
		printf("%s\t%.*s\n", token_key_algorithm(keys.keys[i]),
			STR_ARG(token_key_kid(keys.keys[i])));
	issuer_keys_free(&keys);
	return NULL;
}

static int check(struct run *run, const char *name)
{
	const struct foreign_issuer *issuer = find(run->config, name);
	struct err *e;

	if (!issuer)
		return command_fail(
			err_new(run->arena, ERR_USAGE, "There is no section [issuer %s]", name));
	e = fetch_and_print(run, &issuer->source);
	return e ? command_fail(e) : 0;
}

/* ---- whom they have named ---- */

static void print_row(struct run *run, const struct foreign *f)
{
	struct str seen = time_str(run->arena, f->last_seen);

	printf("%lld\t%s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)f->id,
		f->active ? "active" : "disabled", STR_ARG(f->issuer), STR_ARG(f->subject),
		STR_ARG(f->name), STR_ARG(seen));
}

static struct err *subjects(struct run *run, struct ctx *c)
{
	struct foreign_filter all = {.limit = PAGE};
	struct foreign_rows rows;

	do {
		TRY(foreign_list(c, &all, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			print_row(run, &rows.rows[i]);
			all.after_id = rows.rows[i].id;
		}
	} while (rows.n == PAGE);
	return NULL;
}

static struct err *set_active(struct run *run, struct ctx *c, const char *text, bool active)
{
	struct foreign foreign;
	int64_t id;

	if (!str_to_int(str_of(text), &id))
		return err_new(run->arena, ERR_USAGE, "\"%s\" is no id", text);
	TRY(foreign_set_active(c, id, active, &foreign));
	command_auth_changed(run);
	return NULL;
}

static int with_database(struct run *run, char **argv)
{
	struct ctx c;
	struct err *e = command_ctx(run, &c);

	if (!e && strcmp(argv[1], "list") == 0)
		e = list(run, &c);
	else if (!e)
		e = argv[2] ? set_active(run, &c, argv[2], strcmp(argv[1], "enable") == 0)
			    : subjects(run, &c);
	return e ? command_fail(e) : 0;
}

int issuer_command(struct run *run, int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check(run, argv[2]);
	if (argc == 2 && (strcmp(argv[1], "list") == 0 || strcmp(argv[1], "subjects") == 0))
		return with_database(run, argv);
	if (argc == 3 && (strcmp(argv[1], "enable") == 0 || strcmp(argv[1], "disable") == 0))
		return with_database(run, argv);
	return command_misused(issuer_help);
}
