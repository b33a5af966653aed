/*
 * session: the sessions of whoever asks. Nobody sees or ends another's here.
 */
#ifndef BINCARD_DOMAIN_SESSION_H
#define BINCARD_DOMAIN_SESSION_H

#include "base/json_out.h"
#include "domain/auth.h"
#include "store/session_store.h"

/* Newest first, those with a smaller id than before_id (0: from the newest), up to `limit`. */
MUST_CHECK struct err *session_list(
	struct auth *auth, struct ctx *c, int64_t before_id, int limit, struct session_rows *out);
/* ERR_NOT_FOUND for a session that is not there or is another's. */
MUST_CHECK struct err *session_end(struct auth *auth, struct ctx *c, int64_t id);
/* All but the one that asks. */
MUST_CHECK struct err *session_end_others(struct auth *auth, struct ctx *c);

void session_to_json(struct json_out *j, const struct ctx *c, const struct session *s);

#endif
