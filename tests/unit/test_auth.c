/* Staff: sessions and passwords, against a real server. */
#include "base/digest.h"
#include "base/secret.h"
#include "domain/guess.h"
#include "domain/session.h"
#include "domain/user.h"
#include "tests/unit/auth_fixture.h"

/* ---- sessions ---- */

static void a_session_says_who_and_what(void **state)
{
	struct worker *w = *state;
	struct principal who;
	struct str cookie, csrf, again;

	add_user(w, "Ann", "clerk");
	cookie = sign_in(w, "ann"); /* names compare by language rules */
	assert_int_equal(cookie.n, 43);
	statements(w);
	assert_ok(auth_session(w->auth, &w->c, cookie, &who, &csrf));
	assert_int_equal(statements(w), 1);
	assert_int_equal(who.kind, PRINCIPAL_USER);
	assert_str_is(who.name, "Ann");
	assert_str_is(who.actor, arena_printf(w->arena, "user:%lld", (long long)who.id));
	assert_true(perm_has(who.permissions, PERM_STOCK_WRITE));
	assert_false(perm_has(who.permissions, PERM_ITEMS_WRITE));
	assert_ok(auth_session(w->auth, &w->c, cookie, &who, &again));
	assert_int_equal(statements(w), 0); /* remembered */
	assert_true(str_eq(csrf, again));
	assert_str_is(who.name, "Ann");
	assert_true(auth_csrf_matches(csrf, again));
	assert_false(auth_csrf_matches(csrf, cookie));
	assert_false(auth_csrf_matches(csrf, STR_NONE));
	assert_false(auth_csrf_matches(STR_NONE, STR_NONE));
	assert_false(auth_csrf_matches(STR(""), STR("")));
}

static void each_sign_in_is_a_session_of_its_own(void **state)
{
	struct worker *w = *state;
	struct str one, two;

	add_user(w, "ann", "clerk");
	one = sign_in(w, "ann");
	two = sign_in(w, "ann");
	assert_false(str_eq(one, two));
	assert_ok(auth_sign_out(w->auth, &w->c, one));
	assert_code(session(w, one), ERR_UNAUTHENTICATED);
	assert_ok(session(w, two));
	assert_ok(auth_sign_out(w->auth, &w->c, STR("nonsense")));
	assert_ok(auth_sign_out(w->auth, &w->c, STR_NONE));
}

static void the_database_has_no_cookie(void **state)
{
	struct worker *w = *state;
	struct str cookie, hash;
	struct db_rows rows;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	hash = digest_sha256_str(w->arena, cookie);
	assert_ok(db_query(w->c.db, w->arena, SESSION_BY_HASH, DB_ARGS(db_bytes(hash)), &rows));
	assert_int_equal(rows.n, 1);
	assert_ok(db_query(w->c.db, w->arena, SESSION_BY_HASH, DB_ARGS(db_bytes(cookie)), &rows));
	assert_int_equal(rows.n, 0);
}

