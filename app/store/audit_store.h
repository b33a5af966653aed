/*
 * audit_store: rows of audit_log. They are added and read, never changed.
 */
#ifndef BINCARD_STORE_AUDIT_STORE_H
#define BINCARD_STORE_AUDIT_STORE_H

#include "db/db.h"

struct audit_entry {
	int64_t id;
	time_us at;
	struct str actor, actor_name;
	struct str app; /* the client that acted for the actor; STR_NONE: none */
	struct str resource, resource_id; /* id STR_NONE: of none in particular */
	struct str action;
	struct str address; /* STR_NONE: the command line */
	struct str request_id;
	struct str changes; /* JSON */
};

struct audit_rows {
	struct audit_entry *rows;
	size_t n;
};

struct audit_filter {
	struct str actor, actor_name, app, resource, resource_id, action; /* STR_NONE: any */
	time_us from, before; /* TIME_NONE: open */
	int64_t after_id; /* older than this one; 0: first page */
	int limit;
};

/* Newest first. */
MUST_CHECK struct err *audit_store_page(
	struct db *db, struct arena *a, const struct audit_filter *f, struct audit_rows *out);
/* The same, one by one; an entry is valid during the call. */
typedef struct err *audit_visit_fn(void *arg, const struct audit_entry *e);
MUST_CHECK struct err *audit_store_each(struct db *db, struct arena *a,
	const struct audit_filter *f, audit_visit_fn *visit, void *arg);

/* id and at are given by the database. */
MUST_CHECK struct err *audit_store_add(struct db *db, struct arena *a, const struct audit_entry *e);

/* Entries of the action within the last seconds: of all, counted up to `most`, and of the address's network
 * among them. */
MUST_CHECK struct err *audit_store_failures(struct db *db, struct arena *a, struct str address,
	struct str action, int seconds, int most, int64_t *all, int64_t *of_network);

/* By the owner's account: deletes up to `rows` of those older than `days` days. */
MUST_CHECK struct err *audit_store_prune(
	struct db *owner, struct arena *a, int days, int rows, int64_t *gone);

#endif
