#include "base/network.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#define SEPARATORS " \t,"

static const unsigned char v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

bool address_is_v4(const struct address *address)
{
	return memcmp(address->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool address_parse(struct str s, struct address *out)
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memcpy(out->bytes, v4_prefix, sizeof(v4_prefix));
	return inet_pton(AF_INET, text, out->bytes + sizeof(v4_prefix)) == 1 ||
		inet_pton(AF_INET6, text, out->bytes) == 1;
}

struct str address_format(struct arena *a, const struct address *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address_is_v4(address))
		inet_ntop(AF_INET, address->bytes + sizeof(v4_prefix), text, sizeof(text));
	else
		inet_ntop(AF_INET6, address->bytes, text, sizeof(text));
	return str_copy(a, str_of(text));
}

/* ---- networks ---- */

/* Bits behind the prefix are a mistake: 192.0.2.7/24 says two things. */
static bool is_clean(const struct network *n)
{
	for (unsigned bit = n->bits; bit < 128; bit++)
		if (n->address.bytes[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

static bool parse_network(struct str text, struct network *out)
{
	struct str bits, address = str_cut(text, '/', &bits);
	int64_t n;
	unsigned most;

	if (!address_parse(address, &out->address))
		return false;
	most = memchr(address.p, ':', address.n) ? 128 : 32;
	out->bits = 128;
	if (!bits.p)
		return true;
	if (!str_to_int(bits, &n) || n < 0 || n > most)
		return false;
	out->bits = (unsigned)n + (most == 32 ? NETWORK_V4_BITS : 0);
	return is_clean(out);
}

static bool is_separator(char c)
{
	return c && strchr(SEPARATORS, c);
}

bool networks_parse(struct str text, struct networks *out, struct str *bad)
{
	size_t i = 0;

	out->n = 0;
	while (i < text.n) {
		size_t begin = i;

		while (i < text.n && !is_separator(text.p[i]))
			i++;
		*bad = (struct str){text.p + begin, i - begin};
		if (bad->n &&
			(out->n == NETWORKS_MAX || !parse_network(*bad, &out->list[out->n++])))
			return false;
		i++;
	}
	return true;
}

static bool holds(const struct network *n, const struct address *address)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	unsigned mask = 0xff00u >> rest & 0xff;

	return memcmp(n->address.bytes, address->bytes, whole) == 0 &&
		(rest == 0 || ((n->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0);
}

bool networks_have(const struct networks *networks, const struct address *address)
{
	for (size_t i = 0; i < networks->n; i++)
		if (holds(&networks->list[i], address))
			return true;
	return false;
}

/* ---- the public Internet ---- */

/* What the registries of special addresses have (RFC 6890 and its followers). Of IPv6 only 2000::/3 is given
 * out; 2001::/23 and 2002::/16 lead to IPv4 addresses and the like. */
static const char special_v4[] =
	"0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
	"192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
	"224.0.0.0/4 240.0.0.0/4";
static const char special_v6[] = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

static bool is_among(const char *list, const struct address *address)
{
	struct networks networks;
	struct str bad;
	bool read = networks_parse(str_of(list), &networks, &bad);

	assert(read);
	return networks_have(&networks, address);
}

bool address_is_public(const struct address *address)
{
	if (address_is_v4(address))
		return !is_among(special_v4, address);
	return (address->bytes[0] & 0xe0) == 0x20 && !is_among(special_v6, address);
}
