/*
 * agent: a browser in words, from its User-Agent header: "Firefox on Linux". For people who look
 * through their sessions; nothing is decided by it, and the header itself is not kept.
 */
#ifndef BINCARD_DOMAIN_AGENT_H
#define BINCARD_DOMAIN_AGENT_H

#include "base/str.h"

#define AGENT_WORDS_MAX 64

/* Always one of a few dozen texts of ours, whatever is in the header. */
struct str agent_words(struct arena *a, struct str user_agent);

#endif
