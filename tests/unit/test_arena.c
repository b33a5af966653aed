#include "tests/unit/unit.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(p) __asan_address_is_poisoned(p)
#else
#define IS_POISONED(p) ((void)(p), skip(), 0)
#endif

static void memory_is_zeroed_and_aligned(void **state)
{
	for (int round = 0; round < 2; round++) {
		for (size_t n = 0; n < 200; n++) {
			char *p = arena_alloc(*state, n);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xaa, n);
		}
		arena_reset(*state);
		assert_int_equal(arena_used(*state), 0);
	}
}

static void allocations_do_not_overlap(void **state)
{
	enum { COUNT = 3000 };
	int **p = ARENA_ARRAY(*state, COUNT, int *);

	for (int i = 0; i < COUNT; i++) {
		p[i] = ARENA_ARRAY(*state, 10 + (size_t)i % 90, int);
		p[i][0] = p[i][9] = i;
	}
	for (int i = 0; i < COUNT; i++)
		assert_true(p[i][0] == i && p[i][9] == i);
}

static void blocks_larger_than_usual(void **state)
{
	char *p = arena_alloc(*state, 5000000);

	p[0] = p[4999999] = 1;
	arena_reset(*state);
	p = arena_alloc(*state, 5000000);
	assert_int_equal(p[4999999], 0);
}

static void grow_keeps_the_bytes(void **state)
{
	char *p = arena_bytes(*state, 10), *in_place, *moved;

	memcpy(p, "012345678", 10);
	in_place = arena_grow(*state, p, 10, 100);
	assert_ptr_equal(in_place, p);
	assert_string_equal(in_place, "012345678");
	arena_alloc(*state, 1);
	moved = arena_grow(*state, p, 100, 1000);
	assert_ptr_not_equal(moved, p);
	assert_string_equal(moved, "012345678");
	moved = arena_grow(*state, moved, 1000, 300000); /* no room left in the block */
	assert_string_equal(moved, "012345678");
	assert_non_null(arena_grow(*state, NULL, 0, 5));
}

static void text(void **state)
{
	char *big = arena_printf(*state, "%0*d", 3000, 7);

	assert_int_equal(strlen(big), 3000);
	assert_int_equal(big[2999], '7');
	assert_string_equal(arena_printf(*state, "%s/%d", "a", 5), "a/5");
	assert_int_equal(strlen(arena_printf(*state, "%511d", 1)), 511);
	assert_int_equal(strlen(arena_printf(*state, "%512d", 1)), 512);
	assert_string_equal(arena_copy(*state, "abc", 2), "ab");
	assert_string_equal(arena_copy(*state, NULL, 0), "");
}

static void over_the_maximum(void)
{
	struct arena *a = arena_new(1000);

	arena_alloc(a, 900);
	arena_alloc(a, 200);
}

static void array_too_large(void)
{
	arena_array(arena_new(1000), SIZE_MAX / 2, 3);
}

static void size_near_the_end_of_size_t(void)
{
	arena_alloc(arena_new(SIZE_MAX), SIZE_MAX);
}

static void grown_over_the_maximum(void)
{
	struct arena *a = arena_new(1000);

	arena_grow(a, arena_alloc(a, 900), 900, 1100);
}

static void the_maximum_aborts(void **state)
{
	(void)state;
	assert_true(unit_aborts(over_the_maximum));
	assert_true(unit_aborts(array_too_large));
	assert_true(unit_aborts(size_near_the_end_of_size_t));
	assert_true(unit_aborts(grown_over_the_maximum));
}

static void the_maximum_can_be_reached_after_each_reset(void **state)
{
	struct arena *a = arena_new(1024);

	(void)state;
	for (int i = 0; i < 100; i++) {
		arena_alloc(a, 1024);
		arena_reset(a);
	}
	arena_free(a);
	arena_free(NULL);
}

static void what_is_not_handed_out_is_poisoned(void **state)
{
	char *p = arena_alloc(*state, 5);

	assert_false(IS_POISONED(p + 4));
	assert_true(IS_POISONED(p + 16));
	arena_reset(*state);
	assert_true(IS_POISONED(p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(memory_is_zeroed_and_aligned),
		UNIT_TEST(allocations_do_not_overlap),
		UNIT_TEST(blocks_larger_than_usual),
		UNIT_TEST(grow_keeps_the_bytes),
		UNIT_TEST(text),
		UNIT_TEST(what_is_not_handed_out_is_poisoned),
		UNIT_TEST(the_maximum_aborts),
		UNIT_TEST(the_maximum_can_be_reached_after_each_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
