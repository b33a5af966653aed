/*
 * client_inside: what client.c, client_key.c and auth share.
 */
#ifndef BINCARD_DOMAIN_CLIENT_INSIDE_H
#define BINCARD_DOMAIN_CLIENT_INSIDE_H

#include "domain/client.h"

MUST_CHECK struct err *client_lookup(
	struct ctx *c, struct str client_id, struct client *out, bool *found);
/* ERR_NOT_FOUND. */
MUST_CHECK struct err *client_find(struct ctx *c, struct str client_id, struct client *out);
/* change_record_from() with the client as events show it; before NULL: it is new. */
MUST_CHECK struct err *client_record(
	struct ctx *c, const char *type, const struct client *before, const struct client *client);
/* e, once the audit log has it that a client which there is was refused. */
MUST_CHECK struct err *client_refused(struct ctx *c, const struct client *client, struct err *e);

#endif
