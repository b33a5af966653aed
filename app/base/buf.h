/*
 * buf: a growing byte buffer in an arena, with a maximum.
 *
 * Past the maximum nothing more is added and `overflow` stays set: whoever sends or stores the
 * buffer checks it once at the end (the http layer answers 500 and logs it).
 */
#ifndef BINCARD_BASE_BUF_H
#define BINCARD_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p; /* not NUL-terminated; see buf_cstr() */
	size_t n;
	size_t size;
	size_t max;
	bool overflow;
};

void buf_init(struct buf *b, struct arena *a, size_t bytes_max);
void buf_clear(struct buf *b); /* empties it, keeps the memory */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_cstr(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes, or NULL when over the maximum (overflow is then set). The caller writes up
 * to n bytes there and adds what it wrote to b->n. */
char *buf_room(struct buf *b, size_t n);
struct str buf_str(const struct buf *b);
/* NUL-terminated; the NUL is not counted in n. */
const char *buf_cstr(struct buf *b);

#endif
