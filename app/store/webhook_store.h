/*
 * webhook_store: webhook_endpoint, each with the sink that it is, and webhook_delivery: what was sent.
 */
#ifndef BINCARD_STORE_WEBHOOK_STORE_H
#define BINCARD_STORE_WEBHOOK_STORE_H

#include "store/sink_store.h"

struct webhook {
	struct sink sink;
	struct str url;
	struct str secret, old_secret; /* sealed; old_secret STR_NONE: none */
	time_us old_until; /* TIME_NONE: there is no old secret */
};

struct webhook_filter {
	struct str q; /* in the name; STR_NONE: any */
	struct str status; /* "active", "paused"; STR_NONE: any */
	int64_t after_id; /* 0: first page */
	int limit;
};

struct webhook_rows {
	struct webhook *rows;
	size_t n;
};

struct delivery {
	int64_t id, sink_id;
	struct str reason; /* "event", "test", "again" */
	struct str state; /* "waiting", "delivered", "failed" */
	struct str type;
	int64_t seq; /* of the event; 0: a test */
	struct str message_id;
	struct str actor; /* who wanted it; STR_NONE: the feed */
	struct str error; /* STR_NONE: none */
	time_us created_at;
	int64_t duration_us;
	int64_t status; /* 0: no answer */
	/* Of a single one; STR_NONE: not yet */
	struct str request_header, request_body; /* the body's beginning */
	struct str answer_header, answer_body; /* bytes */
};

struct delivery_filter {
	int64_t sink_id;
	struct str state; /* STR_NONE: any */
	int64_t before_id; /* 0: first page; newest first */
	int limit;
};

struct delivery_rows {
	struct delivery *rows;
	size_t n;
};

struct webhook_troubles {
	int64_t paused; /* not by hand */
	int64_t failing;
};

MUST_CHECK struct err *webhook_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct webhook *out, bool *found);
/* Inside a transaction. */
MUST_CHECK struct err *webhook_store_lock(
	struct db *db, struct arena *a, int64_t id, struct webhook *out, bool *found);
MUST_CHECK struct err *webhook_store_page(
	struct db *db, struct arena *a, const struct webhook_filter *f, struct webhook_rows *out);
MUST_CHECK struct err *webhook_store_troubles(
	struct db *db, struct arena *a, struct webhook_troubles *out);
/* The sink is there already. */
MUST_CHECK struct err *webhook_store_add(
	struct db *db, struct arena *a, const struct webhook *webhook);
MUST_CHECK struct err *webhook_store_update(
	struct db *db, struct arena *a, const struct webhook *webhook);
/* The secret that there was stays valid for so many seconds. */
MUST_CHECK struct err *webhook_store_rotate(
	struct db *db, struct arena *a, int64_t id, struct str secret, int64_t seconds);

/* Without headers and bodies. */
MUST_CHECK struct err *delivery_store_page(
	struct db *db, struct arena *a, const struct delivery_filter *f, struct delivery_rows *out);
MUST_CHECK struct err *delivery_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct delivery *out, bool *found);
/* Oldest first, without headers and bodies. */
MUST_CHECK struct err *delivery_store_waiting(
	struct db *db, struct arena *a, int limit, struct delivery_rows *out);
MUST_CHECK struct err *delivery_store_count_waiting(
	struct db *db, struct arena *a, int64_t sink_id, int64_t *count);
/* One that waits to be sent. */
MUST_CHECK struct err *delivery_store_want(
	struct db *db, struct arena *a, const struct delivery *d, int64_t *id);
/* One that was sent; nothing when its endpoint is gone. */
MUST_CHECK struct err *delivery_store_add(struct db *db, struct arena *a, const struct delivery *d);
/* What has become of one that waited. */
MUST_CHECK struct err *delivery_store_end(struct db *db, struct arena *a, const struct delivery *d);

#endif
