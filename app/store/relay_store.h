/*
 * relay_store: relay: sinks that the configuration names (docs/decisions/0013-relays.md).
 */
#ifndef BINCARD_STORE_RELAY_STORE_H
#define BINCARD_STORE_RELAY_STORE_H

#include "store/sink_store.h"

struct relay {
	struct sink sink; /* its id is the relay's */
	struct str target; /* "127.0.0.1:6379, stream bincard" */
	bool configured;
	int64_t head; /* the last number of the feed */
};

struct relay_rows {
	struct relay *rows;
	size_t n;
};

/* By id. */
MUST_CHECK struct err *relay_store_page(
	struct db *db, struct arena *a, int64_t after, int limit, struct relay_rows *out);
MUST_CHECK struct err *relay_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct relay *out, bool *found);

struct relay_troubles {
	int64_t paused, failing; /* paused, but not by hand */
};
MUST_CHECK struct err *relay_store_troubles(
	struct db *db, struct arena *a, struct relay_troubles *out);

/* Beside its sink. */
MUST_CHECK struct err *relay_store_add(
	struct db *db, struct arena *a, int64_t id, struct str target);
MUST_CHECK struct err *relay_store_update(
	struct db *db, struct arena *a, int64_t id, struct str target, bool configured);

#endif
