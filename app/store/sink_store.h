/*
 * sink_store: sink and sink_state: readers of the feed whose place the database keeps, and who sends to them
 * (docs/decisions/0012-sinks.md).
 */
#ifndef BINCARD_STORE_SINK_STORE_H
#define BINCARD_STORE_SINK_STORE_H

#include "db/db.h"

#define SINK_ERROR_MAX 300 /* bytes */

struct sink {
	int64_t id;
	struct str kind, name; /* "webhook", ... */
	bool active;
	struct str paused_for; /* "by_hand", "failing", "refused", "gone"; STR_NONE: it is active */
	int64_t seq; /* the last event that it has, or has no use for */
	struct str types; /* separated by commas; "": all */
	struct str permissions; /* with which it reads, as a scope */
	int64_t tries; /* in vain, of the next event */
	time_us failing_since; /* TIME_NONE: it is not */
	int64_t failing_s;
	time_us next_try_at, last_ok_at; /* TIME_NONE: at once, never */
	struct str last_error; /* STR_NONE: none */
	int64_t version; /* of its settings and its state */
	time_us created_at, updated_at;
};

struct sink_rows {
	struct sink *rows;
	size_t n;
	int64_t head; /* the last number of the feed; 0: there are no rows */
};

/* Of one kind. */
struct sink_figures {
	struct str kind;
	int64_t active, paused;
	int64_t given_up; /* paused, but not by hand */
	int64_t failing; /* active, and failed last */
	int64_t behind_max; /* events that one of the active has not got */
	int64_t failing_s_max;
};

struct row;
/* The columns of SINK_COLUMNS, for statements that have more. */
void sink_store_read(struct row *r, struct sink *out);

/* Takes the lease when nobody holds it, or nobody renewed it for `seconds`. *fence: its number; 0: it is
 * another's. */
MUST_CHECK struct err *sink_store_take(
	struct db *db, struct arena *a, struct str holder, int seconds, int64_t *fence);
/* *held false: it is another's now. */
MUST_CHECK struct err *sink_store_renew(struct db *db, struct arena *a, int64_t fence, bool *held);
MUST_CHECK struct err *sink_store_give_back(struct db *db, struct arena *a, int64_t fence);

/* Active ones of these kinds ("webhook,redis") that are behind the feed and not waiting for their next try. */
MUST_CHECK struct err *sink_store_waiting(
	struct db *db, struct arena *a, struct str kinds, int limit, struct sink_rows *out);
MUST_CHECK struct err *sink_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct sink *out, bool *found);
MUST_CHECK struct err *sink_store_by_name(struct db *db, struct arena *a, struct str kind,
	struct str name, struct sink *out, bool *found);
/* A row for each kind, also for those that there is none of. */
MUST_CHECK struct err *sink_store_figures(
	struct db *db, struct arena *a, struct sink_figures **out, size_t *n);
/* Inside a transaction. */
MUST_CHECK struct err *sink_store_lock(
	struct db *db, struct arena *a, int64_t id, struct sink *out, bool *found);

/* Kind, name, types and permissions; it begins where the feed has come to. ERR_DB_DUPLICATE_KEY: the name is in
 * use for this kind. */
MUST_CHECK struct err *sink_store_add(
	struct db *db, struct arena *a, const struct sink *sink, int64_t *id);
/* Name, types and permissions. This and all below raise the version. */
MUST_CHECK struct err *sink_store_update(struct db *db, struct arena *a, const struct sink *sink);
MUST_CHECK struct err *sink_store_touch(struct db *db, struct arena *a, int64_t id);
/* error STR_NONE: as it was. */
MUST_CHECK struct err *sink_store_pause(
	struct db *db, struct arena *a, int64_t id, const char *paused_for, struct str error);
MUST_CHECK struct err *sink_store_resume(struct db *db, struct arena *a, int64_t id, int64_t seq);
MUST_CHECK struct err *sink_store_remove(struct db *db, struct arena *a, int64_t id);

/* For the holder of the lease alone. *done false: the lease is another's, or the sink is not at sink->seq any more.
 * The version stays. */
MUST_CHECK struct err *sink_store_move(struct db *db, struct arena *a, const struct sink *sink,
	int64_t seq, int64_t fence, bool *done);
/* Past events that it has no use for. */
MUST_CHECK struct err *sink_store_pass(struct db *db, struct arena *a, const struct sink *sink,
	int64_t seq, int64_t fence, bool *done);
/* Not one that was changed since it was read. */
MUST_CHECK struct err *sink_store_fail(struct db *db, struct arena *a, const struct sink *sink,
	struct str error, int64_t delay_ms, int64_t fence, bool *done);

#endif
