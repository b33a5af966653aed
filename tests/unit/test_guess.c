/* How long whoever tries passwords has to wait. */
#include "tests/unit/unit.h"

#include <sched.h>
#include <sys/mman.h>

#include "domain/agent.h"
#include "domain/guess.h"

#define SECOND INT64_C(1000000)
#define START (1000 * SECOND)
#define PROCESSES 4
#define ROUNDS 1000
#define TRIES 4 /* of each process at each account */

static struct guess_table *table;
static struct arena *arena;

static int setup(void **state)
{
	unit_arena(state);
	arena = *state;
	table = mmap(
		NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		return -1;
	memset(table->key, 7, sizeof(table->key));
	return 0;
}

static int teardown(void **state)
{
	munmap(table, sizeof(*table));
	return unit_arena_free(state);
}

#define GUESS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static struct guess_who who_of(const char *account, const char *address)
{
	return (struct guess_who){.account = str_of(account), .address = str_of(address)};
}

static int try(const char *account, const char *address, int64_t now_us)
{
	struct guess_who who = who_of(account, address);

	return guess_try(table, arena, &who, now_us);
}

static void right(const char *account, const char *address, int64_t now_us)
{
	struct guess_who who = who_of(account, address);

	guess_right(table, arena, &who, now_us);
}

/* An address that nobody has used yet. */
static const char *address_of(int i)
{
	return arena_printf(arena, "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
}

static void use_up(const char *account, const char *address, int64_t now_us)
{
	for (int i = 0; i < GUESS_PAIR_FREE; i++)
		assert_int_equal(try(account, address, now_us), 0);
	assert_int_equal(try(account, address, now_us), 1);
}

static void the_wait_doubles_up_to_a_maximum(void **state)
{
	int64_t now = START;

	(void)state;
	use_up("ann", "10.0.0.1", now);
	assert_int_equal(try("ann", "10.0.0.1", now + SECOND / 2), 1); /* counts for nothing */
	for (int wait = 1, n = 0; n < 300; n++) {
		now += wait * SECOND;
		assert_int_equal(try("ann", "10.0.0.1", now), 0);
		wait = wait * 2 > GUESS_PAIR_WAIT_S_MAX ? GUESS_PAIR_WAIT_S_MAX : wait * 2;
		assert_int_equal(try("ann", "10.0.0.1", now), wait);
	}
}

static void the_owner_elsewhere_does_not_wait(void **state)
{
	(void)state;
	use_up("ann", "10.0.0.1", START);
	assert_int_equal(try("ann", "10.0.0.2", START), 0);
	assert_int_equal(try("ben", "10.0.0.1", START), 0);
}

static void the_right_password_forgives(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		for (int k = 1; k < GUESS_PAIR_FREE; k++)
			assert_int_equal(try("ann", "10.0.0.1", START), 0);
		assert_int_equal(try("ann", "10.0.0.1", START), 0);
		right("ann", "10.0.0.1", START);
	}
}

static void a_while_without_tries_forgives(void **state)
{
	(void)state;
	use_up("ann", "10.0.0.1", START);
	use_up("ann", "10.0.0.1", START + (GUESS_FORGET_S + 2) * SECOND);
}

/* Many addresses take the free tries away, and never the first one. */
static void a_stranger_with_many_addresses_locks_nobody_out(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++)
		assert_int_equal(try("ann", address_of(i), START + i * SECOND / 10), 0);
	assert_int_equal(try("ann", address_of(1999), START + 200 * SECOND), 1);
	assert_int_equal(try("ann", address_of(1999), START + 201 * SECOND), 0);
	assert_int_equal(try("ann", address_of(1999), START + 201 * SECOND), 2);
	assert_int_equal(try("ann", "192.0.2.1", START + 200 * SECOND), 0);
	assert_int_equal(try("ann", "192.0.2.1", START + 200 * SECOND), 1); /* typed wrong once */
	assert_int_equal(try("ann", "192.0.2.1", START + 201 * SECOND), 0);
	right("ann", "192.0.2.1", START + 201 * SECOND);
	assert_int_equal(try("ann", "192.0.2.1", START + 201 * SECOND), 0);
	use_up("ben", "192.0.2.1", START + 200 * SECOND);
}

