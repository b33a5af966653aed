/* How many workers may wait for a provider that hangs. */
#include "tests/unit/unit.h"

#include "domain/sso_gate.h"

#define SECOND INT64_C(1000000)
#define NOW (1000 * SECOND)
#define LONGEST (25 * SECOND)

static bool enters(struct sso_gate *gate, int places, int64_t now_us, struct sso_wait *wait)
{
	int retry_s;

	return sso_gate_enter(gate, places, now_us, LONGEST, wait, &retry_s) == SSO_GATE_OPEN;
}

static void only_so_many_wait_at_the_same_moment(void **state)
{
	struct sso_gate gate = {.failed_until_us = 0};
	struct sso_wait first, second, third;

	(void)state;
	assert_true(enters(&gate, 2, NOW, &first));
	assert_true(enters(&gate, 2, NOW, &second));
	assert_false(enters(&gate, 2, NOW, &third));
	sso_gate_leave(&third); /* who has no place gives none back */
	assert_false(enters(&gate, 2, NOW, &third));
	sso_gate_leave(&first);
	assert_true(enters(&gate, 2, NOW + 1, &third));
}

static void it_is_worth_waiting_a_moment_for_who_has_just_begun(void **state)
{
	struct sso_gate gate = {.failed_until_us = 0};
	struct sso_wait first, second;
	int retry_s;

	(void)state;
	assert_true(enters(&gate, 1, NOW, &first));
	assert_int_equal(sso_gate_enter(&gate, 1, NOW + SECOND - 1, LONGEST, &second, &retry_s),
		SSO_GATE_BUSY);
	assert_int_equal(
		sso_gate_enter(&gate, 1, NOW + SECOND, LONGEST, &second, &retry_s), SSO_GATE_SHUT);
	assert_int_equal(retry_s, 1);
}

static void who_was_killed_keeps_no_place(void **state)
{
	struct sso_gate gate = {.failed_until_us = 0};
	struct sso_wait killed, next, third;

	(void)state;
	assert_true(enters(&gate, 1, NOW, &killed));
	assert_false(enters(&gate, 1, NOW + LONGEST - 1, &next));
	assert_true(enters(&gate, 1, NOW + LONGEST, &next));
	sso_gate_leave(&killed); /* it only was slow: the place is another's */
	assert_false(enters(&gate, 1, NOW + LONGEST, &third));
}

static void nobody_asks_for_some_seconds_after_a_failure(void **state)
{
	struct sso_gate gate = {.failed_until_us = 0};
	struct sso_wait wait;
	int retry_s;

	(void)state;
	sso_gate_failed(&gate, NOW);
	assert_int_equal(
		sso_gate_enter(&gate, 1, NOW + 1, LONGEST, &wait, &retry_s), SSO_GATE_SHUT);
	assert_int_equal(retry_s, SSO_GATE_PAUSE_S);
	assert_true(enters(&gate, 1, NOW + SSO_GATE_PAUSE_S * SECOND, &wait));
}

static void times_from_before_the_host_started_do_not_count(void **state)
{
	struct sso_gate gate = {.failed_until_us = 0};
	struct sso_wait wait;

	(void)state;
	assert_true(enters(&gate, 1, NOW, &wait));
	sso_gate_failed(&gate, NOW);
	assert_true(enters(&gate, 1, SECOND, &wait));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_so_many_wait_at_the_same_moment),
		cmocka_unit_test(it_is_worth_waiting_a_moment_for_who_has_just_begun),
		cmocka_unit_test(who_was_killed_keeps_no_place),
		cmocka_unit_test(nobody_asks_for_some_seconds_after_a_failure),
		cmocka_unit_test(times_from_before_the_host_started_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
