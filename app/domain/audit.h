/*
 * audit: who changed what, and who came in (docs/decisions/0005-audit.md).
 *
 * What changes a resource ends with change_record() or change_record_from() (domain/change.h), which
 * write its entry; only what is no such change calls audit_record() itself.
 */
#ifndef BINCARD_DOMAIN_AUDIT_H
#define BINCARD_DOMAIN_AUDIT_H

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/audit_store.h"

struct audit_note {
	struct str resource, action; /* "item", "updated" */
	struct str resource_id; /* STR_NONE: none in particular */
	/* The resource as the API shows it: never with a secret. STR_NONE: was not there, is gone. */
	struct str before, after;
	/* Who, when it is not c->who. */
	struct str actor, actor_name;
};

/* Inside the transaction of the change (asserted). Without c->who it was the system itself. */
MUST_CHECK struct err *audit_record(struct ctx *c, const struct audit_note *note);

/* What nobody who is known did: a sign-in that failed, a refused token. Outside of a transaction; over
 * the measure of an hour, which each action has for itself, nothing is written. */
#define AUDIT_FAILURES_S 3600
#define AUDIT_FAILURES_NETWORK 60 /* an IPv4 address, or the /64 of an IPv6 one */
#define AUDIT_FAILURES_ALL 1000
MUST_CHECK struct err *audit_failure(struct ctx *c, const char *resource, int64_t resource_id,
	const char *action, struct str name);

/* {"name": {"before": ..., "after": ...}}: the members in which two JSON objects differ, either of which
 * may be STR_NONE. Left out: what follows from others, and whatever may be a secret. */
MUST_CHECK struct err *audit_changes(
	struct arena *a, struct str before, struct str after, struct str *out);

/* "user:7" and its kin go to filter->actor, other text to filter->actor_name. */
void audit_filter_actor(struct audit_filter *f, struct str actor);
MUST_CHECK struct err *audit_list(
	struct ctx *c, const struct audit_filter *f, struct audit_rows *out);
MUST_CHECK struct err *audit_each(
	struct ctx *c, const struct audit_filter *f, audit_visit_fn *visit, void *arg);
void audit_to_json(struct json_out *j, const struct audit_entry *e);

/* By the owner's account, which alone may: deletes what is older than `days`, in steps that each leave
 * an entry. *gone counts also when an error ends it. */
MUST_CHECK struct err *audit_prune(struct ctx *c, int days, int64_t *gone);

#endif
