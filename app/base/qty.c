#include "base/qty.h"

#include <string.h>

#define DECIMALS 6

__extension__ typedef unsigned __int128 size_of_sum;

#define SUM_MAX ((qty_sum_t)(~(size_of_sum)0 >> 1))

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
static bool take(qty_sum_t *v, const char *p, const char *end, qty_sum_t max)
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

static enum qty_result parse(struct str text, qty_sum_t max, qty_sum_t *out)
{
	static const char zeros[] = "000000";
	const char *p = text.n ? text.p : "", *end = p + text.n;
	const char *whole_end, *part, *part_end;
	bool negative = text.n && *p == '-';
	qty_sum_t v = 0;

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
	qty_sum_t v;
	enum qty_result result = parse(text, QTY_MAX, &v);

	if (result == QTY_OK)
		*out = (qty_t)v;
	return result;
}

enum qty_result qty_parse_sum(struct str text, qty_sum_t *out)
{
	return parse(text, SUM_MAX, out);
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

/* The same for what 64 bits do not hold, whose division is slow. */
static char *put_long_digits(char *end, size_of_sum v)
{
	for (; v > UINT64_MAX; v /= 10)
		*--end = (char)('0' + (int)(v % 10));
	return put_digits(end, (uint64_t)v);
}

int qty_format(char out[static QTY_TEXT_MAX], qty_sum_t q)
{
	size_of_sum size = q < 0 ? 0 - (size_of_sum)q : (size_of_sum)q;
	bool small = size <= UINT64_MAX;
	uint64_t part =
		small ? (uint64_t)size % (uint64_t)QTY_ONE : (uint64_t)(size % (uint64_t)QTY_ONE);
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
	p = small ? put_digits(p, (uint64_t)size / (uint64_t)QTY_ONE)
		  : put_long_digits(p, size / (uint64_t)QTY_ONE);
	if (q < 0)
		*--p = '-';
	n = (int)(text + sizeof(text) - p);
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	return n;
}

struct str qty_str(struct arena *a, qty_sum_t q)
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
