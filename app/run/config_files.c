/* The files, folders and accounts that a configuration names. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "domain/seal.h"
#include "run/config.h"
#include "run/listener.h"

struct checking {
	struct arena *arena;
	const struct config *c;
	struct err *faults;
};

void config_fault(
	struct arena *a, struct err **faults, const char *where, const char *fmt, va_list ap)
{
	const char *text = arena_vprintf(a, fmt, ap);

	if (!*faults)
		*faults = err_new(a, ERR_USAGE, "%s: %s", where, text);
	else
		err_add_field(faults, a, str_of(""), "config", "%s: %s", where, text);
}

static void fault(struct checking *k, enum config_key_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct checking *k, enum config_key_id id, const char *fmt, ...)
{
	const struct config_key *key = &config_keys[id];
	const char *place = arena_printf(
		k->arena, "%s: [%s] %s", k->c->values[id].where, key->section, key->name);
	va_list ap;

	va_start(ap, fmt);
	config_fault(k->arena, &k->faults, place, fmt, ap);
	va_end(ap);
}

const char *config_choose_file(struct arena *a, const char *path)
{
	const char *from_env = getenv("BINCARD_CONFIG");
	char *whole;

	if (!path)
		path = from_env && from_env[0] ? from_env : BINCARD_SYSCONFDIR "/bincard.conf";
	if (path[0] == '/')
		return arena_printf(a, "%s", path);
	whole = getcwd(NULL, 0); /* SIGHUP reads it again, and a daemon changes its folder */
	path = arena_printf(a, "%s/%s", whole ? whole : ".", path);
	free(whole);
	return path;
}

/* ---- secrets ---- */

