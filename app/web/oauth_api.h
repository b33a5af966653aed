/*
 * oauth_api: what a client, or a service that was sent a token, does with it besides using it:
 * introspection (RFC 7662), revocation (RFC 7009); and the server's metadata (RFC 8414).
 */
#ifndef BINCARD_WEB_OAUTH_API_H
#define BINCARD_WEB_OAUTH_API_H

#include "web/route.h"

extern const struct field oauth_token_fields[];

handler_fn oauth_api_introspect, oauth_api_revoke, oauth_api_metadata;

#endif
