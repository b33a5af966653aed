/* Who is asking: the Cookie and Authorization headers. */
#include <string.h>

#include "http/pairs.h"
#include "http/request.h"

static struct str skip_spaces(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.n--;
	}
	return s;
}

/* RFC 6265 section 4.1.1: cookie-octet. */
static bool is_cookie_octet(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

static struct str cookie_value(struct str v)
{
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct str){v.p + 1, v.n - 2};
	for (size_t i = 0; i < v.n; i++) {
		if (!is_cookie_octet((unsigned char)v.p[i]))
			return STR_NONE;
	}
	return v;
}

struct str http_cookie(struct str header, const char *name)
{
	struct str rest = header;

	while (rest.p && rest.n) {
		struct str part = str_cut(rest, ';', &rest);
		struct str value;
		struct str key = str_cut(skip_spaces(part), '=', &value);

		if (value.p && str_is(key, name))
			return cookie_value(str_trim(value));
	}
	return STR_NONE;
}

/* The rest of "Scheme credentials"; schemes compare without case (RFC 9110 section 11.1). */
static struct str after_scheme(struct str header, const char *scheme)
{
	struct str rest;
	struct str first = str_cut(header, ' ', &rest);

	if (!header.p || !rest.p || !str_is_nocase(first, scheme))
		return STR_NONE;
	return skip_spaces(rest);
}

static bool is_token68(unsigned char c)
{
	unsigned char lower = c | 0x20;

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
		(c && strchr("-._~+/", c) != NULL);
}

struct str http_bearer(struct str header)
{
	struct str token = after_scheme(header, "Bearer");
	size_t i = 0;

	while (i < token.n && is_token68((unsigned char)token.p[i]))
		i++;
	if (i == 0)
		return STR_NONE;
	for (; i < token.n; i++) {
		if (token.p[i] != '=')
			return STR_NONE;
	}
	return token;
}

bool http_basic(struct arena *a, struct str header, struct str *user, struct str *password)
{
	struct str encoded = after_scheme(header, "Basic");
	struct str both, raw_user, raw_password;

	*user = *password = STR_NONE;
	if (!encoded.n || !str_from_base64(a, encoded, &both))
		return false;
	raw_user = str_cut(both, ':', &raw_password);
	if (!raw_password.p)
		return false;
	if (!http_unescape(a, raw_user, true, &raw_user) ||
		!http_unescape(a, raw_password, true, &raw_password))
		return false;
	if (!str_is_utf8(raw_user) || !str_is_utf8(raw_password))
		return false;
	*user = raw_user;
	*password = raw_password;
	return true;
}
