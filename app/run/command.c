/* What the sub-commands share. */
#include "run/command.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "db/migrate.h"
#include "domain/names.h"

static struct db *opened; /* by command_ctx() */

int command_fail(const struct err *e)
{
	fprintf(stderr, "bincard: %.*s\n", STR_ARG(e->detail));
	for (const struct err_field *f = e->fields; f; f = f->next) {
		if (f->pointer.n)
			fprintf(stderr, "bincard: %.*s: %.*s\n", STR_ARG(f->pointer),
				STR_ARG(f->detail));
		else
			fprintf(stderr, "bincard: %.*s\n", STR_ARG(f->detail));
	}
	if (e->field_count > ERR_FIELDS_MAX)
		fprintf(stderr, "bincard: and %u more\n", e->field_count - ERR_FIELDS_MAX);
	if (e->cause.n)
		fprintf(stderr, "bincard: the reason: %.*s\n", STR_ARG(e->cause));
	return e->code == ERR_USAGE ? 2 : 1;
}

int command_misused(command_help_fn *help)
{
	help(stderr);
	return 2;
}

/* No request waits for a command, and verifying a large ledger takes the server minutes. */
#define READ_TIMEOUT_MS 3600000

static struct str account_name(struct arena *a, uid_t uid)
{
	const struct passwd *account = getpwuid(uid);

	if (account && str_is_text(str_of(account->pw_name), false))
		return str_copy(a, str_of(account->pw_name));
	return str_printf(a, "uid %lu", (unsigned long)uid);
}

/* Who has signed in to this host, which the kernel keeps through su and sudo; false: it has not seen. */
static bool login_account(uid_t *out)
{
	char line[32] = "";
	FILE *in = fopen("/proc/self/loginuid", "re");
	int64_t uid;
	bool read;

	if (!in)
		return false;
	read = fgets(line, sizeof(line), in) && str_to_int(str_trim(str_of(line)), &uid);
	fclose(in);
	if (!read || uid < 0 || uid >= (int64_t)(uid_t)-1)
		return false;
	*out = (uid_t)uid;
	return true;
}

/* For the audit log: "root", "ann as root". */
static struct str os_user(struct arena *a)
{
	struct str name = account_name(a, getuid());
	uid_t login;

	if (!login_account(&login) || login == getuid())
		return name;
	return str_printf(a, "%.*s as %.*s", STR_ARG(account_name(a, login)), STR_ARG(name));
}

struct ctx command_ctx_on(struct run *run, struct db *db)
{
	struct principal *who = ARENA_NEW(run->arena, struct principal);

	*who = (struct principal){
		.kind = PRINCIPAL_SYSTEM,
		.actor = STR("system"),
		.name = os_user(run->arena),
		.permissions = permission_all(),
	};
	return (struct ctx){
		.arena = run->arena,
		.db = db,
		.who = who,
		.once = ARENA_NEW(run->arena, struct once),
		.request_id = STR("command"),
		.names = names_new(run->arena),
	};
}

struct err *command_ctx(struct run *run, struct ctx *out)
{
	static struct db_config patient;
	struct db *db = opened = db_new(&patient, DB_SET_APP);

	patient = run->config->app;
	patient.read_timeout_ms = READ_TIMEOUT_MS;
	patient.statement_max_ms = 0;
	*out = command_ctx_on(run, db);
	TRY(db_ready(db, run->arena));
	return migrate_check(db, run->arena);
}

void command_close(void)
{
	db_free(opened);
	opened = NULL;
}

/* Asks on the terminal, without showing what is typed. */
static ssize_t read_hidden(char **line, size_t *size)
{
	struct termios shown, hidden;
	ssize_t n;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return getline(line, size, stdin);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Password: ");
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	n = getline(line, size, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	return n;
}

static struct err *secret_from(struct run *run, FILE *in, const char *name, struct str *out)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = in == stdin && isatty(STDIN_FILENO) ? read_hidden(&line, &size)
							: getline(&line, &size, in);

	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	if (n > 0 && n <= CONFIG_SECRET_MAX && !memchr(line, '\0', (size_t)n))
		*out = str_copy(run->arena, (struct str){line, (size_t)n});
	else
		*out = STR_NONE;
	if (line)
		explicit_bzero(line, size);
	free(line);
	if (!out->p)
		return err_new(run->arena, ERR_USAGE,
			"The first line of %s is not a secret of 1 to %d characters", name,
			CONFIG_SECRET_MAX);
	return NULL;
}

/* Not config_secret_file(): a shell may hand over a pipe. */
struct err *command_secret(struct run *run, const char *path, struct str *out)
{
	struct err *e;
	FILE *in;

	if (strcmp(path, "-") == 0)
		return secret_from(run, stdin, "standard input", out);
	in = fopen(path, "re");
	if (!in)
		return err_new(run->arena, ERR_USAGE, "Cannot read the secret in %s: %s", path,
			strerror(errno));
	e = secret_from(run, in, path, out);
	fclose(in);
	return e;
}
