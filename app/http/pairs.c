/* application/x-www-form-urlencoded, and the percent-encoding below it. */
#include "http/pairs.h"

#include <string.h>

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool has_escape(struct str s, bool plus_is_space)
{
	if (!s.n)
		return false;
	return memchr(s.p, '%', s.n) || (plus_is_space && memchr(s.p, '+', s.n));
}

bool http_unescape(struct arena *a, struct str s, bool plus_is_space, struct str *out)
{
	char *p;
	size_t n = 0;

	*out = s;
	if (!has_escape(s, plus_is_space))
		return true;
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '+' && plus_is_space) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < s.n ? hex_digit((unsigned char)s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex_digit((unsigned char)s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		p[n++] = c;
	}
	*out = (struct str){p, n};
	return true;
}

static struct err *decode_part(struct arena *a, struct str raw, struct str *out)
{
	if (!http_unescape(a, raw, true, out))
		return err_new(a, ERR_BAD_REQUEST, "A parameter holds a bad percent-escape.");
	if (!str_is_utf8(*out))
		return err_new(a, ERR_BAD_REQUEST, "A parameter is not valid UTF-8, or holds NUL.");
	return NULL;
}

struct err *http_parse_pairs(struct arena *a, struct str text, struct http_pair **out)
{
	struct http_pair *head = NULL, **end = &head;
	struct str rest = text;
	size_t count = 0;

	*out = NULL;
	while (rest.p && rest.n) {
		struct str part = str_cut(rest, '&', &rest);
		struct str value;
		struct str name = str_cut(part, '=', &value);
		struct http_pair *pair;

		if (!part.n)
			continue;
		if (++count > HTTP_PAIRS_MAX)
			return err_new(
				a, ERR_BAD_REQUEST, "More than %d parameters.", HTTP_PAIRS_MAX);
		pair = ARENA_NEW(a, struct http_pair);
		TRY(decode_part(a, name, &pair->name));
		TRY(decode_part(a, value.p ? value : STR(""), &pair->value));
		*end = pair;
		end = &pair->next;
	}
	*out = head;
	return NULL;
}

struct str http_escape(struct arena *a, struct str s)
{
	return str_escape_url(a, s);
}
