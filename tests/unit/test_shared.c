#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "run/shared.h"

static char folder[] = "test_shared.XXXXXX";
static struct arena *arena;

static int open_folder(void **state)
{
	unit_arena(state);
	arena = *state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static const char *file(void)
{
	return arena_printf(arena, "%s/bincard.shm", folder);
}

static int remove_folder(void **state)
{
	unlink(file());
	rmdir(folder);
	return unit_arena_free(state);
}

#define SHARED_TEST(f) cmocka_unit_test_setup_teardown(f, open_folder, remove_folder)

static struct shared *opened(void)
{
	struct shared *s = NULL;

	assert_null(shared_open(arena, folder, &s));
	return s;
}

static void all_who_open_it_see_the_same(void **state)
{
	struct shared *a = opened(), *b = opened();
	struct stat st;

	(void)state;
	assert_ptr_not_equal(a, b);
	atomic_fetch_add(&a->auth_generation, 3);
	assert_int_equal(atomic_load(&b->auth_generation), 3);
	assert_int_equal(stat(file(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void tries_at_passwords_are_counted_in_it(void **state)
{
	static const unsigned char zeros[GUESS_KEY_BYTES];
	const struct guess_who who = {.account = STR("ann"), .address = STR("192.0.2.1")};
	struct shared *a = opened(), *b = opened();

	(void)state;
	assert_memory_not_equal(a->guesses.key, zeros, sizeof(zeros));
	assert_memory_equal(a->guesses.key, b->guesses.key, sizeof(zeros));
	for (int i = 0; i < GUESS_PAIR_FREE; i++)
		assert_int_equal(guess_try(&(i % 2 ? a : b)->guesses, arena, &who, 1000000), 0);
	assert_int_equal(guess_try(&a->guesses, arena, &who, 1000000), 1);
	assert_int_equal(guess_try(&b->guesses, arena, &who, 1000000), 1);
}

static void another_layout_is_replaced(void **state)
{
	struct shared *old = opened(), *new;

	(void)state;
	atomic_store(&old->auth_generation, 5);
	old->layout++;
	new = opened();
	assert_int_equal(atomic_load(&new->auth_generation), 0);
	assert_int_equal(atomic_load(&old->auth_generation), 5); /* still mapped */
}

static void one_that_was_removed_is_made_anew(void **state)
{
	struct shared *s = opened(), *was = s;
	bool changed;

	(void)state;
	atomic_store(&s->auth_generation, 5);
	assert_null(shared_renew(arena, folder, &s, &changed));
	assert_false(changed);
	assert_ptr_equal(s, was);
	assert_int_equal(unlink(file()), 0);
	assert_null(shared_renew(arena, folder, &s, &changed));
	assert_true(changed);
	assert_int_equal(atomic_load(&s->auth_generation), 0);
	atomic_store(&s->auth_generation, 7);
	assert_int_equal(atomic_load(&opened()->auth_generation), 7);
}

static void half_a_file_is_replaced(void **state)
{
	(void)state;
	opened();
	assert_int_equal(truncate(file(), 100), 0);
	assert_int_equal(atomic_load(&opened()->auth_generation), 0);
}

static void a_link_is_not_followed(void **state)
{
	struct shared *s;

	(void)state;
	assert_int_equal(symlink("/dev/null", file()), 0);
	assert_non_null(shared_open(arena, folder, &s));
}

static void a_place_is_claimed_once(void **state)
{
	struct shared *s = opened();
	struct shared_worker *mine = shared_claim(s, getpid()), *other = shared_claim(s, getppid());

	(void)state;
	assert_non_null(mine);
	assert_non_null(other);
	assert_ptr_not_equal(mine, other);
	assert_ptr_equal(shared_find(s, getpid()), mine);
	shared_release(s, getpid());
	assert_null(shared_find(s, getpid()));
	assert_ptr_equal(shared_find(s, getppid()), other);
}

static void the_place_of_the_dead_is_free(void **state)
{
	struct shared *s = opened();
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(shared_claim(s, getpid()) == &s->workers[0] ? 0 : 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(atomic_load(&s->workers[0].pid), pid);
	assert_ptr_equal(shared_claim(s, getpid()), &s->workers[0]);
}

static void a_full_board_gives_no_place(void **state)
{
	struct shared *s = opened();

	(void)state;
	for (int i = 0; i < SHARED_WORKERS_MAX; i++)
		assert_non_null(shared_claim(s, getpid()));
	assert_null(shared_claim(s, getpid()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARED_TEST(all_who_open_it_see_the_same),
		SHARED_TEST(tries_at_passwords_are_counted_in_it),
		SHARED_TEST(another_layout_is_replaced),
		SHARED_TEST(one_that_was_removed_is_made_anew),
		SHARED_TEST(half_a_file_is_replaced),
		SHARED_TEST(a_link_is_not_followed),
		SHARED_TEST(a_place_is_claimed_once),
		SHARED_TEST(the_place_of_the_dead_is_free),
		SHARED_TEST(a_full_board_gives_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
