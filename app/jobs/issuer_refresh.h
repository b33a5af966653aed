/*
 * issuer_refresh: asks other issuers, and the provider of single sign-on, for their keys before those that are
 * known are old, so that no request waits for it, and a key that was withdrawn is soon refused.
 */
#ifndef BINCARD_JOBS_ISSUER_REFRESH_H
#define BINCARD_JOBS_ISSUER_REFRESH_H

#include <signal.h>

#include "domain/auth.h"
#include "domain/sso.h"

MUST_CHECK struct err *issuer_refresh_run(struct db *db, struct arena *a,
	const struct auth_config *auth, const struct sso_config *sso,
	const volatile sig_atomic_t *stop);

#endif
