/*
 * token_api: access tokens for API clients (RFC 6749 section 4.4) and the keys that check them.
 * Refusals are those of RFC 6749 section 5.2, not problem+json, because OAuth libraries expect
 * them.
 */
#ifndef BINCARD_WEB_TOKEN_API_H
#define BINCARD_WEB_TOKEN_API_H

#include "web/route.h"

extern const struct field token_fields[];

handler_fn token_api_make, token_api_keys;

#endif
