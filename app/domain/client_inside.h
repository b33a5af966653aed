/*
 * client_inside: what client.c, client_key.c and auth share.
 */
#ifndef BINCARD_DOMAIN_CLIENT_INSIDE_H
#define BINCARD_DOMAIN_CLIENT_INSIDE_H

#include "domain/client.h"

MUST_CHECK struct err *client_lookup(
	struct ctx *c, struct str client_id, struct client *out, bool *found);
/* The client at its id, locked, as it was; ERR_NOT_FOUND, ERR_PRECONDITION. */
MUST_CHECK struct err *client_lock(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *before);
/* The same of one that may be given something: ERR_CONFLICT when it is disabled, ERR_FORBIDDEN when it has
 * more than whoever asks. */
MUST_CHECK struct err *client_lock_active(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *before);
/* change_record_from() with the client as events show it, which *out then is. */
MUST_CHECK struct err *client_finish(
	struct ctx *c, const char *type, int64_t id, struct str before, struct client *out);
/* Puts the input into *client (id 0: a new one). ERR_INVALID with all that is wrong. */
MUST_CHECK struct err *client_check_input(
	struct ctx *c, const struct client_input *in, struct client *client);
/* e, once the audit log has it that a client which there is was refused. */
MUST_CHECK struct err *client_refused(struct ctx *c, const struct client *client, struct err *e);

#endif
