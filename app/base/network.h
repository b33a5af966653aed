/*
 * network: IP addresses and networks of them, and which addresses are those of the public Internet.
 */
#ifndef BINCARD_BASE_NETWORK_H
#define BINCARD_BASE_NETWORK_H

#include <stdbool.h>

#include "base/str.h"

#define NETWORKS_MAX 64
#define NETWORK_V4_BITS 96 /* of the prefix ::ffff:0:0 */

/* An IPv4 address is kept as ::ffff:a.b.c.d. */
struct address {
	unsigned char bytes[16];
};

struct network {
	struct address address;
	unsigned bits;
};

struct networks {
	struct network list[NETWORKS_MAX];
	size_t n;
};

/* False for what is no address. */
bool address_parse(struct str text, struct address *out);
struct str address_format(struct arena *a, const struct address *address);
bool address_is_v4(const struct address *address);
/* Neither private, nor of this host, this link or a group, nor set aside for anything else. */
bool address_is_public(const struct address *address);

/* "192.0.2.0/24 2001:db8::/32 ::1": addresses and networks, separated by blanks or commas. False
 * when *bad, a part of the text, is none, or one too many. */
bool networks_parse(struct str text, struct networks *out, struct str *bad);
bool networks_have(const struct networks *networks, const struct address *address);

#endif
