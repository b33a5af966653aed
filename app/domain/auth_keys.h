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
#define AUTH_KEYS_REFRESH_S 60 /* whoever signs or publishes reads them so often */
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

/* The same, when that was not done for AUTH_KEYS_REFRESH_S. */
MUST_CHECK struct err *auth_keys_refresh(
	struct auth_keys *keys, struct ctx *c, const char *master_key_file);

/* Stores a new key that signs lead_s from now on. The caller holds auth_keys_lock(). */
MUST_CHECK struct err *auth_keys_make(
	struct ctx *c, const char *master_key_file, int lead_s, struct str *kid);
/* One process at a time makes keys. ERR_UNAVAILABLE when another does for long. */
MUST_CHECK struct err *auth_keys_lock(struct ctx *c);
void auth_keys_unlock(struct ctx *c);

/* Forgets all of them. */
void auth_keys_free(struct auth_keys *keys);

#endif
