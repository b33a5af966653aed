/*
 * listener: a socket of `bincard serve`: that of the workers, or that of the feed.
 *
 * A lock on <socket>.lock says who owns the path. It is a lock of the process, not of the open
 * file: it ends with the supervisor however that dies, and workers that outlive it for a moment do
 * not hold it. The socket is made under another name and renamed into its place when it listens,
 * with its mode and owner set: nobody ever finds it half made, and one that a killed supervisor
 * left is replaced.
 */
#ifndef BINCARD_RUN_LISTENER_H
#define BINCARD_RUN_LISTENER_H

#include <sys/types.h>

#include "run/config.h"

struct listener {
	int fd;
	int lock_fd;
	const char *path;
};

#define LISTENER_NONE ((struct listener){.fd = -1, .lock_fd = -1})

/* ERR_USAGE, in one sentence, when another process has the socket or it cannot be made. */
MUST_CHECK struct err *listener_open(
	struct arena *a, const struct config *c, const char *path, struct listener *out);
/* Gives the socket at `path` the mode, owner and group of the configuration. */
MUST_CHECK struct err *listener_dress(struct arena *a, const struct config *c, const char *path);
/* The user and group of a name, or of the process when it is NULL; false when there is none. */
bool listener_user(const char *name, uid_t *out);
bool listener_group(const char *name, gid_t *out);
/* Takes the path away and gives up the lock; what was accepted already can still be served. */
void listener_withdraw(struct listener *l);
/* Does a connection wait to be accepted? */
bool listener_has_waiting(const struct listener *l);

#endif
