/* Collects an answer. Sending it is http/fcgi.c's work. */
#include "http/response.h"

#include <assert.h>
#include <string.h>

#define HEADERS_MAX ((size_t)32 * 1024)

void response_init(struct response *rs, struct arena *a)
{
	*rs = (struct response){.arena = a};
	buf_init(&rs->headers, a, HEADERS_MAX);
	buf_init(&rs->body, a, RESPONSE_BODY_MAX);
}

void response_clear(struct response *rs)
{
	rs->status = 0;
	rs->content_type = NULL;
	rs->cache_control = NULL;
	buf_clear(&rs->headers);
	buf_clear(&rs->body);
	rs->headers.overflow = false;
	rs->body.overflow = false;
}

static bool breaks_line(char c)
{
	return c == '\r' || c == '\n' || c == '\0';
}

void response_header(struct response *rs, const char *name, const char *value)
{
	assert(!strpbrk(name, "\r\n: ") && !strpbrk(value, "\r\n"));
	buf_add_cstr(&rs->headers, name);
	buf_add(&rs->headers, ": ", 2);
	buf_add_cstr(&rs->headers, value);
	buf_add(&rs->headers, "\r\n", 2);
}

void response_header_str(struct response *rs, const char *name, struct str value)
{
	size_t start = 0;

	assert(!strpbrk(name, "\r\n: "));
	buf_add_cstr(&rs->headers, name);
	buf_add(&rs->headers, ": ", 2);
	for (size_t i = 0; i < value.n; i++) {
		if (!breaks_line(value.p[i]))
			continue;
		buf_add(&rs->headers, value.p + start, i - start);
		buf_add_char(&rs->headers, ' ');
		start = i + 1;
	}
	if (start < value.n)
		buf_add(&rs->headers, value.p + start, value.n - start);
	buf_add(&rs->headers, "\r\n", 2);
}

void response_redirect(struct response *rs, int status, struct str path)
{
	assert(status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
	assert(path.n && path.p[0] == '/');
	/* "/\evil" is read as "//evil" by browsers. */
	assert(path.n < 2 || (path.p[1] != '/' && path.p[1] != '\\'));
	rs->status = status;
	response_header_str(rs, "Location", path);
}

void response_leave(struct response *rs, int status, struct str url)
{
	assert(str_starts(url, "https://") || str_starts(url, "http://"));
	rs->status = status;
	response_header_str(rs, "Location", url);
}

/* RFC 6265 section 4.1.1: what a cookie's value may hold. */
static bool is_cookie_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c))
			return false;
	}
	return true;
}

void response_cookie(struct response *rs, const struct cookie *c)
{
	struct buf *b = &rs->headers;

	assert(c->name[0] && !strpbrk(c->name, "\r\n=; "));
	assert(is_cookie_value(c->value));
	assert(c->max_age_s >= -1);
	buf_add_cstr(b, "Set-Cookie: ");
	buf_add_cstr(b, c->name);
	buf_add_char(b, '=');
	buf_add_str(b, c->value);
	buf_add_cstr(b, "; Path=/; HttpOnly; SameSite=Lax");
	if (c->secure)
		buf_add_cstr(b, "; Secure");
	if (c->max_age_s >= 0) {
		buf_add_cstr(b, "; Max-Age=");
		buf_add_int(b, c->max_age_s);
	}
	buf_add(b, "\r\n", 2);
}
