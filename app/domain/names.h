/*
 * names: which id a SKU or a location code stands for, remembered by the process.
 *
 * Ids never change and a name's meaning rarely does, so a worker asks the database once and then
 * resolves a posting without a round trip. Whoever changes a SKU or a code raises name_epoch in the
 * same transaction (names_changed); what was resolved at another epoch is refused by ledger_post,
 * and the cache is emptied. Only active items and locations are remembered. Fixed size, made at
 * boot.
 */
#ifndef BINCARD_DOMAIN_NAMES_H
#define BINCARD_DOMAIN_NAMES_H

#include "base/err.h"
#include "domain/ctx.h"
#include "store/location_store.h"
#include "store/names_store.h"

struct names;

/* What to resolve: a name, or an id when the name is absent. */
struct name_query {
	struct str name;
	int64_t id;
};

struct name {
	int64_t id; /* 0: there is no such */
	bool active;
	struct str name; /* SKU or code; in the context's arena */
};

struct names *names_new(struct arena *boot);

/* Resolves n names of one kind with at most one round trip for those given by name and one for
 * those given by id. *epoch is the epoch they hold for. */
MUST_CHECK struct err *names_resolve(struct ctx *c, enum names_kind kind,
	const struct name_query *q, size_t n, struct name *out, int64_t *epoch);
/* Forgets all when the epoch has moved on: for whoever posts many movements without ledger_post. */
MUST_CHECK struct err *names_refresh(struct ctx *c);
void names_forget(struct names *names);

/* Raises the epoch; inside a transaction that changes a SKU or a code. */
MUST_CHECK struct err *names_changed(struct ctx *c);

#endif
