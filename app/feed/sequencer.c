#include "feed/sequencer.h"

#include "base/log.h"
#include "store/event_store.h"

struct err *sequencer_step(struct sequencer *s, struct db *db, struct arena *a, int64_t *moved)
{
	struct err *e;

	*moved = 0;
	TRY(db_ready(db, a));
	if (!s->fence) {
		TRY(feed_store_take(db, a, s->holder, SEQUENCER_LEASE_S, &s->fence));
		if (!s->fence)
			return NULL;
		log_text(LOG_INFO, "the feed is sequenced here");
	}
	if (!s->rows)
		s->rows = SEQUENCER_ROWS;
	e = feed_store_sequence(db, a, s->fence, s->rows, moved);
	if (e) {
		s->rows = s->rows > 1 ? s->rows / 2 : 1;
		return e;
	}
	s->rows = s->rows < SEQUENCER_ROWS / 2 ? s->rows * 2 : SEQUENCER_ROWS;
	if (*moved < 0) {
		s->fence = 0;
		*moved = 0;
		log_text(LOG_WARNING, "the feed is sequenced elsewhere");
	}
	return NULL;
}

struct err *sequencer_end(struct sequencer *s, struct db *db, struct arena *a)
{
	int64_t fence = s->fence;

	s->fence = 0;
	return fence ? feed_store_give_back(db, a, fence) : NULL;
}
