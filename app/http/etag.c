/* Entity tags in If-Match and If-None-Match. */
#include <string.h>

#include "http/request.h"

static struct str advance(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

static struct str skip_separators(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t' || *s.p == ','))
		s = advance(s, 1);
	return s;
}

static bool is_weak(struct str tag)
{
	return tag.n >= 2 && tag.p[0] == 'W' && tag.p[1] == '/';
}

/* Takes one entity-tag off the front; STR_NONE when the front is not one. */
static struct str take_tag(struct str *rest)
{
	size_t start = is_weak(*rest) ? 2 : 0;
	const char *end;
	struct str tag;

	if (rest->n < start + 2 || rest->p[start] != '"')
		return STR_NONE;
	end = memchr(rest->p + start + 1, '"', rest->n - start - 1);
	if (!end)
		return STR_NONE;
	tag = (struct str){rest->p, (size_t)(end - rest->p) + 1};
	*rest = advance(*rest, tag.n);
	return tag;
}

static bool same(struct str a, struct str b, bool weak)
{
	if (!weak)
		return !is_weak(a) && !is_weak(b) && str_eq(a, b);
	return str_eq(is_weak(a) ? advance(a, 2) : a, is_weak(b) ? advance(b, 2) : b);
}

bool http_etag_matches(struct str header, struct str etag, bool weak)
{
	struct str rest = str_trim(header);

	if (!header.p)
		return false;
	if (str_is(rest, "*"))
		return true;
	for (rest = skip_separators(rest); rest.n; rest = skip_separators(rest)) {
		struct str tag = take_tag(&rest);

		if (!tag.p)
			return false;
		if (same(tag, etag, weak))
			return true;
	}
	return false;
}

bool http_etag_version(struct str header, int64_t *version)
{
	struct str rest = str_trim(header);
	struct str tag;

	if (str_is(rest, "*")) {
		*version = 0;
		return true;
	}
	tag = take_tag(&rest);
	if (!tag.p || rest.n || is_weak(tag))
		return false;
	tag = str_cut((struct str){tag.p + 1, tag.n - 2}, '-', &rest);
	return str_to_int(tag, version) && *version > 0;
}
