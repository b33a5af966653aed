/* What stands between a right password and a session, at moments that no request can be held at. */
#include "tests/unit/auth_fixture.h"

#include "base/digest.h"
#include "domain/second_factor.h"
#include "store/session_store.h"
#include "store/user_store.h"

static const char begun[] =
	"INSERT INTO bincard.second_factor (user_id, kind, secret_sealed, created_at)"
	" SELECT id, 'totp', '', NOW() FROM bincard.user";
static const char confirmed[] = "UPDATE bincard.second_factor SET confirmed_at = NOW()";

static struct user user_named(struct worker *w, const char *name)
{
	struct user user;
	bool found;

	assert_ok(user_store_by_name(w->c.db, w->arena, str_of(name), &user, &found));
	assert_true(found);
	return user;
}

/* As the first step does it that has looked for a factor a moment ago. */
static bool begins(struct worker *w, const struct user *user, bool proved)
{
	static int n;
	struct session_start start = {
		.token_hash = digest_sha256_str(w->arena, str_printf(w->arena, "%d", n++)),
		.password_hash = user->password_hash,
		.address = STR(""),
		.browser = STR(""),
		.user_id = user->id,
		.life_s = 60,
		.second_factor = proved,
	};
	bool added;

	assert_ok(session_store_add(w->c.db, w->arena, &start, &added));
	return added;
}

static void a_factor_of_this_very_moment_is_not_passed_by(void **state)
{
	struct worker *w = *state;
	struct user user;

	add_user(w, "ann", "clerk");
	user = user_named(w, "ann");
	assert_true(begins(w, &user, false));
	behind_the_back(begun);
	assert_true(begins(w, &user, false));
	behind_the_back(confirmed);
	assert_false(begins(w, &user, false));
	assert_true(begins(w, &user, true));
}

static void what_was_only_begun_asks_for_no_code(void **state)
{
	struct worker *w = *state;
	struct sign_in got;

	add_user(w, "ann", "clerk");
	behind_the_back(begun);
	sign_in(w, "ann");
	behind_the_back(confirmed);
	assert_ok(auth_sign_in(w->auth, &w->c, STR("ann"), STR(PASSWORD), &got));
	assert_true(got.pending);
	assert_code(session(w, got.cookie), ERR_UNAUTHENTICATED);
}

static bool use(struct worker *w, int64_t id, int64_t step)
{
	bool done;

	assert_ok(second_factor_store_use(w->c.db, w->arena, id, step, &done));
	return done;
}

static void a_step_is_used_once_and_none_before_it(void **state)
{
	struct worker *w = *state;
	struct second_factor factor;
	struct user user;
	bool found;

	add_user(w, "ann", "clerk");
	behind_the_back(begun);
	user = user_named(w, "ann");
	assert_ok(second_factor_store_of(w->c.db, w->arena, user.id, &factor, &found));
	assert_true(found && !factor.confirmed);
	assert_false(use(w, factor.id, 7)); /* not confirmed */
	behind_the_back(confirmed);
	assert_true(use(w, factor.id, 7));
	assert_false(use(w, factor.id, 7));
	assert_false(use(w, factor.id, 6));
	assert_true(use(w, factor.id, 8));
}

static void ones_own_is_not_removed_as_anothers_is(void **state)
{
	struct worker *w = *state;
	struct principal who = {.kind = PRINCIPAL_USER,
		.actor = STR("user:1"),
		.name = STR("ben"),
		.permissions = ~(perm_set)0};
	struct second_factor factor;
	struct user ann, ben;
	bool found;

	add_user(w, "ann", "administrator");
	ann = user_named(w, "ann");
	behind_the_back(begun);
	behind_the_back(confirmed);
	add_user(w, "ben", "administrator");
	ben = user_named(w, "ben");
	w->c.who = &who;
	who.id = ann.id;
	assert_code(second_factor_remove_of(&w->c, user_id(w, "ann")), ERR_CONFLICT);
	who.id = ben.id;
	assert_ok(second_factor_remove_of(&w->c, user_id(w, "ann")));
	assert_ok(second_factor_store_of(w->c.db, w->arena, ann.id, &factor, &found));
	assert_false(found);
	assert_code(second_factor_remove_of(&w->c, user_id(w, "nobody")), ERR_NOT_FOUND);
	w->c.who = &w->system;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(a_factor_of_this_very_moment_is_not_passed_by),
		AUTH_TEST(what_was_only_begun_asks_for_no_code),
		AUTH_TEST(ones_own_is_not_removed_as_anothers_is),
		AUTH_TEST(a_step_is_used_once_and_none_before_it),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