static ssize_t read_some(int fd, char *to, size_t size)
{
	ssize_t n;
	size_t got = 0;

	while (got < size) {
		n = read(fd, to + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* Without waiting for the other end of a FIFO. */
static int open_plain(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st = {0};

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	close(fd);
	return -1;
}

static const char *why(int problem)
{
	return problem == EINVAL ? "it is no plain file" : strerror(problem);
}

struct err *config_secret_file(struct arena *a, const char *path, struct str *out)
{
	char *text = arena_bytes(a, CONFIG_SECRET_MAX + 2);
	int fd = open_plain(path);
	ssize_t n = fd < 0 ? -1 : read_some(fd, text, CONFIG_SECRET_MAX + 2);
	int problem = errno;
	struct str rest;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_new(
			a, ERR_USAGE, "Cannot read the secret in %s: %s", path, why(problem));
	*out = str_cut((struct str){text, (size_t)n}, '\n', &rest);
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	if (!out->n)
		return err_new(a, ERR_USAGE,
			"The first line of %s is empty; a secret belongs there", path);
	if (out->n > CONFIG_SECRET_MAX || memchr(out->p, '\0', out->n))
		return err_new(a, ERR_USAGE,
			"The first line of %s is not a secret of at most %d characters", path,
			CONFIG_SECRET_MAX);
	return NULL;
}

struct err *config_account(
	struct arena *a, const struct config *c, enum config_account which, struct db_config *out)
{
	const char *file = c->values[which == CONFIG_OWNER ? KEY_DATABASE_OWNER_PASSWORD_FILE
							   : KEY_DATABASE_REPORT_PASSWORD_FILE]
				   .text;
	struct str secret;

	*out = which == CONFIG_OWNER ? c->owner : c->report;
	if (!file[0])
		return NULL;
	TRY(config_secret_file(a, file, &secret));
	out->password = str_cstr(a, secret);
	return NULL;
}

/* ---- checks ---- */

static const char *path_of(const struct checking *k, enum config_key_id id)
{
	return k->c->values[id].text;
}

/* Another account's secret: that it is hidden from this one is as it should be. */
static void check_secret_of_another(struct checking *k, enum config_key_id id)
{
	const char *path = path_of(k, id);
	struct str secret;
	struct err *e;

	if (!path[0] || (access(path, R_OK) != 0 && errno == EACCES))
		return;
	e = config_secret_file(k->arena, path, &secret);
	if (e)
		fault(k, id, "%.*s", STR_ARG(e->detail));
}

static void check_master_key(struct checking *k)
{
	unsigned char key[SECRET_KEY_BYTES];
	struct err *e = seal_read_key(k->arena, path_of(k, KEY_AUTH_MASTER_KEY_FILE), key);

	secret_wipe(key, sizeof(key));
	if (e)
		fault(k, KEY_AUTH_MASTER_KEY_FILE, "%.*s", STR_ARG(e->cause));
}

static bool is_folder(const char *path, int how)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, how) != 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

static void check_folder(struct checking *k, enum config_key_id id)
{
	if (!is_folder(path_of(k, id), R_OK | X_OK))
		fault(k, id, "cannot use %s: %s", path_of(k, id), strerror(errno));
}

static const char *parent_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_printf(a, "%.*s", (int)(slash - path), path);
}

/* A file of bincard's own is made in this folder. The run folder itself may be missing: it is made,
 * too. */
static void check_parent(struct checking *k, enum config_key_id id)
{
	const char *parent = parent_of(k->arena, path_of(k, id));

	if (strcmp(parent, path_of(k, KEY_SERVER_RUN_DIR)) != 0 && !is_folder(parent, W_OK | X_OK))
		fault(k, id, "cannot make files in %s: %s", parent, strerror(errno));
}

static void check_run_dir(struct checking *k)
{
	const char *path = path_of(k, KEY_SERVER_RUN_DIR);

	if (access(path, F_OK) != 0 && errno == ENOENT)
		check_parent(k, KEY_SERVER_RUN_DIR);
	else if (!is_folder(path, R_OK | W_OK | X_OK))
		fault(k, KEY_SERVER_RUN_DIR, "cannot use %s: %s", path, strerror(errno));
}

static void check_log(struct checking *k)
{
	const char *path = path_of(k, KEY_LOG_PATH);
	struct stat st;

	if (!path[0] || strcmp(path, "-") == 0)
		return;
	if (stat(path, &st) != 0 && errno == ENOENT)
		check_parent(k, KEY_LOG_PATH);
	else if (access(path, W_OK) != 0)
		fault(k, KEY_LOG_PATH, "cannot write to %s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		fault(k, KEY_LOG_PATH, "cannot write to %s: %s", path, strerror(EISDIR));
}

static void fault_at(struct checking *k, const char *place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault_at(struct checking *k, const char *place, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	config_fault(k->arena, &k->faults, place, fmt, ap);
	va_end(ap);
}

static void check_ca_file(struct checking *k, const struct config_value *v, const char *section)
{
	if (v->text[0] && access(v->text, R_OK) != 0)
		fault_at(k, arena_printf(k->arena, "%s: [%s] ca_file", v->where, section),
			"cannot read %s: %s", v->text, strerror(errno));
}

static void check_socket(struct checking *k)
{
	uid_t uid;
	gid_t gid;

	check_parent(k, KEY_SERVER_SOCKET);
	if (!listener_user(k->c->server.socket_owner, &uid))
		fault(k, KEY_SERVER_SOCKET_OWNER, "there is no user %s", k->c->server.socket_owner);
	if (!listener_group(k->c->server.socket_group, &gid))
		fault(k, KEY_SERVER_SOCKET_GROUP, "there is no group %s",
			k->c->server.socket_group);
}

struct err *config_check_files(struct arena *a, const struct config *c)
{
	struct checking k = {.arena = a, .c = c};

	check_run_dir(&k);
	check_socket(&k);
	if (c->server.pid_file)
		check_parent(&k, KEY_SERVER_PID_FILE);
	check_secret_of_another(&k, KEY_DATABASE_OWNER_PASSWORD_FILE);
	check_secret_of_another(&k, KEY_DATABASE_REPORT_PASSWORD_FILE);
	check_master_key(&k);
	check_log(&k);
	for (size_t i = 0; i < c->issuer_count; i++)
		check_ca_file(&k, &c->issuers[i].values[ISSUER_KEY_CA_FILE], c->issuers[i].section);
	check_ca_file(&k, &c->values[KEY_SSO_CA_FILE], "sso");
	check_folder(&k, KEY_PATHS_TEMPLATES);
	check_folder(&k, KEY_PATHS_SQL);
	check_folder(&k, KEY_PATHS_OPENAPI);
	return k.faults;
}
