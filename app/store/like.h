/*
 * like: patterns for LIKE ... ESCAPE '!'.
 */
#ifndef BINCARD_STORE_LIKE_H
#define BINCARD_STORE_LIKE_H

#include "base/str.h"

/* A pattern that matches what contains `s`, taken literally; STR_NONE gives STR_NONE. */
struct str like_contains(struct arena *a, struct str s);

#endif
