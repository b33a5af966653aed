/*
 * reader: somebody's way through the feed: from the database as long as he is far behind, then from the ring.
 */
#ifndef BINCARD_FEED_READER_H
#define BINCARD_FEED_READER_H

#include "feed/view.h"

struct reader {
	struct view *view;
	int64_t after; /* the last number that he is done with */
	bool in_ring; /* he has come up with it */
};

enum reader_place {
	READER_AT_END,
	READER_BEHIND, /* there may be more for him at once */
	READER_FAR, /* the database has to be asked for more */
	READER_LOST, /* the ring has gone over him: he was too slow */
	READER_GONE, /* what he wants next is not kept any more */
};

/* Takes an event; false when it wants no more now. */
typedef bool reader_takes(void *arg, const struct event_frame *f);

enum reader_place reader_place(struct reader *r, const struct ring *ring);
/* Hands on what comes next for him, for as long as it is taken: of the ring, or, when he is far behind, one page of
 * the database, which is taken whole. An error is the database's, and nothing is lost then. */
MUST_CHECK struct err *reader_go(struct reader *r, struct ring *ring, struct ctx *c,
	const char *source, reader_takes *takes, void *arg, enum reader_place *place);

#endif
