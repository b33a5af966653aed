#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

struct str str_of(const char *cstr)
{
	return cstr ? (struct str){cstr, strlen(cstr)} : STR_NONE;
}

char *str_cstr(struct arena *a, struct str s)
{
	return arena_copy(a, s.p, s.n);
}

struct str str_copy(struct arena *a, struct str s)
{
	return s.p ? (struct str){arena_copy(a, s.p, s.n), s.n} : STR_NONE;
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	const char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return str_of(text);
}

bool str_eq(struct str a, struct str b)
{
	if (a.n != b.n || !a.p != !b.p)
		return false;
	return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}

bool str_is(struct str a, const char *cstr)
{
	return str_eq(a, str_of(cstr));
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool str_is_nocase(struct str a, const char *cstr)
{
	struct str b = str_of(cstr);

	if (a.n != b.n || !a.p != !b.p)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.p && s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.p && s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

static const char *const wide_spaces[] = {"\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001",
	"\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
	"\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

/* The bytes of a wide space with which the text begins, or ends; 0: it does not. */
static size_t wide_space(struct str s, bool at_end)
{
	for (size_t i = 0; i < sizeof(wide_spaces) / sizeof(wide_spaces[0]); i++) {
		if (at_end ? str_ends(s, wide_spaces[i]) : str_starts(s, wide_spaces[i]))
			return strlen(wide_spaces[i]);
	}
	return 0;
}

struct str str_trim_text(struct str s)
{
	size_t n;

	s = str_trim(s);
	while ((n = wide_space(s, true))) {
		s.n -= n;
		s = str_trim(s);
	}
	while ((n = wide_space(s, false))) {
		s.p += n;
		s.n -= n;
		s = str_trim(s);
	}
	return s;
}

struct str str_cut(struct str s, char sep, struct str *rest)
{
	const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;

	if (!at) {
		*rest = STR_NONE;
		return s;
	}
	*rest = (struct str){at + 1, s.n - (size_t)(at + 1 - s.p)};
	return (struct str){s.p, (size_t)(at - s.p)};
}

bool str_to_int(struct str s, int64_t *out)
{
	bool negative = s.n && *s.p == '-';
	int64_t v = 0;

	if (s.n <= (size_t)negative)
		return false;
	for (size_t i = negative; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, negative ? -digit : digit, &v))
			return false;
	}
	*out = v;
	return true;
}

static bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The Unicode Standard's table 3-7: only the second byte's range depends on the first. */
size_t str_utf8_step(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (!s.n)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < 2 || !is_tail(p[1]))
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if (s.n < 3 || !is_tail(p[2]))
		return 0;
	if (p[0] < 0xf0) {
		bool overlong = p[0] == 0xe0 && p[1] < 0xa0;
		bool surrogate = p[0] == 0xed && p[1] > 0x9f;

		return overlong || surrogate ? 0 : 3;
	}
	if (s.n < 4 || !is_tail(p[3]))
		return 0;
	return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
}

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* Bytes at the front, in steps of eight, that are ASCII and not NUL. Taking 1 off each byte sets
 * the high bit of a NUL; a borrow can only make the answer shorter. */
static size_t plain_ascii(struct str s)
{
	size_t i = 0;
	uint64_t w;

	for (; s.n - i >= 8; i += 8) {
		memcpy(&w, s.p + i, 8);
		if ((w | (w - EACH_BYTE(1))) & EACH_BYTE(0x80))
			break;
	}
	return i;
}

bool str_is_utf8(struct str s)
{
	while (s.n) {
		size_t step = plain_ascii(s);

		if (!step)
			step = *s.p ? str_utf8_step(s) : 0;
		if (!step)
			return false;
		s.p += step;
		s.n -= step;
	}
	return true;
}

bool str_is_text(struct str s, bool multiline)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != 0x7f)
			continue;
		if (!multiline || (c != '\t' && c != '\n'))
			return false;
	}
	return str_is_utf8(s);
}

