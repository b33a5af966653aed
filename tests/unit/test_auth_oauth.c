/* Tokens that end before their time, and keys that take turns, against a real server. */
#include "tests/unit/auth_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include "domain/auth_keys.h"
#include "domain/key.h"
#include "jobs/key_turn.h"

static struct str token_for(struct worker *w, const char *scope, struct client *client)
{
	struct str secret;

	assert_ok(client_add(&w->c, STR("till"), str_of(scope), client, &secret));
	return token_of(w, client, secret);
}

static void a_revoked_token_ends_here_at_once_and_elsewhere_soon(void **state)
{
	struct worker *w = *state, *other = worker_new(), *new = worker_new();
	struct client client;
	struct str token = token_for(w, "items:read", &client);

	assert_ok(bearer(w, token));
	assert_ok(bearer(other, token));
	assert_ok(auth_revoke(w->auth, &w->c, &client, token));
	assert_code(bearer(w, token), ERR_INVALID_TOKEN);
	assert_code(bearer(new, token), ERR_INVALID_TOKEN);
	assert_ok(bearer(other, token)); /* it remembers: the limit below is what is promised */
	sleep(AUTH_CACHE_S);
	assert_code(bearer(other, token), ERR_INVALID_TOKEN);
	assert_ok(auth_revoke(w->auth, &w->c, &client, token)); /* twice is fine */
	worker_free(other);
	worker_free(new);
}

static void only_the_own_token_is_revoked_and_only_that_one(void **state)
{
	struct worker *w = *state;
	struct client client, stranger;
	struct str token = token_for(w, "items:read", &client);
	struct str others = token_for(w, "items:read", &stranger);

	assert_code(auth_revoke(w->auth, &w->c, &stranger, token), ERR_FORBIDDEN);
	assert_ok(bearer(w, token));
	assert_ok(auth_revoke(w->auth, &w->c, &client, STR("nonsense")));
	assert_ok(auth_revoke(w->auth, &w->c, &client, STR("")));
	assert_ok(auth_revoke(w->auth, &w->c, &client, token));
	assert_ok(bearer(w, others));
}

static void introspection_asks_the_database(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct client client;
	struct str token = token_for(w, "items:read stock:read", &client);
	struct token_state t;

	assert_ok(bearer(other, token));
	assert_ok(auth_introspect(other->auth, &other->c, token, &t));
	assert_true(t.active);
	assert_str_is(t.scope, "items:read stock:read");
	assert_true(str_eq(t.claims.client_id, client.client_id));
	assert_int_equal(t.claims.expires_s - t.claims.issued_s, 900);
	behind_the_back("UPDATE bincard.api_client SET scope = 'items:read'");
	assert_ok(auth_introspect(other->auth, &other->c, token, &t));
	assert_str_is(t.scope, "items:read");
	assert_ok(auth_revoke(w->auth, &w->c, &client, token));
	assert_ok(auth_introspect(other->auth, &other->c, token, &t));
	assert_false(t.active);
	assert_ok(auth_introspect(w->auth, &w->c, STR("a.b.c"), &t));
	assert_false(t.active);
	worker_free(other);
}

static struct key_rows keys_of(struct worker *w, size_t n)
{
	struct key_rows rows;

	assert_ok(key_list(&w->c, &rows));
	assert_int_equal(rows.n, n);
	return rows;
}

static void reload(struct worker *w)
{
	assert_ok(auth_load_keys(w->auth, &w->c));
}

static void time_passes(const char *interval)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		"UPDATE bincard.signing_key SET created_at = created_at - INTERVAL %s,"
		" signs_from = signs_from - INTERVAL %s, ends_at = ends_at - INTERVAL %s",
		interval, interval, interval);
	fixture_sql(sql);
}

static bool published(struct worker *w, struct str kid)
{
	struct str jwks = auth_jwks(w->auth, w->arena);

	return memmem(jwks.p, jwks.n, kid.p, kid.n) != NULL;
}

static bool signed_by(struct worker *w, struct str token, struct str kid)
{
	struct str rest, head, json;

	head = str_cut(token, '.', &rest);
	assert_true(str_from_base64url(w->arena, head, &json));
	return memmem(json.p, json.n, kid.p, kid.n) != NULL;
}

static void a_key_is_published_before_it_signs_and_after_it_signed(void **state)
{
	struct worker *w = *state;
	struct str first = keys_of(w, 1).rows[0].kid, second, old, fresh, secret;
	struct client client;

	assert_ok(client_add(&w->c, STR("till"), STR("items:read"), &client, &secret));
	assert_ok(key_rotate(&w->c, auth_config.master_key_file, &second));
	reload(w);
	assert_true(published(w, first) && published(w, second));
	old = token_of(w, &client, secret);
	assert_true(signed_by(w, old, first));
	time_passes("14 MINUTE");
	reload(w);
	assert_true(signed_by(w, token_of(w, &client, secret), first));
	time_passes("2 MINUTE");
	reload(w);
	fresh = token_of(w, &client, secret);
	assert_true(signed_by(w, fresh, second));
	assert_true(published(w, first));
	assert_ok(bearer(w, old));
	assert_ok(bearer(w, fresh));
	time_passes("25 HOUR"); /* longer than any token that `first` may have signed */
	reload(w);
	assert_false(published(w, first));
	assert_true(published(w, second));
	keys_of(w, 1);
}

static void no_key_is_lost_by_too_many(void **state)
{
	struct worker *w = *state;
	struct str kid;

	for (int i = 1; i < AUTH_KEYS_MAX; i++)
		assert_ok(key_rotate(&w->c, auth_config.master_key_file, &kid));
	assert_code(key_rotate(&w->c, auth_config.master_key_file, &kid), ERR_CONFLICT);
	keys_of(w, AUTH_KEYS_MAX);
	time_passes("25 HOUR");
	assert_ok(key_rotate(&w->c, auth_config.master_key_file, &kid));
	keys_of(w, 2);
}

static int turn_in_a_child(void)
{
	struct auth_config config = auth_config;
	struct worker *w = worker_new();
	bool made = false;
	struct err *e;

	config.key_days = 90;
	e = key_turn_run(w->c.db, w->arena, &config, &made);
	worker_free(w);
	return e ? 2 : made;
}

static void a_schedule_makes_one_key_among_many(void **state)
{
	struct worker *w = *state;
	pid_t pids[6];
	int status, made = 0;

	assert_int_equal(turn_in_a_child(), 0); /* it is new */
	time_passes("89 DAY");
	assert_int_equal(turn_in_a_child(), 0);
	time_passes("1 DAY");
	for (size_t i = 0; i < 6; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(turn_in_a_child());
	}
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		made += WEXITSTATUS(status);
	}
	assert_int_equal(made, 1);
	keys_of(w, 2);
}

static void days_of_zero_make_none(void **state)
{
	struct worker *w = *state;
	bool made = true;

	time_passes("4000 DAY");
	assert_ok(key_turn_run(w->c.db, w->arena, &auth_config, &made));
	assert_false(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(a_revoked_token_ends_here_at_once_and_elsewhere_soon),
		AUTH_TEST(only_the_own_token_is_revoked_and_only_that_one),
		AUTH_TEST(introspection_asks_the_database),
		AUTH_TEST(a_key_is_published_before_it_signs_and_after_it_signed),
		AUTH_TEST(no_key_is_lost_by_too_many),
		AUTH_TEST(a_schedule_makes_one_key_among_many),
		AUTH_TEST(days_of_zero_make_none),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
