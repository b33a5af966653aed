#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP 16 /* stays poisoned behind each allocation, so that a write past its end is found */
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define ALIGNMENT 16
#define BLOCK_FIRST ((size_t)64 * 1024)
#define BLOCK_GROWTH_MAX ((size_t)1024 * 1024) /* blocks double up to this */
#define PRINTF_TRY 512

struct block {
	struct block *older;
	size_t size;
	alignas(ALIGNMENT) char data[];
};

struct arena {
	char *at, *end; /* the free part of the newest block */
	struct block *newest;
	char *last; /* the newest allocation: the one that can grow in place */
	size_t used, max;
};

static _Noreturn void out_of_memory(void)
{
	log_text(LOG_ERROR, "out of memory");
	abort();
}

static void block_push(struct arena *a, size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		out_of_memory();
	b->older = a->newest;
	b->size = size;
	a->newest = b;
	a->at = b->data;
	a->end = b->data + size;
	POISON(b->data, size);
}

static void block_pop(struct arena *a)
{
	struct block *b = a->newest;

	a->newest = b->older;
	UNPOISON(b->data, b->size);
	free(b);
}

struct arena *arena_new(size_t bytes_max)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		out_of_memory();
	a->max = bytes_max;
	block_push(a, BLOCK_FIRST);
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->newest)
		block_pop(a);
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->newest->older)
		block_pop(a);
	a->at = a->newest->data;
	a->end = a->at + a->newest->size;
	a->last = NULL;
	a->used = 0;
	POISON(a->at, a->newest->size);
}

static _Noreturn void over_the_maximum(const struct arena *a, size_t bytes)
{
	log_text(LOG_ERROR, "arena: %zu bytes wanted, %zu of %zu used", bytes, a->used, a->max);
	abort();
}

static size_t rounded(size_t bytes)
{
	return (bytes + (bytes == 0) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Counts the bytes against the maximum, which also keeps every sum here from overflowing. */
static size_t charge(struct arena *a, size_t bytes, size_t old_step)
{
	size_t step;

	if (bytes > SIZE_MAX / 2)
		over_the_maximum(a, bytes);
	step = rounded(bytes);
	if (step - old_step > a->max - a->used)
		over_the_maximum(a, bytes);
	a->used += step - old_step;
	return step;
}

static void make_room(struct arena *a, size_t step)
{
	size_t size = a->newest->size * 2;

	if (size > BLOCK_GROWTH_MAX)
		size = BLOCK_GROWTH_MAX;
	block_push(a, step > size ? step : size);
}

void *arena_bytes(struct arena *a, size_t bytes)
{
	size_t step = charge(a, bytes, 0) + GAP;

	if (step > (size_t)(a->end - a->at))
		make_room(a, step);
	a->last = a->at;
	a->at += step;
	UNPOISON(a->last, bytes);
	return a->last;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	return memset(arena_bytes(a, bytes), 0, bytes);
}

void *arena_grow(struct arena *a, void *p, size_t old_bytes, size_t bytes)
{
	void *copy;

	assert(bytes >= old_bytes && (p || !old_bytes));
	if (p && p == a->last && bytes <= SIZE_MAX / 2 &&
		rounded(bytes) + GAP <= (size_t)(a->end - a->last)) {
		a->at = a->last + charge(a, bytes, rounded(old_bytes)) + GAP;
		UNPOISON(p, bytes);
		return p;
	}
	copy = arena_bytes(a, bytes);
	if (old_bytes)
		memcpy(copy, p, old_bytes);
	return copy;
}

void *arena_array(struct arena *a, size_t n, size_t element_bytes)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, element_bytes, &bytes))
		over_the_maximum(a, SIZE_MAX);
	return arena_alloc(a, bytes);
}

char *arena_copy(struct arena *a, const void *p, size_t n)
{
	char *copy = arena_bytes(a, n + 1);

	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	char try[PRINTF_TRY];
	char *text;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(try, sizeof(try), fmt, ap);
	assert(n >= 0);
	if ((size_t)n < sizeof(try)) {
		text = arena_copy(a, try, (size_t)n);
	} else {
		text = arena_bytes(a, (size_t)n + 1);
		n = vsnprintf(text, (size_t)n + 1, fmt, again);
		assert(n >= 0);
	}
	va_end(again);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
