/*
 * user_store: rows of user, user_role and invitation.
 */
#ifndef BINCARD_STORE_USER_STORE_H
#define BINCARD_STORE_USER_STORE_H

#include "db/db.h"

/* A role that a user has, everywhere or at a location with all below it. */
struct user_role {
	int64_t role_id;
	struct str name, permissions;
	int64_t location_id; /* 0: everywhere */
	struct str location; /* its code; STR_NONE: everywhere */
	bool second_factor; /* the role needs one */
};

struct user {
	int64_t id;
	struct str name, display_name;
	struct str password_hash; /* "": none yet; never shown */
	bool active;
	bool password_due; /* nothing can be done before it is changed */
	int64_t version;
	time_us created_at, updated_at;
	bool second_factor; /* there is one, and it is asked for */
	struct user_role *roles; /* user_store_roles() fills them */
	size_t role_count;
};

struct user_rows {
	struct user *rows;
	size_t n;
};

struct user_filter {
	struct str q; /* in the name or the display name */
	const char *status; /* NULL: any */
	struct str role; /* STR_NONE: any */
	struct str after_name; /* of the last one seen; STR_NONE: from the first */
	int limit;
};

/* *found false when there is none. Names compare by language rules: "Ann" is "ann". */
MUST_CHECK struct err *user_store_by_name(
	struct db *db, struct arena *a, struct str name, struct user *out, bool *found);
/* The hash of somebody who has a password, chosen by the text; "" when nobody has one. */
MUST_CHECK struct err *user_store_stand_in(
	struct db *db, struct arena *a, struct str text, struct str *password_hash);
MUST_CHECK struct err *user_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct user *out, bool *found);
/* Who somebody at a provider of single sign-on is here; inside a transaction. */
MUST_CHECK struct err *user_store_lock_identity(struct db *db, struct arena *a, struct str issuer,
	struct str subject, struct user *out, bool *found);
/* Inside a transaction. */
MUST_CHECK struct err *user_store_lock(
	struct db *db, struct arena *a, int64_t id, struct user *out, bool *found);
/* By name. */
MUST_CHECK struct err *user_store_page(
	struct db *db, struct arena *a, const struct user_filter *f, struct user_rows *out);
/* Of n users. */
MUST_CHECK struct err *user_store_roles(
	struct db *db, struct arena *a, struct user *users, size_t n);
MUST_CHECK struct err *user_store_add(
	struct db *db, struct arena *a, const struct user *u, int64_t *id);
/* Of `u`: display_name, where id and version are u's. */
MUST_CHECK struct err *user_store_update(
	struct db *db, struct arena *a, const struct user *u, bool *done);
/* u->roles in place of those that were there. */
MUST_CHECK struct err *user_store_set_roles(struct db *db, struct arena *a, const struct user *u);
MUST_CHECK struct err *user_store_set_active(
	struct db *db, struct arena *a, int64_t id, bool active);
MUST_CHECK struct err *user_store_set_password(
	struct db *db, struct arena *a, int64_t id, struct str password_hash);
MUST_CHECK struct err *user_store_set_password_due(struct db *db, struct arena *a, int64_t id);
/* Puts a new hash of the same password in place of `old`; *done false when it is not there any
 * more. */
MUST_CHECK struct err *user_store_rehash(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done);
/* Puts `fresh` in place of `old`; *done false when that is not the password any more, or the user is
 * disabled. */
MUST_CHECK struct err *user_store_change_password(
	struct db *db, struct arena *a, int64_t id, struct str old, struct str fresh, bool *done);
/* The same bytes for all names that compare as the same, whether a user has them or not. */
MUST_CHECK struct err *user_store_name_weight(
	struct db *db, struct arena *a, struct str name, struct str *weight);
/* Something that belongs to the user was changed. */
MUST_CHECK struct err *user_store_touch(struct db *db, struct arena *a, int64_t id);

/* What those may everywhere who can manage users everywhere, and can sign in by a password or by this issuer
 * (STR_NONE: none): a row for each role, those of a user together. */
struct user_may {
	int64_t user_id;
	struct str permissions;
};
MUST_CHECK struct err *user_store_administrators(struct db *db, struct arena *a, bool passwords,
	struct str issuer, struct user_may **out, size_t *n);

/* ---- links by which users choose a password: one at most for each ---- */

MUST_CHECK struct err *invitation_store_put(
	struct db *db, struct arena *a, int64_t user_id, struct str token_hash, int life_s);
/* *expires_at TIME_NONE when there is none that can be used. */
MUST_CHECK struct err *invitation_store_of_user(
	struct db *db, struct arena *a, int64_t user_id, time_us *expires_at);
/* The active user whom a link that can be used is for. */
MUST_CHECK struct err *invitation_store_user(
	struct db *db, struct arena *a, struct str token_hash, struct user *out, bool *found);
/* *used false when it was used before, is too old or void. */
MUST_CHECK struct err *invitation_store_use(
	struct db *db, struct arena *a, struct str token_hash, bool *used);
MUST_CHECK struct err *invitation_store_end(struct db *db, struct arena *a, int64_t user_id);
MUST_CHECK struct err *invitation_store_end_of_role(
	struct db *db, struct arena *a, int64_t role_id);

#endif
