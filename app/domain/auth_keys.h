/*
 * auth_keys: the signing keys of the database, as this process holds them: public keys parsed, and
 * the private key of the newest active one, which signs.
 */
#ifndef BINCARD_DOMAIN_AUTH_KEYS_H
#define BINCARD_DOMAIN_AUTH_KEYS_H

#include "domain/ctx.h"
#include "domain/token_key.h"

#define AUTH_KEYS_MAX 16
#define AUTH_KEYS_RELOAD_S 5 /* an unknown kid makes the keys be read again, but not more often */
#define AUTH_PRIVATE_PEM_MAX 512

struct auth_keys {
	struct token_key *keys[AUTH_KEYS_MAX];
	size_t n;
	char signing_kid[TOKEN_KID_MAX + 1];
	char private_pem[AUTH_PRIVATE_PEM_MAX];
	size_t private_bytes; /* 0: none loaded */
	int64_t loaded_us; /* monotonic */
};

/* Reads all keys anew; makes one when none is active. */
MUST_CHECK struct err *auth_keys_load(
	struct auth_keys *keys, struct ctx *c, const char *master_key_file);
/* The same, unless that was done a moment ago. */
MUST_CHECK struct err *auth_keys_reload(
	struct auth_keys *keys, struct ctx *c, const char *master_key_file);

/* Forgets all of them. */
void auth_keys_free(struct auth_keys *keys);

#endif
