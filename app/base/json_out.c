#include "base/json_out.h"

#include <assert.h>
#include <string.h>

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))
#define LEAD_EXTRA 4 /* a comma, two quotes and a colon */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* Eight bytes at a time: true when all of them are plain. Each term sets the high bit of a byte
 * that is not: above ASCII, under 0x20, or equal to one character ('<' and '>' differ in one bit,
 * as do '"' and '&'). A borrow between bytes can only say false too often, and only behind a true
 * hit. */
static bool all_plain(uint64_t w)
{
	uint64_t hits = w | (w - EACH_BYTE(0x20)) | (((w ^ EACH_BYTE('\\')) - EACH_BYTE(1))) |
		(((w | EACH_BYTE(2)) ^ EACH_BYTE('>')) - EACH_BYTE(1)) |
		(((w | EACH_BYTE(4)) ^ EACH_BYTE('&')) - EACH_BYTE(1));

	return !(hits & EACH_BYTE(0x80));
}

static size_t plain_run(struct str s)
{
	size_t i = 0;
	uint64_t w;

	for (; s.n - i >= sizeof(w); i += sizeof(w)) {
		memcpy(&w, s.p + i, sizeof(w));
		if (!all_plain(w))
			break;
	}
	while (i < s.n && is_plain((unsigned char)s.p[i]))
		i++;
	return i;
}

size_t json_clean_run(struct str s)
{
	size_t done = plain_run(s), step;

	while (done < s.n && (unsigned char)s.p[done] >= 0x80) {
		step = str_utf8_step((struct str){s.p + done, s.n - done});
		if (!step)
			break;
		done += step;
		done += plain_run((struct str){s.p + done, s.n - done});
	}
	return done;
}

static char short_escape(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	default:
		return 0;
	}
}

size_t json_escape(struct str s, char out[static JSON_ESCAPE_MAX], size_t *out_n)
{
	unsigned char c = (unsigned char)*s.p;
	char letter = short_escape(c);

	if (letter) {
		out[0] = '\\';
		out[1] = letter;
		*out_n = 2;
		return 1;
	}
	if (c >= 0x80) {
		memcpy(out, "\xef\xbf\xbd", 3); /* U+FFFD */
		*out_n = 3;
		return 1;
	}
	memcpy(out, "\\u00", 4);
	out[4] = "0123456789abcdef"[c >> 4];
	out[5] = "0123456789abcdef"[c & 15];
	*out_n = 6;
	return 1;
}

static void add_escaped(struct buf *b, struct str s)
{
	char escape[JSON_ESCAPE_MAX];
	size_t run, n;

	for (;;) {
		run = json_clean_run(s);
		buf_add(b, s.p, run);
		s.p += run;
		s.n -= run;
		if (!s.n || b->overflow)
			return;
		run = json_escape(s, escape, &n);
		buf_add(b, escape, n);
		s.p += run;
		s.n -= run;
	}
}

static bool in_object(const struct json_out *j)
{
	return j->depth > 0 && (j->objects >> j->depth & 1);
}

/* A name that needs escapes: rare enough to be slow. */
static void lead_escaped(struct json_out *j, struct str name)
{
	if (j->comma)
		buf_add_char(j->buf, ',');
	buf_add_char(j->buf, '"');
	add_escaped(j->buf, name);
	buf_add(j->buf, "\":", 2);
}

/* Writes what stands before a value, and returns room for `n` bytes of the value itself; NULL when
 * the buffer is full. The caller adds what it wrote to the buffer's n. */
static char *lead(struct json_out *j, const char *name, size_t n)
{
	struct str key = name ? (struct str){name, strlen(name)} : STR_NONE;
	char *start, *p;

	assert(in_object(j) == !!name);
	assert(j->depth || !j->comma);
	if (plain_run(key) != key.n) {
		lead_escaped(j, key);
		j->comma = true;
		return buf_room(j->buf, n);
	}
	start = p = buf_room(j->buf, key.n + LEAD_EXTRA + n);
	if (!p)
		return NULL;
	if (j->comma)
		*p++ = ',';
	if (name) {
		*p++ = '"';
		memcpy(p, name, key.n);
		p += key.n;
		*p++ = '"';
		*p++ = ':';
	}
	j->buf->n += (size_t)(p - start);
	j->comma = true;
	return p;
}

static void put(struct json_out *j, const char *name, const char *text, size_t n)
{
	char *p = lead(j, name, n);

	if (!p)
		return;
	memcpy(p, text, n);
	j->buf->n += n;
}

void json_init(struct json_out *j, struct buf *b)
{
	*j = (struct json_out){.buf = b};
}

static void open_container(struct json_out *j, const char *name, const char *bracket, bool object)
{
	assert(j->depth < JSON_DEPTH_MAX);
	put(j, name, bracket, 1);
	j->depth++;
	j->objects &= ~(UINT64_C(1) << j->depth);
	j->objects |= (uint64_t)object << j->depth;
	j->comma = false;
}

static void close_container(struct json_out *j, char bracket, bool object)
{
	assert(j->depth > 0 && in_object(j) == object);
	buf_add_char(j->buf, bracket);
	j->depth--;
	j->comma = true;
}

void json_object(struct json_out *j, const char *name)
{
	open_container(j, name, "{", true);
}

void json_object_end(struct json_out *j)
{
	close_container(j, '}', true);
}

void json_array(struct json_out *j, const char *name)
{
	open_container(j, name, "[", false);
}

void json_array_end(struct json_out *j)
{
	close_container(j, ']', false);
}

void json_str(struct json_out *j, const char *name, struct str v)
{
	bool clean = json_clean_run(v) == v.n;
	char *p;

	if (!v.p) {
		json_null(j, name);
		return;
	}
	p = lead(j, name, clean ? v.n + 2 : 1);
	if (!p)
		return;
	*p = '"';
	if (clean) {
		memcpy(p + 1, v.p, v.n);
		p[v.n + 1] = '"';
		j->buf->n += v.n + 2;
		return;
	}
	j->buf->n++;
	add_escaped(j->buf, v);
	buf_add_char(j->buf, '"');
}

void json_cstr(struct json_out *j, const char *name, const char *v)
{
	json_str(j, name, str_of(v));
}

void json_int(struct json_out *j, const char *name, int64_t v)
{
	if (lead(j, name, 0))
		buf_add_int(j->buf, v);
}

void json_bool(struct json_out *j, const char *name, bool v)
{
	put(j, name, v ? "true" : "false", v ? 4 : 5);
}

void json_null(struct json_out *j, const char *name)
{
	put(j, name, "null", 4);
}

void json_qty(struct json_out *j, const char *name, qty_sum_t v)
{
	char *p = lead(j, name, QTY_TEXT_MAX + 2);
	int n;

	if (!p)
		return;
	*p = '"';
	n = qty_format(p + 1, v);
	p[n + 1] = '"';
	j->buf->n += (size_t)n + 2;
}

void json_time(struct json_out *j, const char *name, time_us v)
{
	char *p = lead(j, name, TIME_TEXT_MAX + 2);
	int n;

	if (!p)
		return;
	*p = '"';
	n = time_format(p + 1, v);
	p[n + 1] = '"';
	j->buf->n += (size_t)n + 2;
}

void json_raw(struct json_out *j, const char *name, struct str json)
{
	assert(!json.p || json.n);
	if (json.p)
		put(j, name, json.p, json.n);
	else
		json_null(j, name);
}
