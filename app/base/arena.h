/*
 * arena: memory with one lifetime.
 *
 * A request's data lives in its arena and dies together at arena_reset(); process data is made at
 * boot in an arena that is never reset. Nothing in an arena is freed alone. Under AddressSanitizer
 * memory that has been reset is poisoned, so a pointer that outlives its request is found.
 *
 * An arena has a maximum, given at creation. Input is capped long before it (body size, batch
 * length, page size), so reaching it is a programming error: the process logs one line and aborts.
 */
#ifndef BINCARD_BASE_ARENA_H
#define BINCARD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena that may hold bytes_max bytes. Ends the process when memory is out. */
struct arena *arena_new(size_t bytes_max);

/* Gives everything back; `a` may be NULL. */
void arena_free(struct arena *a);

/* Forgets all allocations. Keeps the first block, gives the others back. */
void arena_reset(struct arena *a);

/* `bytes` bytes, zeroed, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t bytes);

/* The same, not zeroed: for bytes that are written at once. */
void *arena_bytes(struct arena *a, size_t bytes);

/* Makes `p`, of old_bytes, larger; the new part is not zeroed. In place when `p` is the newest
 * allocation and its block has room, else a copy. */
void *arena_grow(struct arena *a, void *p, size_t old_bytes, size_t bytes);

/* An array of `n` zeroed elements; checks the multiplication. */
void *arena_array(struct arena *a, size_t n, size_t element_bytes);

/* A NUL-terminated copy of n bytes. */
char *arena_copy(struct arena *a, const void *p, size_t n);

/* printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

#endif
