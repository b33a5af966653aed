/*
 * client_inside: what client.c and client_key.c share.
 */
#ifndef BINCARD_DOMAIN_CLIENT_INSIDE_H
#define BINCARD_DOMAIN_CLIENT_INSIDE_H

#include "domain/client.h"

MUST_CHECK struct err *client_lookup(
	struct ctx *c, struct str client_id, struct client *out, bool *found);
/* ERR_NOT_FOUND. */
MUST_CHECK struct err *client_find(struct ctx *c, struct str client_id, struct client *out);
/* change_record() with the client as events show it. */
MUST_CHECK struct err *client_record(struct ctx *c, const char *type, const struct client *client);

#endif
