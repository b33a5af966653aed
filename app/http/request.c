/* The request's target, and look-ups by name. */
#include "http/request.h"

#include <assert.h>
#include <string.h>

#include "http/pairs.h"

static struct str find(const struct http_pair *pair, const char *name)
{
	size_t n = strlen(name);

	for (; pair; pair = pair->next) {
		if (pair->name.n == n && memcmp(pair->name.p, name, n) == 0)
			return pair->value;
	}
	return STR_NONE;
}

struct str request_header(const struct request *rq, const char *name)
{
	return find(rq->headers, name);
}

struct str request_address(const struct request *rq)
{
	struct str address = rq->remote_addr;

	if (!address.n || address.n > REQUEST_ADDRESS_MAX)
		return STR_NONE;
	for (size_t i = 0; i < address.n; i++)
		if (address.p[i] <= 0x20 || address.p[i] >= 0x7f)
			return STR_NONE;
	return address;
}

struct str request_query(const struct request *rq, const char *name)
{
	return find(rq->query, name);
}

/* "http://host/path" (RFC 9112 section 3.2.2) is the same as "/path". */
static struct str without_origin(struct str target)
{
	size_t scheme = str_starts(target, "http://") ? 7 : str_starts(target, "https://") ? 8 : 0;
	const char *path;

	if (!scheme)
		return target;
	path = memchr(target.p + scheme, '/', target.n - scheme);
	if (!path)
		return STR("/");
	return (struct str){path, target.n - (size_t)(path - target.p)};
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

/* An encoded slash would turn into a separator once the path is decoded, and name another resource
 * than the web server saw. */
static bool has_encoded_slash(struct str raw)
{
	for (size_t i = 0; i + 2 < raw.n; i++) {
		if (raw.p[i] == '%' && raw.p[i + 1] == '2' && (raw.p[i + 2] | 0x20) == 'f')
			return true;
	}
	return false;
}

static struct err *parse_path(struct request *rq, struct str raw)
{
	struct arena *a = rq->arena;

	if (!raw.n || raw.p[0] != '/')
		return err_new(a, ERR_BAD_REQUEST, "The path does not begin with a slash.");
	if (raw.n > (size_t)HTTP_PATH_MAX * 3)
		return err_new(a, ERR_BAD_REQUEST, "The path is too long.");
	if (has_encoded_slash(raw))
		return err_new(a, ERR_BAD_REQUEST, "The path holds an encoded slash.");
	if (!http_unescape(a, raw, false, &rq->path))
		return err_new(a, ERR_BAD_REQUEST, "The path holds a bad percent-escape.");
	if (rq->path.n > HTTP_PATH_MAX)
		return err_new(a, ERR_BAD_REQUEST, "The path is too long.");
	if (!str_is_utf8(rq->path))
		return err_new(a, ERR_BAD_REQUEST, "The path is not valid UTF-8, or holds NUL.");
	return NULL;
}

struct err *request_parse_target(struct request *rq)
{
	struct str query;
	struct str raw;
	struct err *e;

	assert(rq->arena);
	rq->path = STR("/");
	rq->query = NULL;
	if (has_control(rq->target))
		return err_new(rq->arena, ERR_BAD_REQUEST, "The target holds a control character.");
	raw = str_cut(without_origin(rq->target), '?', &query);
	e = parse_path(rq, raw);
	if (e) {
		rq->path = STR("/");
		return e;
	}
	if (query.p)
		return http_parse_pairs(rq->arena, query, &rq->query);
	return NULL;
}

/* The version of Trace Context that there is (W3C, section 3.2): 00-<32 hex>-<16 hex>-<2 hex>. */
struct str request_traceparent(const struct request *rq)
{
	struct str t = request_header(rq, "traceparent");

	if (t.n != 55 || !str_starts(t, "00-") || t.p[35] != '-' || t.p[52] != '-')
		return STR_NONE;
	for (size_t i = 3; i < t.n; i++) {
		char ch = t.p[i];

		if (i != 35 && i != 52 && !((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f')))
			return STR_NONE;
	}
	return t;
}