static void what_is_no_cookie_is_not_asked_for(void **state)
{
	static const char *const wrong[] = {"", "x", "' OR 1=1 --",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"};
	struct worker *w = *state;

	statements(w);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_code(session(w, str_of(wrong[i])), ERR_UNAUTHENTICATED);
	assert_code(session(w, STR_NONE), ERR_UNAUTHENTICATED);
	assert_int_equal(statements(w), 0);
	assert_code(session(w, secret_random_text(w->arena, 32)), ERR_UNAUTHENTICATED);
	assert_int_equal(statements(w), 1);
}

static void a_session_ends_when_idle_and_in_any_case(void **state)
{
	struct worker *w = *state;
	struct str cookie;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	behind_the_back(
		"UPDATE bincard.session SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 3599 SECOND");
	statements(w);
	assert_ok(session(w, cookie));
	assert_int_equal(statements(w), 2); /* and seen_at is now */
	generation++;
	assert_ok(session(w, cookie));
	assert_int_equal(statements(w), 1); /* once a minute is enough */
	behind_the_back(
		"UPDATE bincard.session SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 3601 SECOND");
	assert_code(session(w, cookie), ERR_UNAUTHENTICATED);
	behind_the_back("UPDATE bincard.session SET seen_at = UTC_TIMESTAMP(6),"
			" expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
	assert_code(session(w, cookie), ERR_UNAUTHENTICATED);
}

static void what_a_page_asks_by_itself_is_no_use_of_a_session(void **state)
{
	struct worker *w = *state;
	struct str cookie;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	behind_the_back(
		"UPDATE bincard.session SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 3590 SECOND");
	statements(w);
	w->c.watching = true;
	assert_ok(session(w, cookie));
	assert_int_equal(statements(w), 1);
	w->c.watching = false;
	generation++;
	assert_ok(session(w, cookie));
	assert_int_equal(statements(w), 2); /* now it is written down */
}

/* Under a short limit its use is written down more often than once a minute. */
static void a_session_in_use_is_not_idle(void **state)
{
	struct worker *w = *state;
	const int idle_s = auth_config.session_idle_s;
	struct str cookie;

	add_user(w, "ann", "clerk");
	auth_config.session_idle_s = 60;
	cookie = sign_in(w, "ann");
	for (int i = 0; i < 3; i++) {
		behind_the_back(
			"UPDATE bincard.session SET seen_at = seen_at - INTERVAL 40 SECOND");
		assert_ok(session(w, cookie));
	}
	auth_config.session_idle_s = idle_s;
}

/* Remembering never makes a session longer than it is. */
static void a_short_rest_is_remembered_no_longer(void **state)
{
	struct worker *w = *state;
	struct str cookie;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	behind_the_back(
		"UPDATE bincard.session SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 700000 MICROSECOND");
	assert_ok(session(w, cookie));
	usleep(800000);
	assert_code(session(w, cookie), ERR_UNAUTHENTICATED);
}

static void old_sessions_go_when_somebody_signs_in(void **state)
{
	struct worker *w = *state;
	struct str old;

	add_user(w, "ann", "clerk");
	old = sign_in(w, "ann");
	behind_the_back(
		"UPDATE bincard.session SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY");
	sign_in(w, "ann");
	behind_the_back(
		"UPDATE bincard.session SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY");
	assert_code(session(w, old), ERR_UNAUTHENTICATED);
}

static void the_end_of_a_user_is_the_end_of_his_sessions(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct str cookie, elsewhere, unused;
	struct user user;

	add_user(w, "ann", "clerk");
	add_user(w, "ben", "viewer");
	cookie = sign_in(w, "ann");
	elsewhere = sign_in(w, "ben");
	assert_ok(session(other, cookie));
	assert_ok(user_set_active(&w->c, user_id(w, "ann"), 0, false, &user));
	auth_changed(w->auth);
	assert_code(session(other, cookie), ERR_UNAUTHENTICATED);
	assert_code(session(w, cookie), ERR_UNAUTHENTICATED);
	assert_ok(session(other, elsewhere));
	assert_code(sign_in_with(w, STR("ann"), STR(PASSWORD), &unused), ERR_UNAUTHENTICATED);
	assert_ok(user_set_active(&w->c, user_id(w, "ann"), 0, false, &user));
	assert_code(user_set_active(&w->c, user_id(w, "nobody"), 0, false, &user), ERR_NOT_FOUND);
	worker_free(other);
}

static void a_new_password_ends_all_sessions(void **state)
{
	struct worker *w = *state;
	struct str cookie;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	assert_code(user_set_password(&w->c, &auth_config, user_id(w, "ann"), STR("too short")),
		ERR_INVALID);
	assert_ok(session(w, cookie));
	assert_ok(
		user_set_password(&w->c, &auth_config, user_id(w, "ann"), STR("another long one")));
	auth_changed(w->auth);
	assert_code(session(w, cookie), ERR_UNAUTHENTICATED);
	assert_code(sign_in_with(w, STR("ann"), STR(PASSWORD), &cookie), ERR_UNAUTHENTICATED);
	assert_ok(sign_in_with(w, STR("ann"), STR("another long one"), &cookie));
}

/* ---- guessing ---- */

static struct err *try_at(struct worker *w, const char *name, const char *address)
{
	struct str cookie;

	w->c.address = str_of(address);
	return sign_in_with(w, str_of(name), STR("a wrong password"), &cookie);
}

/* However the name is spelled: the database takes all of these for one. A name that nobody has is
 * treated as one that somebody has. */
static void too_many_tries_have_to_wait(void **state)
{
	static const char *const names[2][6] = {
		{"ann", "ANN", "\xc3\xa0nn", "ann ", "Ann\xc2\xa0", "ann"},
		{"nob", "NOB",
			"n\xc3\xb6"
			"b",
			"nob ", "Nob\xc2\xa0", "nob"}};
	struct guess_table *table = ARENA_NEW(((struct worker *)*state)->arena, struct guess_table);
	struct worker *w = *state;
	struct err *e[2];

	add_user(w, "ann", "clerk");
	auth_config.guesses = table;
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < 5; i++)
			assert_code(try_at(w, names[k][i], "192.0.2.1"), ERR_UNAUTHENTICATED);
		statements(w);
		e[k] = try_at(w, names[k][5], "192.0.2.1");
		assert_code(e[k], ERR_RATE);
		assert_int_equal(e[k]->retry_after_s, 1);
		assert_int_equal(statements(w), 1); /* nothing was looked up */
	}
	assert_true(str_eq(e[0]->detail, e[1]->detail));
	w->c.address = STR("192.0.2.2"); /* the owner is elsewhere */
	sign_in(w, "ann");
	auth_config.guesses = NULL;
}

