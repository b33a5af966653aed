/*
 * caller: with what readers have signed in: a cookie or a token, each once however many streams it has. It is looked
 * at again and again, so that a stream ends when what it was begun with ends.
 */
#ifndef BINCARD_FEED_CALLER_H
#define BINCARD_FEED_CALLER_H

#include "base/digest.h"
#include "web/app.h"

#define CALLER_CHECK_US INT64_C(3000000)
#define CALLER_UNSURE_MOST 5 /* looks in turn that did not tell */
#define CALLER_CHECKS_AT_ONCE 30 /* in a tenth of a second: each asks the database */

struct caller {
	struct caller *next;
	unsigned char hash[DIGEST_BYTES];
	bool bearer;
	char *credential; /* the value of Authorization or Cookie */
	size_t credential_bytes;
	char actor[48];
	unsigned streams;
	int64_t check_at_us;
	unsigned unsure; /* looks since the last that told */
	/* As of the last look. */
	perm_set permissions;
	struct limits limits;
	bool ended; /* he is nobody any more */
	bool changed; /* he may see something else than when he came: he has to come anew */
};

/* In the order in which they are looked at again: however many there are, each has its turn. */
struct callers {
	struct caller *first, *last;
	uint64_t generation; /* of the host's memory, at the last look */
};

/* The caller of this request, which `who` has made, for one stream more: never one that has `ended` or `changed`,
 * which is not looked at again. NULL when whoever it is has `most` streams already, in whatever way he signed in. */
struct caller *callers_join(
	struct callers *all, const struct request *rq, const struct principal *who, unsigned most);
void callers_leave(struct callers *all, struct caller *c);
/* As a principal; it points into the caller. */
void caller_who(const struct caller *c, struct principal *who);

/* Looks at those that are due, or at all when something was ended on this host; a few at a time. The
 * arena is reset between them. True when one of them has `ended` or `changed`. */
bool callers_check(struct callers *all, struct app *app, struct arena *a, int64_t now_us);

#endif
