/*
 * password: what a password must be, and its hash (argon2id). How much memory and time a hash takes
 * stands in the configuration; a hash made with other values still works, and is made anew at the
 * next sign-in.
 */
#ifndef BINCARD_DOMAIN_PASSWORD_H
#define BINCARD_DOMAIN_PASSWORD_H

#include "base/err.h"
#include "domain/auth.h"

#define PASSWORD_MAX 1024 /* code points */

/* Adds a field error at `pointer` when the password is shorter than the configuration wants, too long,
 * not UTF-8, or a common one. What characters it is made of is up to whoever makes it. */
void password_check(struct err **e, const struct auth_config *config, struct arena *a,
	struct str password, const char *pointer);
/* Whether it is in our list of what guessers try first, whatever the case of its letters. */
bool password_is_common(struct str password);

MUST_CHECK struct err *password_hash(
	const struct auth_config *config, struct arena *a, struct str password, struct str *hash);
bool password_matches(struct str hash, struct str password);
bool password_is_old(const struct auth_config *config, struct str hash);

#endif
