#include "base/qty.h"

#include <string.h>

#define DECIMALS 6

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

/* Appends digits to *v; false when it passes `max`. */
static bool take(qty_t *v, const char *p, const char *end, qty_t max)
{
	for (; p < end; p++) {
		if (*v > (max - (*p - '0')) / 10)
			return false;
		*v = *v * 10 + (*p - '0');
	}
	return true;
}

static const char *trim_zeros(const char *p, const char *end)
{
	while (end > p && end[-1] == '0')
		end--;
	return end;
}

static enum qty_result parse(struct str text, qty_t max, qty_t *out)
{
	static const char zeros[] = "000000";
	const char *p = text.n ? text.p : "", *end = p + text.n;
	const char *whole_end, *part, *part_end;
	bool negative = text.n && *p == '-';
	qty_t v = 0;

	p += negative;
	whole_end = skip_digits(p, end);
	part = part_end = whole_end;
	if (whole_end < end && *whole_end == '.') {
		part = whole_end + 1;
		part_end = skip_digits(part, end);
		if (part_end == part)
			return QTY_NOT_A_NUMBER;
	}
	if (whole_end == p || part_end != end)
		return QTY_NOT_A_NUMBER;
	part_end = trim_zeros(part, part_end);
	if (part_end - part > DECIMALS)
		return QTY_TOO_PRECISE;
	if (!take(&v, p, whole_end, max) || !take(&v, part, part_end, max) ||
		!take(&v, zeros, zeros + DECIMALS - (part_end - part), max))
		return QTY_TOO_LARGE;
	*out = negative ? -v : v;
	return QTY_OK;
}

enum qty_result qty_parse(struct str text, qty_t *out)
{
	return parse(text, QTY_MAX, out);
}

enum qty_result qty_parse_sum(struct str text, qty_t *out)
{
	return parse(text, INT64_MAX, out);
}

/* Writes the digits of v so that they end before `end`; returns where they begin. */
static char *put_digits(char *end, uint64_t v)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return end;
}

int qty_format(char out[static QTY_TEXT_MAX], qty_t q)
{
	uint64_t v = q < 0 ? 0 - (uint64_t)q : (uint64_t)q;
	uint64_t part = v % (uint64_t)QTY_ONE;
	char text[QTY_TEXT_MAX];
	char *p = text + sizeof(text);
	int n;

	if (part) {
		/* The one in front keeps the leading zeros; the point takes its place. */
		p = put_digits(p, part + (uint64_t)QTY_ONE);
		*p = '.';
		n = (int)(trim_zeros(p, text + sizeof(text)) - p);
		memmove(text + sizeof(text) - n, p, (size_t)n);
		p = text + sizeof(text) - n;
	}
	p = put_digits(p, v / (uint64_t)QTY_ONE);
	if (q < 0)
		*--p = '-';
	n = (int)(text + sizeof(text) - p);
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	return n;
}

struct str qty_str(struct arena *a, qty_t q)
{
	char text[QTY_TEXT_MAX];
	size_t n = (size_t)qty_format(text, q);

	return (struct str){arena_copy(a, text, n), n};
}

bool qty_add(qty_t a, qty_t b, qty_t *sum)
{
	qty_t v;

	if (__builtin_add_overflow(a, b, &v) || v > QTY_MAX || v < -QTY_MAX)
		return false;
	*sum = v;
	return true;
}
