/*
 * grant_store: what staff allow apps: rows of consent, authorization_code, grant_family, refresh_token.
 * Codes and tokens are found by their SHA-256.
 */
#ifndef BINCARD_STORE_GRANT_STORE_H
#define BINCARD_STORE_GRANT_STORE_H

#include "db/db.h"

struct grant_code {
	int64_t user_id, client_id;
	struct str user_name; /* as it is read */
	struct str scope, redirect_uri;
	struct str challenge;
	bool alive; /* not expired */
	int64_t family_id; /* 0: not used yet */
};

struct grant_refresh {
	int64_t family_id, user_id, client_id;
	struct str user_name;
	struct str scope; /* of the family */
	bool used;
	bool alive; /* neither it nor the family has expired */
	bool ended; /* the family has, or the user is disabled */
	time_us expires_at;
};

struct grant_consent {
	int64_t client_id; /* api_client.id */
	struct str client_name, scope;
	time_us updated_at;
};

struct grant_consent_rows {
	struct grant_consent *rows;
	size_t n;
};

/* *scope STR_NONE: none was given. */
MUST_CHECK struct err *grant_store_consent(struct db *db, struct arena *a, int64_t user_id,
	int64_t client_id, bool lock, struct str *scope);
MUST_CHECK struct err *grant_store_put_consent(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id, struct str scope);
MUST_CHECK struct err *grant_store_end_consent(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id, bool *ended);
MUST_CHECK struct err *grant_store_consents(
	struct db *db, struct arena *a, int64_t user_id, int limit, struct grant_consent_rows *out);

/* Locks a session and its user. *found false when it has ended, or the user is disabled. */
MUST_CHECK struct err *grant_store_lock_session(
	struct db *db, struct arena *a, int64_t session_id, int64_t user_id, bool *found);
/* Of the user whose session it is, and with what is known of how it was begun. */
MUST_CHECK struct err *grant_store_add_code(struct db *db, struct arena *a, int64_t session_id,
	struct str hash, const struct grant_code *code, int life_s);
MUST_CHECK struct err *grant_store_lock_code(
	struct db *db, struct arena *a, struct str hash, struct grant_code *out, bool *found);
MUST_CHECK struct err *grant_store_use_code(
	struct db *db, struct arena *a, struct str hash, int64_t family_id);
/* One that somebody has tried in vain. */
MUST_CHECK struct err *grant_store_drop_code(struct db *db, struct arena *a, struct str hash);

/* *id 0 when the user is not active, or has taken back what he allowed the client. */
MUST_CHECK struct err *grant_store_add_family(
	struct db *db, struct arena *a, struct str code_hash, int life_s, int64_t *id);
MUST_CHECK struct err *grant_store_end_family(struct db *db, struct arena *a, int64_t id);
/* Ends what a user has given a client, codes and families. user_id 0: all users; client_id 0: all clients. */
MUST_CHECK struct err *grant_store_end_given(
	struct db *db, struct arena *a, int64_t user_id, int64_t client_id);
/* Of all who have a role, but for one user. */
MUST_CHECK struct err *grant_store_end_given_of_role(
	struct db *db, struct arena *a, int64_t role_id, int64_t but_user_id);

MUST_CHECK struct err *grant_store_add_refresh(
	struct db *db, struct arena *a, struct str hash, int64_t family_id, int idle_s);
MUST_CHECK struct err *grant_store_refresh(struct db *db, struct arena *a, struct str hash,
	bool lock, struct grant_refresh *out, bool *found);
MUST_CHECK struct err *grant_store_use_refresh(struct db *db, struct arena *a, struct str hash);

#endif
