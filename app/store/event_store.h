/*
 * event_store: feed_state and event: the feed's state, and its events.
 */
#ifndef BINCARD_STORE_EVENT_STORE_H
#define BINCARD_STORE_EVENT_STORE_H

#include "db/db.h"

struct feed_state {
	int64_t seq; /* the last number that was given */
	int64_t oldest; /* the first event that is there; seq + 1: none is */
	int64_t fence;
};

/* More of it, for people. */
#define FEED_WAITING_MAX 100000 /* as far as rows that wait are counted */
struct feed_standing {
	int64_t seq, oldest; /* oldest 0: no event is kept */
	time_us oldest_at; /* TIME_NONE: none is */
	int64_t waiting; /* committed changes that have no number yet */
	time_us waiting_since; /* of the first of them; TIME_NONE: none waits */
	int64_t lag_ms; /* since then */
	struct str holder; /* of the lease; STR_NONE: nobody */
	time_us renewed_at;
	int64_t renewed_ms; /* since then */
};

/* A change as it was announced: a movement with its balances is one. */
struct event_change {
	int64_t seq, size; /* its number, and how many it takes with those of its balances */
	struct str resource, type; /* "movement", "bincard.movement.posted.v1" */
	int64_t subject; /* id */
	struct str actor, app; /* app STR_NONE: none */
	struct str traceparent; /* STR_NONE: none */
	time_us at;
	int64_t data_bytes;
	struct str data; /* JSON; event_store_data() reads it */
	bool own; /* it is shown itself, and not its balances alone */
};

struct event_changes {
	struct event_change *rows;
	size_t n;
};

struct event_filter {
	int64_t after, up_to;
	struct str resources; /* "item,movement": no other */
	bool balances; /* also movements that may be shown for them */
	/* STR_NONE and 0: any, from here on. */
	struct str types; /* pattern of types */
	struct str subject_resource;
	int64_t subject; /* of that resource */
	int64_t subject_item, subject_location; /* instead, of a balance */
	int64_t item_id;
	int64_t location_id; /* what concerns it, or one below it */
	struct str path; /* the same as a pattern of paths */
	struct str stock_within, locations_within, movements_within; /* domain/reach.h */
	int limit;
	size_t data_max; /* bytes, from which on a page ends */
};

/* What a movement made of a balance. */
struct event_balance {
	int64_t seq, n; /* of the movement's change, and which of its balances, from 1 */
	int64_t item_id, location_id;
	struct str sku, unit, location;
	qty_t before, after, reserved;
	int64_t version;
	time_us at;
};

struct event_balances {
	struct event_balance *rows;
	size_t n;
};

MUST_CHECK struct err *feed_store_state(struct db *db, struct arena *a, struct feed_state *out);
MUST_CHECK struct err *feed_store_standing(
	struct db *db, struct arena *a, struct feed_standing *out);
MUST_CHECK struct err *feed_store_last(struct db *db, struct arena *a, int64_t *seq);
/* Takes the lease when nobody holds it, or nobody renewed it for `seconds`. *fence: its number; 0: it is
 * another's. */
MUST_CHECK struct err *feed_store_take(
	struct db *db, struct arena *a, struct str holder, int seconds, int64_t *fence);
MUST_CHECK struct err *feed_store_give_back(struct db *db, struct arena *a, int64_t fence);
/* Moves up to `most` rows of the outbox into the feed. *moved: how many; -1: the lease is another's. */
MUST_CHECK struct err *feed_store_sequence(
	struct db *db, struct arena *a, int64_t fence, int most, int64_t *moved);

/* From the change on that number after + 1 belongs to. */
MUST_CHECK struct err *event_store_page(
	struct db *db, struct arena *a, const struct event_filter *f, struct event_changes *out);
/* Reads data of those that are shown themselves, and stand in the list. changes: [number, ...] */
MUST_CHECK struct err *event_store_data(
	struct db *db, struct arena *a, struct str list, struct event_changes *changes);
/* The balances of these changes that the filter lets through. changes: [number, ...] */
MUST_CHECK struct err *event_store_balances(struct db *db, struct arena *a, struct str changes,
	const struct event_filter *f, struct event_balances *out);

struct event_line {
	int64_t movement_id, line_no;
};
/* Lines within reach, by movement and number. movements: [id, ...] */
MUST_CHECK struct err *event_store_lines_within(struct db *db, struct arena *a,
	struct str movements, struct str within, struct event_line **out, size_t *n);

/* All lines, in the same order. movements: [id, ...] */
struct event_line_row {
	int64_t movement_id, item_id;
	struct str from, to; /* paths */
};
MUST_CHECK struct err *event_store_lines(struct db *db, struct arena *a, struct str movements,
	struct event_line_row **out, size_t *n);

/* Deletes from the oldest on what is from before that time, up to the first that is not, and up to `most`. */
MUST_CHECK struct err *event_store_prune(
	struct db *db, struct arena *a, time_us before, int most, int64_t *gone);

#endif
