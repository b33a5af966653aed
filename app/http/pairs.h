/*
 * pairs: percent-encoding, for the files of http/ alone; others use http_parse_pairs (request.h)
 * and http_escape (response.h).
 */
#ifndef BINCARD_HTTP_PAIRS_H
#define BINCARD_HTTP_PAIRS_H

#include <stdbool.h>

#include "http/request.h"
#include "http/response.h"

/* Decodes %XX once, and '+' to a space when asked. Text without either is returned as it is,
 * without a copy. False on an escape that is not two hexadecimal digits. Does not look at UTF-8. */
bool http_unescape(struct arena *a, struct str s, bool plus_is_space, struct str *out);

#endif
