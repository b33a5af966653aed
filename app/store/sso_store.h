/*
 * sso_store: rows of user_identity and sso_sign_in: who staff are at the provider, and sign-ins that are
 * under way there.
 */
#ifndef BINCARD_STORE_SSO_STORE_H
#define BINCARD_STORE_SSO_STORE_H

#include "store/user_store.h"

MUST_CHECK struct err *sso_store_begin(
	struct db *db, struct arena *a, struct str hash, struct str target, int life_s);
/* Uses it up. *found false when it is not there any more, or is over. */
MUST_CHECK struct err *sso_store_take(
	struct db *db, struct arena *a, struct str hash, struct str *target, bool *found);
/* Deletes some of those that are over. */
MUST_CHECK struct err *sso_store_prune(struct db *db, struct arena *a);

/* Locks the user. */
MUST_CHECK struct err *sso_store_user(struct db *db, struct arena *a, struct str issuer,
	struct str subject, struct user *out, bool *found);
/* ERR_DB_DUPLICATE_KEY: the identity is another user's, or the user has one already. */
MUST_CHECK struct err *sso_store_add_identity(
	struct db *db, struct arena *a, int64_t user_id, struct str issuer, struct str subject);
/* *dropped false when there was none. */
MUST_CHECK struct err *sso_store_drop_identity(
	struct db *db, struct arena *a, int64_t user_id, bool *dropped);
MUST_CHECK struct err *sso_store_identity_of(struct db *db, struct arena *a, int64_t user_id,
	struct str *issuer, struct str *subject, bool *found);

/* "clerk, viewer", as struct user has it; *second_factor tells whether one of them needs one. */
MUST_CHECK struct err *sso_store_roles(
	struct db *db, struct arena *a, int64_t user_id, struct str *roles, bool *second_factor);
/* Whether anybody may manage users; locks one who may. */
MUST_CHECK struct err *sso_store_administrator(struct db *db, struct arena *a, bool *there);
MUST_CHECK struct err *sso_store_drop_roles(struct db *db, struct arena *a, int64_t user_id);

#endif