bool str_is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

size_t str_code_points(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		count += !is_tail((unsigned char)s.p[i]);
	return count;
}

bool str_eq_secret(struct str a, struct str b)
{
	volatile unsigned char differs =
		0; /* volatile: the compiler may not leave the loop early */

	assert((a.p || !a.n) && (b.p || !b.n));
	if (a.n != b.n || !a.p != !b.p)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differs |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differs == 0;
}

#define DIGITS_COMMON "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Without padding. */
static struct str to_digits(struct arena *a, struct str bytes, const char *digits)
{
	size_t n = bytes.n / 3 * 4 + (bytes.n % 3 ? bytes.n % 3 + 1 : 0);
	char *out = arena_bytes(a, n + 1), *p = out;
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (have += 8; have >= 6; have -= 6)
			*p++ = digits[bits >> (have - 6) & 63];
	}
	if (have)
		*p++ = digits[bits << (6 - have) & 63];
	*p = '\0';
	return (struct str){out, n};
}

struct str str_base64url(struct arena *a, struct str bytes)
{
	return to_digits(a, bytes, DIGITS_COMMON "-_");
}

struct str str_base64(struct arena *a, struct str bytes)
{
	struct str s = to_digits(a, bytes, DIGITS_COMMON "+/");
	size_t padding = (4 - s.n % 4) % 4;

	return str_printf(a, "%.*s%.*s", STR_ARG(s), (int)padding, "==");
}

static int digit_value(char c, const char last_two[static 2])
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == last_two[0])
		return 62;
	return c == last_two[1] ? 63 : -1;
}

/* Text without padding. The bits left over after the last whole byte must be 0, so that each value
 * has one spelling only. */
static bool from_digits(
	struct arena *a, struct str text, const char last_two[static 2], struct str *bytes)
{
	size_t n = text.n / 4 * 3 + (text.n % 4 ? text.n % 4 - 1 : 0);
	char *out = arena_bytes(a, n + 1), *p = out;
	uint32_t bits = 0;
	int have = 0;

	if (!text.p || text.n % 4 == 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int value = digit_value(text.p[i], last_two);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*p++ = (char)(bits >> have & 0xff);
		}
	}
	if (bits & ((1u << have) - 1))
		return false;
	*p = '\0';
	*bytes = (struct str){out, n};
	return true;
}

bool str_from_base64url(struct arena *a, struct str text, struct str *bytes)
{
	return from_digits(a, text, "-_", bytes);
}

bool str_from_base64(struct arena *a, struct str text, struct str *bytes)
{
	if (text.n % 4)
		return false;
	for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++)
		text.n--;
	return from_digits(a, text, "+/", bytes);
}

struct str str_hex(struct arena *a, const void *bytes, size_t n)
{
	const unsigned char *in = bytes;
	char *out = arena_bytes(a, n * 2 + 1);

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[in[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[in[i] & 15];
	}
	out[2 * n] = '\0';
	return (struct str){out, n * 2};
}

struct str str_base32(struct arena *a, struct str bytes)
{
	size_t n = (bytes.n * 8 + 4) / 5;
	char *out = arena_bytes(a, n + 1), *p = out;
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (have += 8; have >= 5; have -= 5)
			*p++ = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits >> (have - 5) & 31];
	}
	if (have)
		*p++ = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits << (5 - have) & 31];
	*p = '\0';
	return (struct str){out, n};
}

static bool is_unreserved(unsigned char c)
{
	unsigned char lower = c | 0x20;

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		c == '_' || c == '~';
}

struct str str_escape_url(struct arena *a, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *p = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_unreserved(c)) {
			p[n++] = (char)c;
			continue;
		}
		p[n++] = '%';
		p[n++] = digits[c >> 4];
		p[n++] = digits[c & 15];
	}
	return (struct str){p, n};
}
