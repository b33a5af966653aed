#include "http/address.h"

#include <string.h>

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
	struct address at, next;
	struct str list;

	if (!address_parse(rq->remote_addr, &at))
		return rq->remote_addr;
	if (networks_have(trusted, &at)) {
		if (!forwarded_for(rq, &list))
			return STR_NONE;
		while (list.n && address_parse(last_element(&list), &next)) {
			at = next;
			if (!networks_have(trusted, &at))
				break;
		}
	}
	return address_format(rq->arena, &at);
}

struct str address_rate_name(struct arena *a, struct str address)
{
	struct address parsed = {{0}};
	size_t n = sizeof(parsed.bytes);

	if (!address_parse(address, &parsed))
		return STR("");
	if (!address_is_v4(&parsed))
		n = 8;
	return str_copy(a, (struct str){(const char *)parsed.bytes, n});
}
