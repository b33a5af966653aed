#include "tests/unit/unit.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rate.h"

#define S INT64_C(1000000)
#define PROCESSES 16

static struct rate_table *table;

static int make_table(void **state)
{
	(void)state;
	table = mmap(
		NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return table == MAP_FAILED ? -1 : 0;
}

static int end_table(void **state)
{
	(void)state;
	return munmap(table, sizeof(*table));
}

#define RATE_TEST(f) cmocka_unit_test_setup_teardown(f, make_table, end_table)

static struct rate_policy policy_of(const char *text)
{
	struct rate_policy p;

	assert_true(rate_policy_parse(str_of(text), &p));
	return p;
}

static struct rate_who known(const char *name)
{
	return (struct rate_who){RATE_API_READ, RATE_KNOWN, str_of(name)};
}

/* How many of n come through at one time. */
static int through(const struct rate_who *who, const struct rate_policy *p, int64_t now, int n)
{
	struct rate_left left;
	int taken = 0;

	for (int i = 0; i < n; i++)
		taken += rate_take(table, who, p, now, &left);
	return taken;
}

static void policies_are_read(void **state)
{
	static const char *const wrong[] = {"", "10", "10/", "/60", "0/60", "10/0", "-1/60",
		"10/60/", "10/60/11", "10/60/0", "10/60/5/1", "1000001/60", "10/3601", "1000000/1",
		"on", "10 / 60"};
	struct rate_policy p = policy_of("6000/60");

	(void)state;
	assert_int_equal(p.quota, 6000);
	assert_int_equal(p.window_s, 60);
	assert_int_equal(p.burst, 6000);
	assert_int_equal(policy_of("6000/60/100").burst, 100);
	assert_int_equal(policy_of("off").quota, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(rate_policy_parse(str_of(wrong[i]), &p));
}

static void a_burst_is_let_through_and_then_the_rate(void **state)
{
	struct rate_policy p = policy_of("60/60/5");
	struct rate_who a = known("client:1"), b = known("client:2");

	(void)state;
	assert_int_equal(through(&a, &p, 100 * S, 50), 5);
	assert_int_equal(through(&b, &p, 100 * S, 50), 5);
	assert_int_equal(through(&a, &p, 101 * S - 1, 1), 0);
	assert_int_equal(through(&a, &p, 101 * S, 50), 1);
	assert_int_equal(through(&a, &p, 103 * S, 50), 2);
	assert_int_equal(through(&a, &p, 1000 * S, 50), 5);
	assert_int_equal(table->refused[RATE_API_READ], 45 + 45 + 1 + 49 + 48 + 45);
}

static void what_is_left_is_true(void **state)
{
	struct rate_policy p = policy_of("6/60");
	struct rate_who who = known("user:1");
	struct rate_left left;

	(void)state;
	rate_look(table, &who, &p, 5 * S, &left);
	assert_int_equal(left.tokens, 6);
	assert_true(rate_take(table, &who, &p, 5 * S, &left));
	assert_int_equal(left.tokens, 5);
	assert_int_equal(left.full_in_s, 10);
	assert_int_equal(left.retry_in_s, 0);
	assert_int_equal(through(&who, &p, 5 * S, 5), 5);
	assert_false(rate_take(table, &who, &p, 6 * S, &left));
	assert_int_equal(left.tokens, 0);
	assert_int_equal(left.retry_in_s, 9);
	assert_true(rate_take(table, &who, &p, (6 + left.retry_in_s) * S, &left));
}

static void groups_and_regions_are_apart(void **state)
{
	struct rate_policy p = policy_of("1/60");
	struct rate_who who = known("client:1");

	(void)state;
	assert_int_equal(through(&who, &p, S, 2), 1);
	who.group = RATE_API_WRITE;
	assert_int_equal(through(&who, &p, S, 2), 1);
	who.region = RATE_STRANGERS;
	assert_int_equal(through(&who, &p, S, 2), 1);
}

/* After a reload with smaller limits. */
static void a_time_too_far_ahead_for_the_policy_is_an_empty_bucket(void **state)
{
	struct rate_policy large = policy_of("3600/3600"), small = policy_of("10/10");
	struct rate_who who = known("client:1");

	(void)state;
	assert_int_equal(through(&who, &large, 9000 * S, 3600), 3600);
	assert_int_equal(through(&who, &small, 9000 * S, 5), 0);
	assert_int_equal(through(&who, &small, 9003 * S, 50), 3);
}

/* The clock begins anew when the host does; the file may still be there. */
static void a_time_that_no_policy_has_is_a_full_bucket(void **state)
{
	struct rate_policy p = policy_of("10/10");
	struct rate_who who = known("client:1");

	(void)state;
	assert_int_equal(through(&who, &p, 9003 * S, 50), 10);
	assert_int_equal(through(&who, &p, 5 * S, 50), 10);
	assert_int_equal(through(&who, &p, 7 * S, 50), 2);
}

static void the_clock_of_48_bits_turns_over(void **state)
{
	struct rate_policy p = policy_of("10/10");
	struct rate_who who = known("client:1");
	int64_t turn = INT64_C(1) << 48;

	(void)state;
	assert_int_equal(through(&who, &p, turn - S, 50), 10);
	assert_int_equal(through(&who, &p, turn + S, 50), 2);
	assert_int_equal(through(&who, &p, turn + 100 * S, 50), 10);
}

/* Nobody comes back to an empty bucket, and no place is kept for who does not come back. */
static void a_bucket_of_days_ago_is_full(void **state)
{
	struct rate_policy p = policy_of("2/3600");
	struct rate_who who = known("client:1");

	(void)state;
	assert_int_equal(through(&who, &p, S, 3), 2);
	for (int hours = 2; hours < 60 * 24; hours++)
		assert_int_equal(rate_in_use(table, RATE_KNOWN, hours * 3600 * S), 0);
	assert_int_equal(through(&who, &p, 60 * 86400 * S, 3), 2);
}

/* Far more addresses than there are places. */
static void strangers_push_nobody_out(void **state)
{
	struct rate_policy p = policy_of("2/3600"), sign_in = policy_of("1/3600");
	struct rate_who client = known("client:7");
	struct rate_who early = {RATE_SIGN_IN, RATE_STRANGERS, STR("early")};
	struct rate_who other = {RATE_SIGN_IN, RATE_STRANGERS, STR_NONE};
	unsigned taken = 0, n = 4 * RATE_SETS * RATE_WAYS;
	char name[16];

	(void)state;
	assert_int_equal(through(&client, &p, S, 2), 2);
	assert_int_equal(through(&early, &sign_in, S, 1), 1);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%u", i);
		other.name = str_of(name);
		taken += (unsigned)through(&other, &sign_in, S, 1);
	}
	assert_int_equal(through(&client, &p, S, 2), 0);
	assert_int_equal(through(&early, &sign_in, S, 2), 0);
	assert_true(taken <= RATE_SETS * RATE_WAYS + RATE_CROWDS);
	assert_true(rate_in_use(table, RATE_STRANGERS, S) > RATE_SETS * RATE_WAYS * 99 / 100);
	assert_int_equal(rate_in_use(table, RATE_KNOWN, S), 1);
	/* places come free by themselves */
	other.name = STR("late");
	assert_int_equal(through(&other, &sign_in, 3700 * S, 2), 1);
}

static void a_reset_fills_one_bucket(void **state)
{
	struct rate_policy p = policy_of("3/60");
	struct rate_who a = known("client:1"), b = known("client:2");

	(void)state;
	assert_int_equal(through(&a, &p, S, 9), 3);
	assert_int_equal(through(&b, &p, S, 9), 3);
	rate_reset(table, &a);
	assert_int_equal(through(&a, &p, S, 9), 3);
	assert_int_equal(through(&b, &p, S, 9), 0);
}

/* Processes that begin together take from buckets that are new to all of them; the sum of what each
 * bucket gave is exact. */
static void takes_are_exact_over_processes(void **state)
{
	enum { NAMES = 400, ROUNDS = 16 };
	struct rate_policy p = policy_of("100/3600");
	_Atomic int *taken = mmap(NULL, sizeof(int) * (NAMES + 1), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];

	(void)state;
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		atomic_fetch_add(&taken[NAMES], 1);
		while (atomic_load(&taken[NAMES]) < PROCESSES)
			;
		for (int n = 0; n < NAMES; n++) {
			char name[16];
			struct rate_who who;

			snprintf(name, sizeof(name), "client:%d", n);
			who = known(name);
			atomic_fetch_add(&taken[n], through(&who, &p, S, ROUNDS));
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++)
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	for (int n = 0; n < NAMES; n++)
		assert_int_equal(taken[n], 100);
	munmap((void *)taken, sizeof(int) * (NAMES + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_read),
		RATE_TEST(a_burst_is_let_through_and_then_the_rate),
		RATE_TEST(what_is_left_is_true),
		RATE_TEST(groups_and_regions_are_apart),
		RATE_TEST(a_time_too_far_ahead_for_the_policy_is_an_empty_bucket),
		RATE_TEST(a_time_that_no_policy_has_is_a_full_bucket),
		RATE_TEST(a_bucket_of_days_ago_is_full),
		RATE_TEST(the_clock_of_48_bits_turns_over),
		RATE_TEST(strangers_push_nobody_out),
		RATE_TEST(a_reset_fills_one_bucket),
		RATE_TEST(takes_are_exact_over_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
