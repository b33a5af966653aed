#include "http/address.h"

#include <arpa/inet.h>
#include <string.h>

#define V4_BITS 96 /* of the prefix ::ffff:0:0 */
#define SEPARATORS " \t,"

static const unsigned char v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const unsigned char bytes[static 16])
{
	return memcmp(bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

static bool parse(struct str s, unsigned char bytes[static 16])
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memcpy(bytes, v4_prefix, sizeof(v4_prefix));
	return inet_pton(AF_INET, text, bytes + sizeof(v4_prefix)) == 1 ||
		inet_pton(AF_INET6, text, bytes) == 1;
}

static struct str format(struct arena *a, const unsigned char bytes[static 16])
{
	char text[INET6_ADDRSTRLEN];

	if (is_v4(bytes))
		inet_ntop(AF_INET, bytes + sizeof(v4_prefix), text, sizeof(text));
	else
		inet_ntop(AF_INET6, bytes, text, sizeof(text));
	return str_copy(a, str_of(text));
}

/* ---- networks ---- */

/* Bits behind the prefix are a mistake: 192.0.2.7/24 says two things. */
static bool is_clean(const struct network *n)
{
	for (unsigned bit = n->bits; bit < 128; bit++)
		if (n->bytes[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

static bool parse_network(struct str text, struct network *out)
{
	struct str bits, address = str_cut(text, '/', &bits);
	int64_t n;
	unsigned most;

	if (!parse(address, out->bytes))
		return false;
	most = memchr(address.p, ':', address.n) ? 128 : 32;
	out->bits = 128;
	if (!bits.p)
		return true;
	if (!str_to_int(bits, &n) || n < 0 || n > most)
		return false;
	out->bits = (unsigned)n + (most == 32 ? V4_BITS : 0);
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

static bool holds(const struct network *n, const unsigned char bytes[static 16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	unsigned mask = 0xff00u >> rest & 0xff;

	return memcmp(n->bytes, bytes, whole) == 0 &&
		(rest == 0 || ((n->bytes[whole] ^ bytes[whole]) & mask) == 0);
}

static bool is_trusted(const struct networks *trusted, const unsigned char bytes[static 16])
{
	for (size_t i = 0; i < trusted->n; i++)
		if (holds(&trusted->list[i], bytes))
			return true;
	return false;
}

/* ---- who is behind the proxies ---- */

/* Some proxies add a port: 192.0.2.1:4711, [2001:db8::1]:4711. */
static struct str without_port(struct str s)
{
	const char *end;

	if (s.n && s.p[0] == '[') {
		end = memchr(s.p, ']', s.n);
		return end ? (struct str){s.p + 1, (size_t)(end - s.p) - 1} : s;
	}
	end = s.n ? memchr(s.p, ':', s.n) : NULL;
	if (end && !memchr(end + 1, ':', s.n - (size_t)(end - s.p) - 1))
		return (struct str){s.p, (size_t)(end - s.p)};
	return s;
}

static struct str last_element(struct str *list)
{
	size_t at = list->n;
	struct str last;

	while (at && list->p[at - 1] != ',')
		at--;
	last = (struct str){list->p + at, list->n - at};
	list->n = at ? at - 1 : 0;
	return without_port(str_trim(last));
}

/* STR_NONE when there is none; false when there is more than one. */
static bool forwarded_for(const struct request *rq, struct str *found)
{
	*found = STR_NONE;
	for (const struct http_pair *h = rq->headers; h; h = h->next) {
		if (!str_is(h->name, "x-forwarded-for"))
			continue;
		if (found->p)
			return false;
		*found = h->value;
	}
	return true;
}

struct str address_of_client(const struct request *rq, const struct networks *trusted)
{
	unsigned char at[16], next[16];
	struct str list;

	if (!parse(rq->remote_addr, at))
		return rq->remote_addr;
	if (trusted->n && is_trusted(trusted, at)) {
		if (!forwarded_for(rq, &list))
			return STR_NONE;
		while (list.n && parse(last_element(&list), next)) {
			memcpy(at, next, sizeof(at));
			if (!is_trusted(trusted, at))
				break;
		}
	}
	return format(rq->arena, at);
}

struct str address_rate_name(struct arena *a, struct str address)
{
	unsigned char bytes[16] = {0};
	size_t n = sizeof(bytes);

	if (!parse(address, bytes))
		return STR("");
	if (!is_v4(bytes))
		n = 8;
	return str_copy(a, (struct str){(const char *)bytes, n});
}
