/*
 * auth_inside: the inside of struct auth, for auth.c and auth_sign_in.c alone.
 */
#ifndef BINCARD_DOMAIN_AUTH_INSIDE_H
#define BINCARD_DOMAIN_AUTH_INSIDE_H

#include "domain/auth.h"
#include "domain/auth_cache.h"
#include "domain/auth_keys.h"

#define AUTH_COOKIE_RANDOM_BYTES 32
#define AUTH_HASH_TEXT_MAX 128

struct auth {
	const struct auth_config *config;
	struct auth_cache *cache;
	struct auth_keys keys;
	char dummy_hash[AUTH_HASH_TEXT_MAX]; /* of a password that nobody has; "" until the first
						sign-in */
};

/* Whether it has the form of a session's cookie. */
bool auth_is_cookie(struct arena *a, struct str cookie);

#endif
