/* What a wrong password tells: nothing, whosever name it was. Against a real server. */
#include "tests/unit/auth_fixture.h"

#include "base/timestamp.h"
#include "domain/user.h"

static int64_t one_try_us(struct worker *w, const char *name, const char *password)
{
	int64_t start_us = time_monotonic_us();
	struct str cookie;

	assert_code(sign_in_with(w, str_of(name), str_of(password), &cookie), ERR_UNAUTHENTICATED);
	return time_monotonic_us() - start_us;
}

enum { KINDS = 5 };

static bool alike(const int64_t quickest[static KINDS])
{
	for (int k = 1; k < KINDS; k++) {
		double ratio = (double)quickest[k] / (double)quickest[0];

		if (ratio < 0.8 || ratio > 1.25)
			return false;
	}
	return true;
}

/* The quickest try of each kind counts: what the machine does meanwhile only makes one slower. On a
 * busy machine it takes more of them. */
static void all_take_as_long(struct worker *w)
{
	static const char *const names[KINDS] = {"ann", "nobody", "off", "\xff", "new"};
	int64_t quickest[KINDS] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};

	for (int i = 0; i < 15 || (i < 300 && !alike(quickest)); i++) {
		for (int k = 0; k < KINDS; k++) {
			int64_t us =
				one_try_us(w, names[k], k == 2 ? PASSWORD : "a wrong password");

			quickest[k] = us < quickest[k] ? us : quickest[k];
		}
	}
	print_message("of a wrong password's time: unknown %.3f, disabled %.3f, no text %.3f\n",
		(double)quickest[1] / (double)quickest[0],
		(double)quickest[2] / (double)quickest[0],
		(double)quickest[3] / (double)quickest[0]);
	assert_true(alike(quickest));
}

static void an_unknown_name_takes_as_long_as_a_wrong_password(void **state)
{
	static const unsigned passes[] = {2, 8, 1}; /* hashes are made with 2 */
	struct worker *w = *state;
	struct user user;

	add_user(w, "ann", "clerk");
	add_user(w, "off", "clerk");
	assert_ok(user_set_active(&w->c, user_id(w, "off"), 0, false, &user));
	assert_ok(user_add(&w->c, &auth_config,
		&(struct user_input){.name = STR("new"), .password = STR_NONE}, &user));
	for (size_t i = 0; i < sizeof(passes) / sizeof(*passes); i++) {
		auth_config.argon2_passes = passes[i];
		all_take_as_long(w);
	}
	auth_config.argon2_passes = 2;
}

enum { SPELLINGS = 2, TRIES = 8 };

/* What the machine does meanwhile makes a try slower and never quicker: one quick try tells. */
static bool is_slow(struct worker *w, const char *name, int64_t between_us)
{
	for (int i = 0; i < TRIES; i++)
		if (one_try_us(w, name, "a wrong password") < between_us)
			return false;
	return true;
}

static int64_t quickest_us(struct worker *w, const char *name)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 3 * TRIES; i++) {
		int64_t us = one_try_us(w, name, "a wrong password");

		least = us < least ? us : least;
	}
	return least;
}

/* Some hashes are quick and some are slow; so are names that nobody has, each in all its spellings. */
static void an_unknown_name_is_as_old_as_some_known_one(void **state)
{
	static const char *const names[][SPELLINGS] = {{"a", "A"}, {"b", "B "}, {"c", "\xc3\xa7"},
		{"d", "D"}, {"e", "\xc3\xa9 "}, {"f", "F"}, {"g", "G"}, {"h", "H"}, {"i", "I"},
		{"j", "J"}, {"k", "K"}, {"l", "L"}};
	struct worker *w = *state;
	int64_t quick_us, slow_us, between_us;
	int slow = 0, n = sizeof(names) / sizeof(*names);

	auth_config.argon2_passes = 1;
	add_user(w, "quick", "clerk");
	auth_config.argon2_passes = 12;
	add_user(w, "slow", "clerk");
	auth_config.argon2_passes = 2;
	quick_us = quickest_us(w, "quick");
	slow_us = quickest_us(w, "slow");
	/* the database takes its part of both, so one is no multiple of the other */
	assert_true(slow_us > quick_us + quick_us / 4);
	between_us = quick_us + (slow_us - quick_us) / 2;
	for (int i = 0; i < n; i++) {
		bool first = is_slow(w, names[i][0], between_us);

		slow += first;
		for (int s = 1; s < SPELLINGS; s++)
			assert_int_equal(is_slow(w, names[i][s], between_us), first);
	}
	assert_in_range(slow, 1, n - 1);
}

static void refusals_are_all_alike(void **state)
{
	struct worker *w = *state;
	struct str cookie, detail;
	struct err *e;
	int first;

	add_user(w, "ann", "clerk");
	statements(w);
	e = sign_in_with(w, STR("ann"), STR("a wrong password"), &cookie);
	assert_code(e, ERR_UNAUTHENTICATED);
	detail = e->detail;
	first = (int)statements(w);
	assert_in_range(
		first, 3, 4); /* stand-in, look up, measure, and an entry while it is not full */
	e = sign_in_with(w, STR("nobody"), STR("a wrong password"), &cookie);
	assert_true(str_eq(e->detail, detail));
	assert_int_equal(statements(w), first);
	e = sign_in_with(w, STR_NONE, STR_NONE, &cookie);
	assert_true(str_eq(e->detail, detail));
	assert_int_equal(statements(w), first);
}

static void a_hash_grows_with_the_configuration(void **state)
{
	struct worker *w = *state;
	struct str cookie;
	struct db_rows rows;

	add_user(w, "ann", "clerk");
	auth_config.argon2_passes = 3;
	cookie = sign_in(w, "ann");
	assert_ok(db_query(w->c.db, w->arena, USER_BY_NAME, DB_ARGS(db_text(STR("ann"))), &rows));
	assert_contains(db_row(&rows, 0)[3].text, ",t=3,");
	assert_ok(session(w, cookie));
	statements(w);
	sign_in(w, "ann");
	/* spelling, stand-in, look up, second factor, begin, add, its entry, commit, prune: not hashed again */
	assert_int_equal(statements(w), 9);
	auth_config.argon2_passes = 2;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(an_unknown_name_takes_as_long_as_a_wrong_password),
		AUTH_TEST(an_unknown_name_is_as_old_as_some_known_one),
		AUTH_TEST(refusals_are_all_alike),
		AUTH_TEST(a_hash_grows_with_the_configuration),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
