/*
 * key: the turns of the keys that sign access tokens. A key is published KEY_LEAD_S before it signs,
 * so that whoever keeps a copy of jwks.json knows it by then; the one before it stays published until
 * the last token that it may have signed has ended.
 */
#ifndef BINCARD_DOMAIN_KEY_H
#define BINCARD_DOMAIN_KEY_H

#include "domain/ctx.h"
#include "store/key_store.h"

/* jwks.json may be kept for 5 minutes, and a worker reads the keys once a minute. */
#define KEY_LEAD_S 900
#define KEY_TOKEN_S_MAX 86400 /* no setting gives a token a longer life */

/* Makes the key that signs next; *kid is its name. ERR_CONFLICT while too many are published. */
MUST_CHECK struct err *key_rotate(struct ctx *c, const char *master_key_file, struct str *kid);
/* The same, when the newest key is so many days old; *kid is STR_NONE when it is not. Safe when many
 * do it at once. */
MUST_CHECK struct err *key_rotate_due(
	struct ctx *c, const char *master_key_file, int days, struct str *kid);
/* Those that are published; the one that signs last comes first. */
MUST_CHECK struct err *key_list(struct ctx *c, struct key_rows *out);

#endif