/* ---- one's own ---- */

/* Makes the session of that cookie the one that asks. */
static void ask_as(struct worker *w, struct str cookie, struct principal *who)
{
	struct str csrf;

	assert_ok(auth_session(w->auth, &w->c, cookie, who, &csrf));
	w->c.who = who;
}

static void one_sees_and_ends_ones_own_sessions(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct str here, there, third, of_ben;
	struct principal ann, ben;
	struct session_rows rows;

	add_user(w, "ann", "clerk");
	add_user(w, "ben", "administrator");
	w->c.address = STR("192.0.2.7");
	w->c.user_agent = STR("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0");
	here = sign_in(w, "ann");
	there = sign_in(w, "ann");
	third = sign_in(w, "ann");
	of_ben = sign_in(w, "ben");
	ask_as(w, here, &ann);
	assert_ok(session_list(w->auth, &w->c, 0, 10, &rows));
	assert_int_equal(rows.n, 3);
	assert_true(rows.rows[2].id == ann.session && rows.rows[0].id > rows.rows[1].id);
	assert_str_is(rows.rows[0].address, "192.0.2.7");
	assert_str_is(rows.rows[0].browser, "Firefox on Linux");
	assert_ok(session(other, there)); /* remembered there */
	assert_ok(session_end(w->auth, &w->c, rows.rows[1].id));
	assert_code(session(other, there), ERR_UNAUTHENTICATED);
	assert_code(session_end(w->auth, &w->c, rows.rows[1].id), ERR_NOT_FOUND);
	ask_as(w, of_ben, &ben);
	assert_code(session_end(w->auth, &w->c, rows.rows[0].id), ERR_NOT_FOUND);
	assert_ok(session_end_others(w->auth, &w->c));
	assert_ok(session(w, third)); /* not ben's */
	ask_as(w, here, &ann);
	assert_ok(session_end_others(w->auth, &w->c));
	assert_code(session(other, third), ERR_UNAUTHENTICATED);
	assert_ok(session(other, here));
	assert_ok(session(other, of_ben));
	behind_the_back("UPDATE bincard.session SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR");
	assert_ok(session_list(w->auth, &w->c, 0, 10, &rows));
	assert_int_equal(rows.n, 0); /* idle for too long: no session any more */
	worker_free(other);
}

static void ones_own_password_is_changed_with_the_old_one(void **state)
{
	const struct str fresh = STR("paper lamp 7 green");
	struct worker *w = *state, *other = worker_new();
	struct str here, there, cookie = STR_NONE;
	struct principal who;
	struct err *e;

	add_user(w, "ann", "clerk");
	here = sign_in(w, "ann");
	there = sign_in(w, "ann");
	assert_ok(session(other, there));
	ask_as(w, here, &who);
	e = auth_change_password(w->auth, &w->c, STR("not the old one"), fresh, &cookie);
	assert_code(e, ERR_INVALID);
	assert_str_is(e->fields->pointer, "/old_password");
	e = auth_change_password(w->auth, &w->c, STR(PASSWORD), STR("password1234"), &cookie);
	assert_code(e, ERR_INVALID);
	assert_string_equal(e->fields->code, "common");
	e = auth_change_password(w->auth, &w->c, STR(PASSWORD), STR(PASSWORD), &cookie);
	assert_code(e, ERR_INVALID);
	assert_ok(session(w, here));
	assert_ok(auth_change_password(w->auth, &w->c, STR(PASSWORD), fresh, &cookie));
	assert_code(session(other, there), ERR_UNAUTHENTICATED);
	assert_code(session(other, here), ERR_UNAUTHENTICATED);
	assert_ok(session(other, cookie));
	w->c.who = &w->system;
	assert_code(sign_in_with(w, STR("ann"), STR(PASSWORD), &cookie), ERR_UNAUTHENTICATED);
	assert_ok(sign_in_with(w, STR("ann"), fresh, &cookie));
	worker_free(other);
}

