/*
 * shared: the small memory file that the workers of one host share, forked and mod_fcgid ones
 * alike: <run_dir>/bincard.shm, mapped by everybody, with a magic number and a layout version.
 */
#ifndef BINCARD_RUN_SHARED_H
#define BINCARD_RUN_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/figures.h"
#include "base/rate.h"
#include "domain/guess.h"
#include "domain/sso_gate.h"

#define SHARED_WORKERS_MAX 256

struct shared_worker {
	_Atomic pid_t pid;
	_Atomic int64_t busy_since_us; /* monotonic; 0: idle */
	_Atomic uint64_t requests;
};

struct shared {
	uint64_t magic;
	uint32_t layout;
	/* Raised when a session, user or client is ended: workers then forget what they
	 * remember. */
	_Atomic uint64_t auth_generation;
	struct shared_worker workers[SHARED_WORKERS_MAX];
	struct figures figures;
	struct guess_table guesses;
	struct sso_gate sso_gate;
	struct rate_table rate;
};

/* Makes or opens the file; a file of another layout is replaced, and whoever has the old one mapped
 * keeps it. */
MUST_CHECK struct err *shared_open(struct arena *a, const char *run_dir, struct shared **out);

/* The file that is there now, when it is no longer the one that *s maps (it was removed, or replaced by
 * another layout); whoever maps the old one keeps it. *changed says which. */
MUST_CHECK struct err *shared_renew(
	struct arena *a, const char *run_dir, struct shared **s, bool *changed);

/* A worker takes a free place on the board for itself; NULL when there is none. A place whose
 * process is no more counts as free. */
struct shared_worker *shared_claim(struct shared *s, pid_t pid);
/* The place of a process, or NULL. */
struct shared_worker *shared_find(struct shared *s, pid_t pid);
/* The workers of the board, and those at a request. */
void shared_count(const struct shared *s, unsigned *workers, unsigned *busy);
/* Frees the place of a process that has ended; does nothing when it has none. */
void shared_release(struct shared *s, pid_t pid);

#endif
