/*
 * webhook: web servers that are told of events (docs/decisions/0012-sinks.md): endpoints, their secrets, what was
 * sent to them. Who sends: jobs/webhook_sink.h.
 *
 * An endpoint reads the feed with permissions that are kept with it: those of whoever made or last changed it, as
 * far as its types need them. Nobody gives it what he does not have himself, nor changes one that has more than he.
 */
#ifndef BINCARD_DOMAIN_WEBHOOK_H
#define BINCARD_DOMAIN_WEBHOOK_H

#include "base/fetch_many.h"
#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/webhook_store.h"

#define WEBHOOK_KIND "webhook" /* as in sink.kind */
#define WEBHOOK_NAME_MAX 120
#define WEBHOOK_URL_MAX 2000
#define WEBHOOK_WAITING_MAX 20 /* tests and redeliveries of one endpoint that are not sent yet */

struct webhook_config {
	struct fetch_many_config send;
	const char *master_key_file;
	int give_up_days, keep_days, old_secret_hours;
};

/* What to change; an absent member stays as it is. */
struct webhook_input {
	struct str name, url; /* STR_NONE: absent */
	const struct str *types; /* NULL: absent; none at all: every type that one may see */
	size_t type_count;
};

/* Where one that was paused goes on. */
enum webhook_from { WEBHOOK_FROM_HERE, WEBHOOK_FROM_OLDEST, WEBHOOK_FROM_NOW };

/* All mistakes at once; ERR_FORBIDDEN for who is limited to places, and for an endpoint that has more permissions than
 * whoever asks. *secret, "whsec_...", is shown once. version 0: whatever is there; else ERR_PRECONDITION when it is
 * another. All but webhook_create(): ERR_NOT_FOUND. */
MUST_CHECK struct err *webhook_create(struct ctx *c, const struct webhook_config *config,
	const struct webhook_input *in, struct webhook *out, struct str *secret);
MUST_CHECK struct err *webhook_update(struct ctx *c, const struct webhook_config *config,
	int64_t id, int64_t version, const struct webhook_input *in, struct webhook *out);
/* A new secret; the old one signs, too, for config->old_secret_hours. */
MUST_CHECK struct err *webhook_rotate(struct ctx *c, const struct webhook_config *config,
	int64_t id, int64_t version, struct webhook *out, struct str *secret);
/* Doing so twice is fine. */
MUST_CHECK struct err *webhook_pause(
	struct ctx *c, int64_t id, int64_t version, struct webhook *out);
/* ERR_CONFLICT: FROM_HERE, and what comes next is not kept any more. One that is active is tried at once. */
MUST_CHECK struct err *webhook_resume(
	struct ctx *c, int64_t id, int64_t version, enum webhook_from from, struct webhook *out);
/* Its history is not shown any more; upkeep takes it away. */
MUST_CHECK struct err *webhook_delete(struct ctx *c, int64_t id, int64_t version);
/* By the sender: SINK_FAILING, SINK_REFUSED, SINK_GONE. Nothing for one that is gone, paused already, or another than the
 * sender has read. */
MUST_CHECK struct err *webhook_give_up(
	struct ctx *c, const struct sink *sink, const char *reason, struct str error);

MUST_CHECK struct err *webhook_list(
	struct ctx *c, const struct webhook_filter *f, struct webhook_rows *out);
/* ERR_NOT_FOUND */
MUST_CHECK struct err *webhook_read(struct ctx *c, int64_t id, struct webhook *out);

/* How many need a look. */
MUST_CHECK struct err *webhook_find_troubles(struct ctx *c, struct webhook_troubles *out);

/* The endpoint as API and events show it: never a secret. The members alone, for an answer that has more. */
void webhook_to_json(struct json_out *j, const char *name, const struct webhook *webhook);
void webhook_members_to_json(struct json_out *j, const struct webhook *webhook);

/* How far it is: *head, the last number of the feed. */
MUST_CHECK struct err *webhook_status(
	struct ctx *c, int64_t id, struct webhook *out, int64_t *head);
void webhook_status_to_json(struct json_out *j, const struct webhook *webhook, int64_t head);

/* ---- deliveries ---- */

/* Asks the sender for an event that is in no feed, or for what was sent before. ERR_CONFLICT: too many wait. *out: the
 * new delivery, as it waits. */
MUST_CHECK struct err *webhook_test(struct ctx *c, int64_t id, struct delivery *out);
MUST_CHECK struct err *webhook_redeliver(struct ctx *c, int64_t delivery, struct delivery *out);
/* Newest first. ERR_NOT_FOUND for an endpoint that is not there. */
MUST_CHECK struct err *webhook_deliveries(
	struct ctx *c, const struct delivery_filter *f, struct delivery_rows *out);
/* ERR_NOT_FOUND. *hidden: the endpoint gets what whoever asks may not see, so bodies are left out. */
MUST_CHECK struct err *webhook_delivery_read(
	struct ctx *c, int64_t delivery, struct delivery *out, bool *hidden);
/* All of it, or without headers and bodies. */
void webhook_delivery_to_json(
	struct json_out *j, const char *name, const struct delivery *d, bool all, bool hidden);

/* The secrets with which it is signed now, in the arena; old STR_NONE: there is none. */
MUST_CHECK struct err *webhook_secrets(struct ctx *c, const struct webhook_config *config,
	const struct webhook *webhook, struct str *secret, struct str *old);

#endif
