/*
 * session_store: rows of session. The cookie's value itself is nowhere: rows are found by its
 * SHA-256.
 */
#ifndef BINCARD_STORE_SESSION_STORE_H
#define BINCARD_STORE_SESSION_STORE_H

#include "db/db.h"

struct session_role {
	struct str permissions; /* as in a scope */
	int64_t location_id; /* 0: everywhere */
};

struct session {
	int64_t id;
	int64_t user_id;
	struct str user_name;
	bool user_active;
	time_us created_at, seen_at, expires_at;
	struct session_role *roles;
	size_t role_count;
	bool sso; /* begun by single sign-on */
	bool needs_second_factor; /* one of the roles does */
	bool has_second_factor; /* of ours; in single sign-on: one was proved there */
	bool password_due; /* must be changed */
	time_us now; /* by the database's clock, which all hosts share */
	struct str address, browser; /* in lists */
};

struct session_rows {
	struct session *rows;
	size_t n;
};

/* What a new session begins with. */
struct session_start {
	struct str token_hash;
	struct str password_hash; /* the one that was checked */
	struct str address, browser;
	int64_t user_id;
	int life_s;
	bool second_factor; /* one was proved, or whoever signs in is asked for none */
};

MUST_CHECK struct err *session_store_by_hash(
	struct db *db, struct arena *a, struct str hash, struct session *out, bool *found);
/* The user for whom a client acts, as the session that he allowed it in: id is the family's, which has not
 * ended. client_id is ASCII. */
MUST_CHECK struct err *session_store_by_family(struct db *db, struct arena *a, int64_t family_id,
	struct str client_id, struct session *out, bool *found);
/* *added false when the user is disabled, the password is another by now, or there is a second factor that
 * was not proved. */
MUST_CHECK struct err *session_store_add(
	struct db *db, struct arena *a, const struct session_start *start, bool *added);
/* Up to `limit` of a user's sessions with a smaller id, newest first, that were used in the last idle_s
 * seconds. */
MUST_CHECK struct err *session_store_page(struct db *db, struct arena *a, int64_t user_id,
	int64_t before_id, int idle_s, int limit, struct session_rows *out);
/* *ended false when the user has no such session. */
MUST_CHECK struct err *session_store_end_one(
	struct db *db, struct arena *a, int64_t user_id, int64_t id, bool *ended);
MUST_CHECK struct err *session_store_end_others(
	struct db *db, struct arena *a, int64_t user_id, int64_t id);
MUST_CHECK struct err *session_store_seen(struct db *db, struct arena *a, struct str hash);
/* A session that single sign-on has begun: whether a second factor was proved there, and the ID token for signing
 * out there; STR_NONE: without. */
MUST_CHECK struct err *session_store_by_sso(struct db *db, struct arena *a, struct str hash,
	bool second_factor, struct str id_token_sealed);
MUST_CHECK struct err *session_store_sso(
	struct db *db, struct arena *a, struct str hash, bool *sso, struct str *id_token_sealed);
/* *ended false when it is not there. */
MUST_CHECK struct err *session_store_end(
	struct db *db, struct arena *a, struct str hash, bool *ended);
/* And sign-ins that wait for a second factor, and what apps were given. */
MUST_CHECK struct err *session_store_end_all(struct db *db, struct arena *a, int64_t user_id);
/* Of all who have a role, but for one user. */
MUST_CHECK struct err *session_store_end_of_role(
	struct db *db, struct arena *a, int64_t role_id, int64_t but_user_id);
/* Deletes some of those that are over. */
MUST_CHECK struct err *session_store_prune(struct db *db, struct arena *a);

#endif
