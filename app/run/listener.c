#include "run/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A web server that finds the queue full answers 500 at once, so it is as long as the system
 * allows. */
#define BACKLOG 4096

static struct err *failed(struct arena *a, const char *what, const char *path)
{
	int problem = errno;

	return err_new(a, ERR_USAGE, "Cannot %s %s: %s", what, path, strerror(problem));
}

static struct err *lock(struct arena *a, const char *path, int *fd)
{
	const char *file = arena_printf(a, "%s.lock", path);
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	*fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (*fd < 0)
		return failed(a, "make", file);
	if (fcntl(*fd, F_SETLK, &whole) == 0)
		return NULL;
	if (errno != EAGAIN && errno != EACCES)
		return failed(a, "lock", file);
	if (fcntl(*fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
		return err_new(a, ERR_USAGE, "Another bincard serve (process %ld) listens on %s",
			(long)whole.l_pid, path);
	return err_new(a, ERR_USAGE, "Another bincard serve listens on %s", path);
}

bool listener_user(const char *name, uid_t *out)
{
	const struct passwd *p = name ? getpwnam(name) : NULL;

	*out = p ? p->pw_uid : geteuid();
	return p || !name;
}

bool listener_group(const char *name, gid_t *out)
{
	const struct group *g = name ? getgrnam(name) : NULL;

	*out = g ? g->gr_gid : getegid();
	return g || !name;
}

struct err *listener_dress(struct arena *a, const struct config *c, const char *path)
{
	uid_t uid;
	gid_t gid;

	if (!listener_user(c->server.socket_owner, &uid))
		return err_new(a, ERR_USAGE, "[server] socket_owner: there is no user %s",
			c->server.socket_owner);
	if (!listener_group(c->server.socket_group, &gid))
		return err_new(a, ERR_USAGE, "[server] socket_group: there is no group %s",
			c->server.socket_group);
	if (chown(path, uid, gid) != 0)
		return failed(a, "give away the socket", path);
	if (chmod(path, (mode_t)c->server.socket_mode) != 0)
		return failed(a, "set the mode of", path);
	return NULL;
}

static struct err *make(struct arena *a, const struct config *c, const char *path, int fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;
	int rc;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_new(a, ERR_USAGE, "The path of the socket is too long: %s", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(a, "remove", path);
	mask = umask(0177);
	rc = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (rc != 0)
		return failed(a, "make the socket", path);
	TRY(listener_dress(a, c, path)); /* before it listens: nobody gets in who should not */
	if (listen(fd, BACKLOG) != 0)
		return failed(a, "listen on", path);
	return NULL;
}

/* Only a socket is ever replaced: a path that was mistyped must not cost a file. */
static struct err *must_be_free(struct arena *a, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? NULL : failed(a, "look at", path);
	if (!S_ISSOCK(st.st_mode))
		return err_new(a, ERR_USAGE, "%s is there already and is no socket", path);
	return NULL;
}

static struct err *place(struct arena *a, const struct config *c, struct listener *l)
{
	const char *new_path = arena_printf(a, "%s.new", l->path);
	struct err *e = make(a, c, new_path, l->fd);

	if (!e && rename(new_path, l->path) != 0)
		e = failed(a, "make the socket", l->path);
	if (e)
		unlink(new_path);
	return e;
}

struct err *listener_open(
	struct arena *a, const struct config *c, const char *path, struct listener *out)
{
	struct listener l = LISTENER_NONE;

	l.path = arena_printf(a, "%s", path);
	TRY(lock(a, l.path, &l.lock_fd));
	TRY(must_be_free(a, l.path));
	l.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l.fd < 0)
		return failed(a, "make the socket", l.path);
	TRY(place(a, c, &l));
	*out = l;
	return NULL;
}

void listener_withdraw(struct listener *l)
{
	if (l->lock_fd < 0)
		return;
	unlink(l->path);
	close(l->lock_fd);
	l->lock_fd = -1;
}

bool listener_has_waiting(const struct listener *l)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};

	return l->fd >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLIN);
}
