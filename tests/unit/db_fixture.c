#include "tests/unit/db_fixture.h"

#include <mysql.h>

struct mariadb fixture_server;

int fixture_start(void **state)
{
	(void)state;
	if (!mariadb_is_here()) {
		fprintf(stderr, "mariadb-server-core is not installed\n");
		exit(77);
	}
	if (mariadb_start(&fixture_server))
		return 0;
	mariadb_stop(&fixture_server);
	exit(1);
}

int fixture_stop(void **state)
{
	(void)state;
	mariadb_stop(&fixture_server);
	mysql_library_end();
	return 0;
}

void fixture_sql(const char *sql)
{
	MYSQL *m = mysql_init(NULL);
	MYSQL_RES *result;

	assert_non_null(m);
	if (!mysql_real_connect(m, NULL, "root", NULL, NULL, 0, fixture_server.socket,
		    CLIENT_MULTI_STATEMENTS) ||
		mysql_query(m, sql))
		fail_msg("%s", mysql_error(m));
	do {
		result = mysql_store_result(m);
		mysql_free_result(result);
	} while (mysql_next_result(m) == 0);
	if (mysql_errno(m))
		fail_msg("%s", mysql_error(m));
	mysql_close(m);
}

struct db_config fixture_config(const char *database)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "CREATE DATABASE IF NOT EXISTS %s", database);
	fixture_sql(sql);
	return (struct db_config){
		.socket = fixture_server.socket,
		.database = database,
		.user = "root",
		.connect_timeout_ms = 3000,
		.read_timeout_ms = 10000,
		.lock_wait_s = 1,
	};
}

const char *fixture_path(struct arena *a, const char *path)
{
	return arena_printf(a, "%s/%s", fixture_server.dir, path);
}

void fixture_write(const char *path, const char *text)
{
	char whole[256], command[300];
	FILE *f;

	snprintf(whole, sizeof(whole), "%s/%s", fixture_server.dir, path);
	snprintf(command, sizeof(command), "mkdir -p \"$(dirname %s)\"", whole);
	assert_int_equal(system(command), 0);
	f = fopen(whole, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

char *fixture_read(struct arena *a, const char *path)
{
	const char *root = getenv("BINCARD_SRCDIR");
	FILE *f = fopen(arena_printf(a, "%s/%s", root ? root : ".", path), "r");
	char *text = arena_alloc(a, 1 << 20);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, (1 << 20) - 1, f);
	assert_true(n < (1 << 20) - 1);
	fclose(f);
	return text;
}

void fixture_ok(const struct err *e, const char *file, int line)
{
	if (!e)
		return;
	print_error("%s: %.*s; %.*s\n", err_slug(e->code), STR_ARG(e->detail), STR_ARG(e->cause));
	_fail(file, line);
}

void fixture_code(const struct err *e, enum err_code code, const char *file, int line)
{
	if (e && e->code == code)
		return;
	if (!e)
		print_error("no error\n");
	else
		print_error("code %d: %.*s; %.*s\n", (int)e->code, STR_ARG(e->detail),
			STR_ARG(e->cause));
	_fail(file, line);
}

void fixture_contains(struct str s, const char *part, const char *file, int line)
{
	if (s.p && memmem(s.p, s.n, part, strlen(part)))
		return;
	print_error("\"%.*s\" has no \"%s\"\n", STR_ARG(s), part);
	_fail(file, line);
}
