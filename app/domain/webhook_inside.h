/*
 * webhook_inside: shared by webhook.c, webhook_check.c and webhook_delivery.c alone.
 */
#ifndef BINCARD_DOMAIN_WEBHOOK_INSIDE_H
#define BINCARD_DOMAIN_WEBHOOK_INSIDE_H

#include "domain/webhook.h"

struct err *webhook_not_found(struct ctx *c);
/* Whoever has an endpoint sent something has to have all that it gets: ERR_FORBIDDEN. */
MUST_CHECK struct err *webhook_may(struct ctx *c, const struct webhook *webhook);
/* Takes over what the input says; permissions are those that whoever asks has, and the types need. */
MUST_CHECK struct err *webhook_check_input(struct ctx *c, const struct webhook_config *config,
	const struct webhook_input *in, struct webhook *webhook);

/* What one needs to see all of an event of this type. */
perm_set webhook_type_needs(struct str type);

#endif
