/*
 * ctx: what every domain function is called with: where to put things, which connection, who asks.
 * Made by web/dispatch.c for a request and by the sub-commands for themselves.
 */
#ifndef BINCARD_DOMAIN_CTX_H
#define BINCARD_DOMAIN_CTX_H

#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include "domain/permission.h"

enum principal_kind {
	PRINCIPAL_NONE,
	PRINCIPAL_USER,
	PRINCIPAL_CLIENT,
	PRINCIPAL_FOREIGN /* named by another issuer's token */,
	PRINCIPAL_SYSTEM
};

/* What a user must do before anything else; dispatch lets only routes with
 * ROUTE_OWING, or ROUTE_OWING_PASSWORD, which comes first, be reached. */
enum owes { OWES_SECOND_FACTOR = 1 << 0, OWES_PASSWORD = 1 << 1 };

/* Permissions within a location and all below it. */
struct grant {
	perm_set permissions;
	int64_t location_id;
};

/* What somebody may in some places only (domain/reach.h). */
#define LIMITS_MAX 32
struct limits {
	perm_set permissions; /* of all of these, and of nothing that is given everywhere */
	struct grant grants[LIMITS_MAX];
	size_t n;
};

struct principal {
	enum principal_kind kind;
	int64_t id;
	struct str name; /* for pages and logs */
	struct str actor; /* "user:7", "client:3", "foreign:9", "system": what is written down */
	struct str app; /* "client:3": the client that acts for the user; STR_NONE: none */
	perm_set permissions;
	const struct limits *limits; /* NULL: all of it everywhere */
	int64_t session; /* of a user: the id of the session that asks; 0: none */
	unsigned owes; /* of enum owes */
};

/* An Idempotency-Key: the record that makes a retry apply once commits with the effect.
 * domain/change.h and domain/ledger.h read and fill it; web/dispatch.c answers a replay. */
struct once {
	struct str key; /* STR_NONE: none given */
	unsigned char fingerprint[32]; /* SHA-256 of method, path and body */
	int status; /* what a first success answers: from the route's row */
	bool replayed; /* the key was known: the stored answer is below */
	int stored_status;
	struct str stored_body;
};

/* What staff come in by, as the configuration has it. */
struct ways_in {
	bool passwords;
	struct str issuer; /* of single sign-on; STR_NONE: there is none */
};

struct names; /* domain/names.h: SKUs and codes that this process has resolved */

struct ctx {
	struct arena *arena;
	struct db *db;
	const struct principal *who;
	struct once *once; /* never NULL; key may be STR_NONE */
	struct str request_id;
	struct str address; /* where the request came from; STR_NONE: the command line */
	struct str user_agent; /* STR_NONE: none */
	struct str traceparent; /* STR_NONE: none */
	bool watching; /* nobody is there, a page or a stream asks: the session is not used by this, and ends when it is idle */
	bool in_event_loop; /* others wait for it: no other server is asked for anything */
	struct names *names;
	struct ways_in ways_in;
	/* What is wrong with the input already, when it was read before the domain saw it. Whoever
	 * checks that input begins with these, adds what else is wrong, and refuses. NULL: nothing. */
	struct err *mistakes;
};

#endif
