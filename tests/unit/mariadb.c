#include "tests/unit/mariadb.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The shell finds the directory in $d. */
static bool shell(const struct mariadb *m, const char *command)
{
	return setenv("d", m->dir, 1) == 0 && system(command) == 0;
}

static bool write_config(const struct mariadb *m)
{
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/my.cnf", m->dir);
	f = fopen(path, "w");
	if (!f)
		return false;
	fprintf(f, "[mariadbd]\ndatadir=%s/data\nsocket=%s/s\npid-file=%s/pid\nlog-error=%s/log\n",
		m->dir, m->dir, m->dir, m->dir);
	fprintf(f, "tmpdir=%s/tmp\n", m->dir);
	fputs("skip-networking\nskip-name-resolve\nskip-log-bin\ncharacter-set-server=utf8mb4\n"
	      "collation-server=utf8mb4_unicode_ci\ninnodb-buffer-pool-size=32M\n"
	      "innodb-log-file-size=16M\ninnodb-log-buffer-size=2M\n"
	      "innodb-flush-log-at-trx-commit=2\ninnodb-buffer-pool-dump-at-shutdown=0\n"
	      "innodb-buffer-pool-load-at-startup=0\nkey-buffer-size=1M\n"
	      "aria-pagecache-buffer-size=1M\nmax-connections=64\nmax-allowed-packet=64M\n"
	      "performance-schema=OFF\n",
		f);
	return fclose(f) == 0;
}

static bool answers(const struct mariadb *m)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok;

	memcpy(to.sun_path, m->socket, strlen(m->socket) + 1);
	ok = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

bool mariadb_run(struct mariadb *m)
{
	const struct timespec pause = {0, 20000000};
	char defaults[96];

	snprintf(defaults, sizeof(defaults), "--defaults-file=%s/my.cnf", m->dir);
	m->pid = fork();
	if (m->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("mariadbd", "mariadbd", defaults, geteuid() == 0 ? "--user=root" : NULL,
			(char *)NULL);
		_exit(127);
	}
	for (int i = 0; m->pid > 0 && i < 1500; i++) {
		if (answers(m))
			return true;
		if (waitpid(m->pid, NULL, WNOHANG) == m->pid)
			break;
		nanosleep(&pause, NULL);
	}
	m->pid = 0;
	return false;
}

bool mariadb_start(struct mariadb *m)
{
	const char *tmp = getenv("TMPDIR");

	memset(m, 0, sizeof(*m));
	if (!tmp || strlen(tmp) > 30) /* a socket's path is short */
		tmp = "/tmp";
	snprintf(m->dir, sizeof(m->dir), "%s/bincard-test-XXXXXX", tmp);
	if (!mkdtemp(m->dir))
		return false;
	snprintf(m->socket, sizeof(m->socket), "%s/s", m->dir);
	if (!write_config(m) ||
		!shell(m,
			"mkdir $d/tmp && TMPDIR=$d/tmp mariadb-install-db --no-defaults --datadir=$d/data "
			"$(test $(id -u) != 0 || echo --user=root) --auth-root-authentication-method=normal "
			"--skip-test-db --innodb-log-file-size=16M --innodb-buffer-pool-size=32M "
			">$d/install.log 2>&1") ||
		!mariadb_run(m)) {
		fprintf(stderr, "MariaDB does not start; its words:\n");
		(void)shell(m, "{ head -n 20 $d/install.log; tail -n 20 $d/log; } >&2");
		return false;
	}
	return true;
}

bool mariadb_is_here(void)
{
	return system("command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null") ==
		0;
}

bool mariadb_kill(struct mariadb *m)
{
	if (m->pid <= 0 || kill(m->pid, SIGKILL) != 0)
		return false;
	waitpid(m->pid, NULL, 0);
	m->pid = 0;
	return true;
}

void mariadb_stop(struct mariadb *m)
{
	mariadb_kill(m);
	if (m->dir[0])
		(void)!shell(m, "rm -rf \"$d\"");
}
