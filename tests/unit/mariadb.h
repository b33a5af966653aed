/*
 * mariadb: a throw-away server for the tests of one program: a new data directory under $TMPDIR, a
 * unix socket, no network. It dies with the test program, also when that is killed.
 */
#ifndef BINCARD_TESTS_MARIADB_H
#define BINCARD_TESTS_MARIADB_H

#include <stdbool.h>
#include <sys/types.h>

struct mariadb {
	char dir[64];
	char socket[96];
	pid_t pid;
};

/* Whether the server's programs are installed. */
bool mariadb_is_here(void);
/* False, with its words on standard error, when it does not start. */
bool mariadb_start(struct mariadb *m);
/* Kills the server and removes its directory. */
void mariadb_stop(struct mariadb *m);
/* The same server again, after a kill -9: the data is kept. */
bool mariadb_kill(struct mariadb *m);
bool mariadb_run(struct mariadb *m);

#endif
