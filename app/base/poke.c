#include "base/poke.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_MODE 0660 /* as bincard.shm beside it */

static int address_of(const char *path, struct sockaddr_un *to)
{
	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	return snprintf(to->sun_path, sizeof(to->sun_path), "%s", path) < (int)sizeof(to->sun_path);
}

int poke_listen(const char *path)
{
	struct sockaddr_un at;
	int fd;

	if (!address_of(path, &at))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	unlink(path);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
		chmod(path, SOCKET_MODE) == 0)
		return fd;
	close(fd);
	return -1;
}

void poke_drain(int fd)
{
	char nothing[8];

	while (recv(fd, nothing, sizeof(nothing), MSG_DONTWAIT) >= 0)
		;
}

void poke_send(const char *path)
{
	static int fd = -1; /* of this process */
	struct sockaddr_un to;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && address_of(path, &to))
		(void)!sendto(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&to,
			sizeof(to));
}
