/*
 * Many readers of the feed's stream in one process, for bench/streams.py:
 *
 *	readers SOCKET READERS SAMPLED TOKEN
 *
 * Prints "ready" when every reader has its beginning. SAMPLED of them note each event: a line "ID MICROSECONDS" (since
 * 1970, when it was read) at the end; the others read and count. It ends when standard input does, with a last line:
 * "reached READERS FIRST LAST", how many have had an event, and when the first and the last of them had their first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (256 << 10)
#define NOTES_MAX 4000000

struct reader {
	int fd;
	bool begun, sampled;
	int64_t first_us; /* when it had its first event */
	size_t kept;
	char tail[64]; /* of a sampled one: what may be the beginning of an id */
};

static struct note {
	int64_t id, us;
} * notes;
static size_t note_count;

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
	fprintf(stderr, "readers: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void begin(struct reader *r, const char *path, const char *token)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char request[8192];
	int n = snprintf(request, sizeof(request),
		"GET /v1/events/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: %s\r\n\r\n",
		token);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	r->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	while (connect(r->fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		if (errno != EAGAIN && errno != EINTR)
			fail("connect");
	if (write(r->fd, request, (size_t)n) != n || fcntl(r->fd, F_SETFL, O_NONBLOCK) != 0)
		fail("request");
}

/* "id: N" at the beginning of a line, with "event" in the next. */
static void note_ids(struct reader *r, char *text, size_t n, int64_t us)
{
	for (char *p = text; (p = memmem(p, (size_t)(text + n - p), "\nid: ", 5)) != NULL; p += 5) {
		char *end = memchr(p + 1, '\n', (size_t)(text + n - p - 1));

		if (!end || (size_t)(text + n - end) < 7)
			break;
		if (memcmp(end, "\nevent:", 7) == 0 && note_count < NOTES_MAX)
			notes[note_count++] = (struct note){strtoll(p + 5, NULL, 10), us};
	}
	r->kept = n < sizeof(r->tail) ? n : sizeof(r->tail);
	memcpy(r->tail, text + n - r->kept, r->kept);
	/* an id that was noted whole is not kept, or it would be noted again */
	for (size_t i = 0; i + 7 <= r->kept; i++)
		if (memcmp(r->tail + i, "\nevent:", 7) == 0)
			r->kept = 0;
}

static bool take(struct reader *r)
{
	static char text[sizeof(r->tail) + CHUNK];
	ssize_t n = read(r->fd, text + sizeof(r->tail), CHUNK);
	int64_t us = now_us();
	char *from = text + sizeof(r->tail);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	if (!r->begun)
		r->begun = memmem(from, (size_t)n, "\nid: ", 5) != NULL;
	if (!r->first_us && memmem(from, (size_t)n, "\nevent: ", 8))
		r->first_us = us;
	if (r->sampled) {
		memcpy(from - r->kept, r->tail, r->kept);
		note_ids(r, from - r->kept, (size_t)n + r->kept, us);
	}
	return true;
}

static void run(struct reader *readers, int count)
{
	int poll_fd = epoll_create1(0), waiting = count;
	struct epoll_event events[256], e = {.events = EPOLLIN};
	bool on = true;

	for (int i = 0; i < count; i++) {
		e.data.ptr = &readers[i];
		epoll_ctl(poll_fd, EPOLL_CTL_ADD, readers[i].fd, &e);
	}
	e.data.ptr = NULL;
	epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &e);
	while (on) {
		int n = epoll_wait(poll_fd, events, 256, -1);

		for (int i = 0; i < n; i++) {
			struct reader *r = events[i].data.ptr;
			char c;

			if (!r) {
				on = read(STDIN_FILENO, &c, 1) > 0;
				continue;
			}
			bool begun = r->begun;

			if (!take(r))
				fail("a stream has ended");
			waiting -= r->begun && !begun;
			if (r->begun && !begun && waiting == 0) {
				puts("ready");
				fflush(stdout);
			}
		}
	}
}

int main(int argc, char **argv)
{
	int count = argc > 3 ? atoi(argv[2]) : 0, reached = 0;
	struct rlimit files;
	struct reader *readers = calloc((size_t)count + 1, sizeof(*readers));
	int64_t first = INT64_MAX, last = 0;

	if (argc != 5 || !readers)
		return 2;
	notes = calloc(NOTES_MAX, sizeof(*notes));
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (int i = 0; i < count; i++) {
		begin(&readers[i], argv[1], argv[4]);
		readers[i].sampled = i < atoi(argv[3]);
	}
	run(readers, count);
	for (size_t i = 0; i < note_count; i++)
		printf("%lld %lld\n", (long long)notes[i].id, (long long)notes[i].us);
	for (int i = 0; i < count; i++) {
		if (!readers[i].first_us)
			continue;
		reached++;
		first = readers[i].first_us < first ? readers[i].first_us : first;
		last = readers[i].first_us > last ? readers[i].first_us : last;
	}
	printf("reached %d %lld %lld\n", reached, (long long)first, (long long)last);
	return 0;
}