static void an_address_that_tries_many_accounts_waits(void **state)
{
	(void)state;
	right("known", "10.0.0.1", START);
	for (int i = 0; i < GUESS_ADDRESS_FREE; i++)
		assert_int_equal(try(arena_printf(arena, "user %d", i), "10.0.0.1", START), 0);
	assert_int_equal(try("another", "10.0.0.1", START), 1);
	assert_int_equal(try("another", "10.0.0.2", START), 0);
	/* who works there is not kept out by it, and is counted like anybody else */
	use_up("known", "10.0.0.1", START);
	for (int i = 0; i < GUESS_PAIR_FREE; i++) /* a refused try was not one of another's */
		assert_int_equal(try("another", "10.0.0.1", START + (1 << 2 * i) * SECOND), 0);
}

static void an_address_is_a_network(void **state)
{
	(void)state;
	use_up("ann", "2001:db8:1:2::1", START);
	assert_int_equal(try("ann", "2001:db8:1:2:ffff::7", START), 1);
	assert_int_equal(try("ann", "2001:db8:1:3::1", START), 0);
	use_up("ben", "::ffff:192.0.2.1", START);
	assert_int_equal(try("ben", "192.0.2.1", START), 1);
	assert_int_equal(try("ben", "192.0.2.2", START), 0);
	use_up("cay", "", START);
}

/* The file may outlive the machine's start, and with it the clock. */
static void a_table_of_another_clock_keeps_nobody_out(void **state)
{
	int64_t old = 40000000 * SECOND;

	(void)state;
	use_up("ann", "10.0.0.1", old);
	for (int i = 0; i < 200; i++)
		(void)try("ann", "10.0.0.1", old + i * 300 * SECOND);
	assert_int_equal(try("ann", "10.0.0.1", 2 * SECOND), 0);
}

/* More accounts than the table has places: who has tried often stays. */
static void a_flood_does_not_wash_away_the_worst(void **state)
{
	int64_t now = START;

	(void)state;
	for (int i = 0; i < 12; i++)
		assert_int_equal(try("ann", "192.0.2.1", now += 300 * SECOND), 0);
	for (int i = 0; i < 40000; i++) {
		(void)try(arena_printf(arena, "%d", i), address_of(i), now);
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	assert_true(try("ann", "192.0.2.1", now) > 0);
}

static struct meeting {
	_Atomic int arrived;
	_Atomic int passed[ROUNDS];
} * meeting;

/* Every process tries at the same account at the same time, then at the next one. */
static void tries_of_a_process(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		const char *account = arena_printf(arena, "user %d", i), *address = address_of(i);

		atomic_fetch_add(&meeting->arrived, 1);
		while (atomic_load(&meeting->arrived) < PROCESSES * (i + 1))
			sched_yield();
		for (int k = 0; k < TRIES; k++)
			atomic_fetch_add(&meeting->passed[i], try(account, address, START) == 0);
	}
}

static void tries_at_the_same_time_are_counted(void **state)
{
	int status;

	(void)state;
	meeting = mmap(
		NULL, sizeof(*meeting), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(meeting != MAP_FAILED);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			tries_of_a_process();
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++)
		assert_true(wait(&status) > 0 && WIFEXITED(status) && !WEXITSTATUS(status));
	for (int i = 0; i < ROUNDS; i++)
		assert_int_equal(atomic_load(&meeting->passed[i]), GUESS_PAIR_FREE);
	munmap(meeting, sizeof(*meeting));
}

static void a_browser_in_words(void **state)
{
	static const char *const known[][2] = {
		{"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
			"Firefox on Linux"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
		 "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
			"Edge on Windows"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
		 "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
			"Safari on an iPhone"},
		{"Mozilla/5.0 (Linux; Android 13; TC52) AppleWebKit/537.36 (KHTML, like Gecko) "
		 "Chrome/126.0.0.0 Mobile Safari/537.36",
			"Chrome on Android"},
		{"<script>alert(1)</script>", "Another browser"},
		{"", "A program without a name"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_str_is(agent_words(*state, str_of(known[i][0])), known[i][1]);
	assert_str_is(agent_words(*state, STR_NONE), "A program without a name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUESS_TEST(the_wait_doubles_up_to_a_maximum),
		GUESS_TEST(the_owner_elsewhere_does_not_wait),
		GUESS_TEST(the_right_password_forgives),
		GUESS_TEST(a_while_without_tries_forgives),
		GUESS_TEST(a_stranger_with_many_addresses_locks_nobody_out),
		GUESS_TEST(an_address_that_tries_many_accounts_waits),
		GUESS_TEST(an_address_is_a_network),
		GUESS_TEST(a_table_of_another_clock_keeps_nobody_out),
		GUESS_TEST(a_flood_does_not_wash_away_the_worst),
		GUESS_TEST(tries_at_the_same_time_are_counted),
		UNIT_TEST(a_browser_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