/* A stolen cookie is no way to find out the password. */
static void the_old_password_cannot_be_guessed_at(void **state)
{
	struct guess_table *table = ARENA_NEW(((struct worker *)*state)->arena, struct guess_table);
	const struct str fresh = STR("paper lamp 7 green");
	struct worker *w = *state;
	struct principal who;
	struct str cookie;

	add_user(w, "ann", "clerk");
	ask_as(w, sign_in(w, "ann"), &who);
	auth_config.guesses = table;
	for (int i = 0; i < 5; i++)
		assert_code(auth_change_password(w->auth, &w->c, STR("x"), fresh, &cookie),
			ERR_INVALID);
	assert_code(auth_change_password(w->auth, &w->c, STR(PASSWORD), fresh, &cookie), ERR_RATE);
	w->c.who = &w->system;
	auth_config.guesses = NULL;
	sign_in(w, "ann"); /* the password is the old one */
}

static void all_that_is_wrong_with_a_user_is_told(void **state)
{
	const struct user_role_input roles[] = {
		{.role = STR("clerk")}, {.role = STR("emperor")}, {.role = STR("\xff")}};
	const struct user_role_input twice[] = {
		{.role = STR("clerk")}, {.role = STR("CLERK")}, {.role = STR("viewer")}};
	const struct user_filter all = {.limit = 200};
	struct worker *w = *state;
	struct user user;
	struct user_rows rows;
	struct err *e;
	struct user_input in = {.name = STR(" ann"),
		.display_name = STR(""),
		.password = STR("short"),
		.roles = roles,
		.role_count = 3};

	e = user_add(&w->c, &auth_config, &in, &user);
	assert_code(e, ERR_INVALID);
	assert_int_equal(e->field_count, 5);
	in = (struct user_input){
		.name = STR("ann"), .password = STR(PASSWORD), .roles = twice, .role_count = 3};
	assert_ok(user_add(&w->c, &auth_config, &in, &user));
	in.name = STR("ANN");
	assert_code(user_add(&w->c, &auth_config, &in, &user), ERR_DUPLICATE);
	add_user(w, "ben", NULL);
	assert_ok(user_list(&w->c, &all, &rows));
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows.rows[0].role_count, 2);
	assert_str_is(rows.rows[0].roles[0].name, "clerk");
	assert_str_is(rows.rows[0].roles[1].name, "viewer");
	assert_str_is(rows.rows[0].display_name, "ann");
	assert_int_equal(rows.rows[1].role_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(a_session_says_who_and_what),
		AUTH_TEST(each_sign_in_is_a_session_of_its_own),
		AUTH_TEST(the_database_has_no_cookie),
		AUTH_TEST(what_is_no_cookie_is_not_asked_for),
		AUTH_TEST(a_session_ends_when_idle_and_in_any_case),
		AUTH_TEST(what_a_page_asks_by_itself_is_no_use_of_a_session),
		AUTH_TEST(a_session_in_use_is_not_idle),
		AUTH_TEST(a_short_rest_is_remembered_no_longer),
		AUTH_TEST(old_sessions_go_when_somebody_signs_in),
		AUTH_TEST(the_end_of_a_user_is_the_end_of_his_sessions),
		AUTH_TEST(a_new_password_ends_all_sessions),
		AUTH_TEST(too_many_tries_have_to_wait),
		AUTH_TEST(one_sees_and_ends_ones_own_sessions),
		AUTH_TEST(ones_own_password_is_changed_with_the_old_one),
		AUTH_TEST(the_old_password_cannot_be_guessed_at),
		AUTH_TEST(all_that_is_wrong_with_a_user_is_told),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
