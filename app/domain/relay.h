/*
 * relay: sinks that the configuration names, one for each section [relay NAME] (docs/decisions/0013-relays.md): what
 * the database knows of them, and pausing. Who sends: jobs/relay.h.
 */
#ifndef BINCARD_DOMAIN_RELAY_H
#define BINCARD_DOMAIN_RELAY_H

#include "base/json_out.h"
#include "domain/sink.h"
#include "store/relay_store.h"

#define RELAY_TARGET_MAX 1600 /* bytes */

/* What a section says of it. */
struct relay_spec {
	struct str name, target;
	struct str types; /* separated by commas; "": all */
	bool from_oldest; /* a new one */
};

/* Makes the relays of this kind be those of the specs: makes new ones, changes what was changed, retires those that
 * have no spec, and lets those return that have one again. */
MUST_CHECK struct err *relay_settle(
	struct ctx *c, struct str kind, const struct relay_spec *specs, size_t n);

/* With what it reads: the configuration's author may see everything. */
struct str relay_permissions(struct arena *a);

MUST_CHECK struct err *relay_list(
	struct ctx *c, int64_t after_id, int limit, struct relay_rows *out);
/* ERR_NOT_FOUND */
MUST_CHECK struct err *relay_read(struct ctx *c, int64_t id, struct relay *out);
/* How many are in trouble. */
MUST_CHECK struct err *relay_find_troubles(struct ctx *c, struct relay_troubles *out);
void relay_to_json(struct json_out *j, const struct relay *relay);
/* How many numbers of the feed it does not have yet. */
int64_t relay_behind(const struct relay *relay);

/* By hand. ERR_CONFLICT: it is retired. */
MUST_CHECK struct err *relay_pause(struct ctx *c, int64_t id, int64_t version, struct relay *out);
enum relay_from { RELAY_FROM_HERE, RELAY_FROM_OLDEST, RELAY_FROM_NOW };
/* ERR_CONFLICT: it is retired, or what comes next is not kept any more and it is to go on from here. ERR_FORBIDDEN: it is
 * to go on elsewhere, and whoever asks may not see all events himself. */
MUST_CHECK struct err *relay_resume(
	struct ctx *c, int64_t id, int64_t version, enum relay_from from, struct relay *out);
/* By the sender; reason: SINK_GONE. Nothing for one that is paused already, or another than the sender has read. */
MUST_CHECK struct err *relay_stop(
	struct ctx *c, const struct sink *sink, const char *reason, struct str error);

#endif
