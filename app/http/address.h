/*
 * address: from which IP address a request comes.
 */
#ifndef BINCARD_HTTP_ADDRESS_H
#define BINCARD_HTTP_ADDRESS_H

#include "base/network.h"
#include "http/request.h"

/* The peer's address; or, when the peer is a trusted proxy, the last one in X-Forwarded-For that is
 * not trusted. What cannot be read there ends the search. STR_NONE when there are two such headers: one of
 * them is the client's own, and nobody can tell which. The text is in canonical form, except that of a peer which is
 * no address. */
struct str address_of_client(const struct request *rq, const struct networks *trusted);

/* What rate limits count by: an IPv4 address, or the /64 of an IPv6 one, since a single host has the
 * whole of that. */
struct str address_rate_name(struct arena *a, struct str address);

#endif
