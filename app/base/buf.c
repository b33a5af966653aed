#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SIZE_FIRST 256
#define INT_TEXT_MAX 20 /* "-9223372036854775808" */

void buf_init(struct buf *b, struct arena *a, size_t bytes_max)
{
	*b = (struct buf){.arena = a, .max = bytes_max};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}

/* One byte more than asked for is always kept, for the NUL of buf_cstr(). */
static bool grow(struct buf *b, size_t n)
{
	size_t size = b->size ? b->size : SIZE_FIRST;

	if (b->overflow || n > b->max - b->n) {
		b->overflow = true;
		return false;
	}
	while (size <= b->n + n)
		size *= 2;
	if (size > b->max)
		size = b->max + 1;
	b->p = arena_grow(b->arena, b->p, b->size, size);
	b->size = size;
	return true;
}

char *buf_room(struct buf *b, size_t n)
{
	if ((b->overflow || n >= b->size - b->n) && !grow(b, n))
		return NULL;
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = n ? buf_room(b, n) : NULL;

	if (!to)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_cstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_add_char(struct buf *b, char c)
{
	char *to = buf_room(b, 1);

	if (!to)
		return;
	*to = c;
	b->n++;
}

void buf_add_int(struct buf *b, int64_t v)
{
	char text[INT_TEXT_MAX];
	char *p = text + sizeof(text);
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (v < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	to = buf_room(b, (size_t)n);
	if (!to)
		return;
	va_start(ap, fmt);
	n = vsnprintf(to, (size_t)n + 1, fmt, ap); /* the NUL has its place: see grow() */
	va_end(ap);
	assert(n >= 0);
	b->n += (size_t)n;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->n};
}

const char *buf_cstr(struct buf *b)
{
	if (!b->p)
		return "";
	b->p[b->n] = '\0';
	return b->p;
}
