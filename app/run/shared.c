#include "run/shared.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"

#define SHARED_MAGIC UINT64_C(0x62696e6361726431)
#define SHARED_LAYOUT 5u
#define FILE_MODE 0660
#define KEY_BYTES_MAX 32

static struct err *failed(struct arena *a, const char *what, const char *path)
{
	int problem = errno;

	return err_new(a, ERR_USAGE, "Cannot %s %s: %s", what, path, strerror(problem));
}

/* Made by root for a service that runs as somebody else, it belongs to the owner of the folder. */
static bool hand_over(int dir, int fd)
{
	struct stat st;

	if (geteuid() != 0)
		return true;
	return fstat(dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0;
}

static bool put_key(int fd, size_t at, size_t bytes)
{
	unsigned char key[KEY_BYTES_MAX];

	assert(bytes <= sizeof(key));
	secret_random(key, bytes);
	return pwrite(fd, key, bytes, (off_t)at) == (ssize_t)bytes;
}

/* The head and the keys of the tables; all else begins as zeros. */
static bool fill_file(int fd)
{
	const struct {
		uint64_t magic;
		uint32_t layout;
	} head = {.magic = SHARED_MAGIC, .layout = SHARED_LAYOUT};

	return ftruncate(fd, sizeof(struct shared)) == 0 &&
		pwrite(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
		put_key(fd, offsetof(struct shared, guesses.key), GUESS_KEY_BYTES) &&
		put_key(fd, offsetof(struct shared, rate.key), RATE_KEY_BYTES);
}

/* Written whole beside its place and renamed: nobody ever maps half of it. */
static bool make_file(int dir)
{
	int fd = openat(dir, "bincard.shm.new", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		FILE_MODE);
	bool done;

	if (fd < 0)
		return false;
	done = fchmod(fd, FILE_MODE) == 0 && hand_over(dir, fd) && fill_file(fd) &&
		renameat(dir, "bincard.shm.new", dir, "bincard.shm") == 0;
	if (close(fd) != 0)
		return false;
	return done;
}

static bool is_ours(int fd)
{
	struct {
		uint64_t magic;
		uint32_t layout;
	} head;
	struct stat st;

	if (fstat(fd, &st) != 0 || st.st_size != (off_t)sizeof(struct shared))
		return false;
	return pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
		head.magic == SHARED_MAGIC && head.layout == SHARED_LAYOUT;
}

/* The descriptor of a whole file of our layout, or -1. The folder is locked. */
static int open_file(int dir)
{
	int fd = openat(dir, "bincard.shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && is_ours(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	else if (errno != ENOENT)
		return -1;
	if (!make_file(dir))
		return -1;
	return openat(dir, "bincard.shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

struct err *shared_open(struct arena *a, const char *run_dir, struct shared **out)
{
	struct err *e = NULL;
	void *p = MAP_FAILED;
	int dir, fd = -1;

	if (mkdir(run_dir, 0750) != 0 && errno != EEXIST)
		return failed(a, "make the folder", run_dir);
	dir = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return failed(a, "open the folder", run_dir);
	if (flock(dir, LOCK_EX) != 0 || (fd = open_file(dir)) < 0)
		e = failed(a, "make or open bincard.shm in", run_dir);
	else if ((p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0)) == MAP_FAILED)
		e = failed(a, "map bincard.shm in", run_dir);
	else
		*out = p;
	if (fd >= 0)
		close(fd);
	close(dir);
	return e;
}

struct err *shared_renew(struct arena *a, const char *run_dir, struct shared **s, bool *changed)
{
	struct shared *now, *old = *s;

	TRY(shared_open(a, run_dir, &now));
	/* each file has a key of its own */
	*changed = memcmp(now->rate.key, old->rate.key, sizeof(old->rate.key)) != 0;
	if (*changed)
		*s = now;
	munmap(*changed ? old : now, sizeof(struct shared));
	return NULL;
}

struct shared_worker *shared_find(struct shared *s, pid_t pid)
{
	for (size_t i = 0; i < SHARED_WORKERS_MAX; i++)
		if (atomic_load(&s->workers[i].pid) == pid)
			return &s->workers[i];
	return NULL;
}

static bool is_free(pid_t pid)
{
	return pid == 0 || (kill(pid, 0) != 0 && errno == ESRCH);
}

struct shared_worker *shared_claim(struct shared *s, pid_t pid)
{
	for (size_t i = 0; i < SHARED_WORKERS_MAX; i++) {
		struct shared_worker *w = &s->workers[i];
		pid_t holder = atomic_load(&w->pid);

		if (!is_free(holder) || !atomic_compare_exchange_strong(&w->pid, &holder, pid))
			continue;
		atomic_store(&w->busy_since_us, 0);
		atomic_store(&w->requests, 0);
		return w;
	}
	return NULL;
}

void shared_count(const struct shared *s, unsigned *workers, unsigned *busy)
{
	*workers = *busy = 0;
	for (size_t i = 0; i < SHARED_WORKERS_MAX; i++) {
		const struct shared_worker *w = &s->workers[i];

		if (is_free(atomic_load(&w->pid)))
			continue;
		++*workers;
		*busy += atomic_load(&w->busy_since_us) != 0;
	}
}

void shared_release(struct shared *s, pid_t pid)
{
	struct shared_worker *w = shared_find(s, pid);

	if (w)
		atomic_store(&w->pid, 0);
}
