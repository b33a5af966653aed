/*
 * check: collects every mistake of an input before it is answered. A domain function trusts no
 * caller: what a form has checked is checked here too, because imports and commands have no form.
 *
 *	struct check k = check_begin(c);
 *	check_text(&k, "/name", in->name, ITEM_NAME_MAX, CHECK_LINE);
 *	...
 *	TRY(check_end(&k));
 */
#ifndef BINCARD_DOMAIN_CHECK_H
#define BINCARD_DOMAIN_CHECK_H

#include "base/err.h"
#include "domain/ctx.h"

struct check {
	struct arena *arena;
	struct err *mistakes; /* of the ctx */
	struct err *err; /* what was found since; NULL: nothing */
	unsigned duplicates; /* how many of the wrong fields clash with what is stored */
};

enum check_kind {
	CHECK_CODE, /* typed or scanned: no control characters, no white space at the ends, not
		       empty */
	CHECK_LINE, /* one line, not blank */
	CHECK_MULTILINE, /* may be empty, may hold tab and newline */
};

/* Includes c->mistakes. */
struct check check_begin(const struct ctx *c);
/* An absent text is fine: whether it may be absent is the caller's to say (check_needed). */
void check_text(
	struct check *k, const char *pointer, struct str s, size_t max, enum check_kind kind);
void check_needed(struct check *k, const char *pointer, struct str s);
__attribute__((format(printf, 4, 5))) void check_wrong(
	struct check *k, const char *pointer, const char *code, const char *fmt, ...);
/* What is stored already has this value. */
__attribute__((format(printf, 3, 4))) void check_duplicate(
	struct check *k, const char *pointer, const char *fmt, ...);
/* NULL, ERR_DUPLICATE when nothing but duplicates was found, else ERR_INVALID. */
MUST_CHECK struct err *check_end(struct check *k);

/* After a key refused what the checks had let pass: somebody else was quicker to take a value, or to
 * delete what is referred to. Runs the change again (domain/change.h), whose checks then see it. Other errors are handed on. */
MUST_CHECK struct err *check_again(struct err *e);

/* ERR_PRECONDITION unless `wanted` is 0 or the version that is there. */
MUST_CHECK struct err *check_version(struct arena *a, int64_t wanted, int64_t there);

#endif
