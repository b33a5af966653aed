/*
 * figures: what the processes of one host count, in memory that they share (run/shared.h). GET /metrics and the
 * page of the feed show them. All are added to with relaxed atomics: nobody waits for anybody.
 */
#ifndef BINCARD_BASE_FIGURES_H
#define BINCARD_BASE_FIGURES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Answers of all workers since the file was made. */
#define FIGURES_CLASSES 6 /* by the first digit of the status */
struct request_figures {
	_Atomic uint64_t answers[FIGURES_CLASSES];
	_Atomic uint64_t micros; /* that they took, all together */
	_Atomic uint64_t statements; /* of the database */
};

/* Of the feed process, which alone writes them. */
struct feed_figures {
	_Atomic int64_t beat_us; /* when it last went round, monotonic; 0: never */
	/* Now. The process sets them to 0 when it begins: one that was killed leaves them as they were. */
	_Atomic uint64_t streams, websockets, long_polls;
	/* Since the file was made. */
	_Atomic uint64_t events_sent, bytes_sent;
	_Atomic uint64_t cut_off; /* readers that were too slow */
	/* From a change's time to when it could be handed to readers, the longest since the process began and while
	 * there were any. */
	_Atomic int64_t lag_max_us;
};

struct figures {
	struct request_figures requests;
	struct feed_figures feed;
};

/* A feed process that has not gone round for so long is taken for gone. */
#define FIGURES_BEAT_US 5000000

static inline void figures_add(_Atomic uint64_t *of, uint64_t n)
{
	atomic_fetch_add_explicit(of, n, memory_order_relaxed);
}

static inline uint64_t figures_get(const _Atomic uint64_t *of)
{
	return atomic_load_explicit(of, memory_order_relaxed);
}

/* An answer was made. f may be NULL: nothing is counted. */
static inline void figures_answered(
	struct figures *f, int status, unsigned statements, int64_t micros)
{
	if (!f || status < 100 || status / 100 >= FIGURES_CLASSES)
		return;
	figures_add(&f->requests.answers[status / 100], 1);
	figures_add(&f->requests.micros, (uint64_t)micros);
	figures_add(&f->requests.statements, statements);
}

static inline bool feed_figures_fresh(const struct feed_figures *f, int64_t now_us)
{
	int64_t beat = atomic_load_explicit(&f->beat_us, memory_order_relaxed);

	return beat && now_us - beat < FIGURES_BEAT_US;
}

#endif
