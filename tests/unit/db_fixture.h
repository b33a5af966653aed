/*
 * db_fixture: a throw-away server, directories of migrations, and connections, for the tests of db.
 */
#ifndef BINCARD_TESTS_DB_FIXTURE_H
#define BINCARD_TESTS_DB_FIXTURE_H

#include "tests/unit/unit.h"

#include "db/db.h"
#include "db/migrate.h"
#include "tests/unit/mariadb.h"

extern struct mariadb fixture_server;

/* Ends the program with 77 (skipped) when no server is installed, with 1 when it does not start. */
int fixture_start(void **state);
int fixture_stop(void **state);

/* The administrator of the server on `database`, which is made when it is missing. */
struct db_config fixture_config(const char *database);
/* SQL by the administrator, outside any database; must succeed. */
void fixture_sql(const char *sql);

/* A file below the server's directory, with its folders. */
void fixture_write(const char *path, const char *text);
/* A file of the source tree as text. */
char *fixture_read(struct arena *a, const char *path);
/* The absolute name of a path below the server's directory. */
const char *fixture_path(struct arena *a, const char *path);

/* fixture_start(), and a database of this program's version with the tables of tests/unit/db. */
int fixture_start_tables(void **state);
extern struct db_config fixture_tables;
/* An open connection to it; t_value is empty and t_level 2 holds 10. */
struct db *fixture_open(struct arena *a);
int64_t fixture_amount(struct db *db, struct arena *a, int id); /* of a t_level */
int64_t fixture_connection(struct db *db, struct arena *a); /* its number at the server */

#define assert_ok(e) fixture_ok((e), __FILE__, __LINE__)
void fixture_ok(const struct err *e, const char *file, int line);
#define assert_code(e, code) fixture_code((e), (code), __FILE__, __LINE__)
void fixture_code(const struct err *e, enum err_code code, const char *file, int line);
#define assert_contains(s, part) fixture_contains((s), (part), __FILE__, __LINE__)
void fixture_contains(struct str s, const char *part, const char *file, int line);

#endif
