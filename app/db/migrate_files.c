#include "db/migrate_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

#define FILE_BYTES_MAX ((off_t)8 << 20)
#define FILES_MAX 9999 /* four digits */

static struct err *cannot(struct arena *a, const char *verb, const char *path)
{
	return err_new(a, ERR_USAGE, "Cannot %s %s: %s", verb, path, strerror(errno));
}

static struct err *read_open(struct arena *a, int fd, const char *path, struct str *out)
{
	struct stat st;
	char *text;
	size_t n = 0;
	ssize_t got;

	if (fstat(fd, &st))
		return cannot(a, "read", path);
	if (st.st_size > FILE_BYTES_MAX)
		return err_new(a, ERR_USAGE, "%s is too large for an SQL file", path);
	text = arena_alloc(a, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size) {
		got = read(fd, text + n, (size_t)st.st_size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cannot(a, "read", path);
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = (struct str){text, n};
	return NULL;
}

static struct err *read_file(struct arena *a, const char *path, struct sql_file *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err *e;

	if (fd < 0)
		return cannot(a, "open", path);
	e = read_open(a, fd, path, &f->text);
	close(fd);
	if (!e)
		f->checksum = digest_sha256_str(a, f->text);
	return e;
}

static int is_sql(const struct dirent *entry)
{
	struct str name = str_of(entry->d_name);

	return name.n > 4 && name.p[0] != '.' && str_ends(name, ".sql");
}

static int by_bytes(const struct dirent **x, const struct dirent **y)
{
	return strcmp((*x)->d_name, (*y)->d_name);
}

/* Every *.sql of dir/sub, by name; a directory that is not there is empty. */
static struct err *read_dir(
	struct arena *a, const char *dir, const char *sub, size_t spare, struct sql_files *out)
{
	const char *path = arena_printf(a, "%s/%s", dir, sub);
	struct dirent **entries = NULL;
	struct err *e = NULL;
	int n = scandir(path, &entries, is_sql, by_bytes);

	if (n < 0 && errno != ENOENT)
		return cannot(a, "read", path);
	out->n = n > 0 ? (size_t)n : 0;
	out->v = ARENA_ARRAY(a, out->n + spare, struct sql_file);
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].name = str_copy(a, str_of(entries[i]->d_name));
		if (!e)
			e = read_file(
				a, arena_printf(a, "%s/%s", path, entries[i]->d_name), &out->v[i]);
		free(entries[i]);
	}
	free(entries);
	return e;
}

/* The number of "0012_name.sql", or 0. */
static int version_of(struct str name)
{
	int version = 0;

	if (name.n < 10 || name.p[4] != '_')
		return 0;
	for (int i = 0; i < 4; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return 0;
		version = version * 10 + (name.p[i] - '0');
	}
	return version;
}

struct err *migrate_files_migrations(struct arena *a, const char *dir, struct sql_files *out)
{
	TRY(read_dir(a, dir, "migrations", 0, out));
	if (!out->n)
		return err_new(a, ERR_USAGE, "No migrations in %s/migrations", dir);
	if (out->n > FILES_MAX)
		return err_new(a, ERR_USAGE, "Too many migrations in %s/migrations", dir);
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].version = version_of(out->v[i].name);
		if (out->v[i].version != (int)i + 1)
			return err_new(a, ERR_USAGE,
				"%s/migrations/%.*s: expected a file named %04zu_something.sql here; "
				"migrations are numbered without a gap",
				dir, STR_ARG(out->v[i].name), i + 1);
	}
	return NULL;
}

struct err *migrate_files_assets(struct arena *a, const char *dir, struct sql_files *out)
{
	const char *grants = arena_printf(a, "%s/grants.sql", dir);

	TRY(read_dir(a, dir, "routines", 1, out));
	for (size_t i = 0; i < out->n; i++)
		out->v[i].name = str_printf(a, "routines/%.*s", STR_ARG(out->v[i].name));
	if (access(grants, F_OK) != 0)
		return NULL;
	TRY(read_file(a, grants, &out->v[out->n]));
	out->v[out->n++].name = STR("grants.sql");
	return NULL;
}
