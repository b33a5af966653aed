/* Tokens that end before their time, and keys that take turns, against a real server. */
#include "tests/unit/auth_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include "domain/auth_keys.h"
#include "domain/key.h"
#include "jobs/key_turn.h"
#include "tests/unit/token_maker.h"

static struct str token_for(struct worker *w, const char *scope, struct client *client)
{
	struct str secret;

	assert_ok(client_create(&w->c,
		&(struct client_input){.name = STR("till"), .scope = str_of(scope)}, client,
		&secret));
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

	assert_ok(client_create(&w->c,
		&(struct client_input){.name = STR("till"), .scope = STR("items:read")}, &client,
		&secret));
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

/* start: it begins when the other end is closed; -1: at once. */
static int turn_in_a_child(int start)
{
	struct auth_config config = auth_config;
	struct worker *w = worker_new();
	bool made = false;
	struct err *e;
	char none;

	config.key_days = 90;
	if (start >= 0 && read(start, &none, 1) != 0)
		return 2;
	e = key_turn_run(w->c.db, w->arena, &config, &made);
	worker_free(w);
	return e ? 2 : made;
}

static void a_schedule_makes_one_key_among_many(void **state)
{
	struct worker *w = *state;
	pid_t pids[6];
	int status, made = 0, ends[2];

	assert_int_equal(turn_in_a_child(-1), 0); /* it is new */
	time_passes("89 DAY");
	assert_int_equal(turn_in_a_child(-1), 0);
	time_passes("1 DAY");
	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < 6; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			close(ends[1]);
			_exit(turn_in_a_child(ends[0]));
		}
	}
	usleep(500000); /* they have all connected by now */
	close(ends[0]);
	close(ends[1]);
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

/* ---- clients that sign themselves in ---- */

#define ISSUER "https://stock.example"
#define ENDPOINT ISSUER "/oauth2/token"

struct signer {
	EVP_PKEY *pair;
	struct client client;
	struct str kid;
};

static void signer_new(struct worker *w, struct signer *s)
{
	struct str secret;

	s->pair = maker_key("prime256v1");
	assert_ok(client_create(&w->c,
		&(struct client_input){.name = STR("robot"), .scope = STR("items:read")},
		&s->client, &secret));
	assert_ok(client_add_key(
		&w->c, s->client.id, 0, maker_public_pem(w->arena, s->pair), &s->client, &s->kid));
}

static struct str assertion(struct worker *w, const struct signer *s, const char *jti)
{
	struct arena *a = w->arena;
	struct str header = str_printf(a, "{\"alg\":\"ES256\",\"kid\":\"%.*s\"}", STR_ARG(s->kid));
	struct str claims = str_printf(a,
		"{\"iss\":\"%.*s\",\"sub\":\"%.*s\",\"aud\":\"" ISSUER
		"\",\"jti\":\"%s\",\"exp\":%lld}",
		STR_ARG(s->client.client_id), STR_ARG(s->client.client_id), jti,
		(long long)(time_now() / 1000000 + 60));

	return maker_token(a, s->pair, header, claims);
}

static struct err *check(struct worker *w, struct str posted_id, struct str text)
{
	struct client out;

	return client_check_assertion(&w->c, ISSUER, ENDPOINT, posted_id, text, &out);
}

static void an_assertion_signs_its_client_in_once(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct signer s, t;
	struct str text;

	signer_new(w, &s);
	signer_new(w, &t);
	text = assertion(w, &s, "one");
	assert_code(check(w, t.client.client_id, text), ERR_INVALID_CLIENT);
	assert_ok(check(w, STR_NONE, text));
	assert_code(check(w, STR_NONE, text), ERR_INVALID_CLIENT);
	assert_code(check(other, STR_NONE, text), ERR_INVALID_CLIENT);
	assert_ok(check(other, s.client.client_id, assertion(w, &s, "two")));
	assert_ok(check(other, STR_NONE, assertion(w, &t, "one"))); /* another client's name */
	t.client = s.client; /* signed by one client in the name of another */
	assert_code(check(w, STR_NONE, assertion(w, &t, "three")), ERR_INVALID_CLIENT);
	assert_ok(client_remove_key(&w->c, s.client.id, 0, s.kid, &s.client));
	assert_code(check(w, STR_NONE, assertion(w, &s, "four")), ERR_INVALID_CLIENT);
	worker_free(other);
	EVP_PKEY_free(s.pair);
	EVP_PKEY_free(t.pair);
}

static void a_disabled_client_signs_nothing(void **state)
{
	struct worker *w = *state;
	struct signer s;
	struct str kid;

	signer_new(w, &s);
	assert_ok(client_disable(&w->c, s.client.id, 0, &s.client));
	assert_code(check(w, STR_NONE, assertion(w, &s, "one")), ERR_INVALID_CLIENT);
	assert_code(client_add_key(&w->c, s.client.id, 0, maker_public_pem(w->arena, s.pair),
			    &s.client, &kid),
		ERR_CONFLICT);
	EVP_PKEY_free(s.pair);
}

static void of_many_at_once_one_uses_an_assertion(void **state)
{
	struct worker *w = *state;
	struct signer s;
	struct str text;
	pid_t pids[8];
	int status, good = 0;

	signer_new(w, &s);
	text = assertion(w, &s, "one");
	for (size_t i = 0; i < 8; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(check(worker_new(), STR_NONE, text) ? 1 : 0);
	}
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		good += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(good, 1);
	EVP_PKEY_free(s.pair);
}

static void keys_of_a_client_are_few_and_fit(void **state)
{
	struct worker *w = *state;
	struct client_key_rows rows;
	struct signer s;
	struct str kid;
	EVP_PKEY *p384 = maker_key("secp384r1");

	signer_new(w, &s);
	assert_code(client_add_key(&w->c, s.client.id, 0, maker_public_pem(w->arena, p384),
			    &s.client, &kid),
		ERR_INVALID);
	assert_code(client_add_key(&w->c, s.client.id, 0, STR("x"), &s.client, &kid), ERR_INVALID);
	assert_code(client_add_key(
			    &w->c, 1000000, 0, maker_public_pem(w->arena, s.pair), &s.client, &kid),
		ERR_NOT_FOUND);
	for (int i = 1; i < CLIENT_KEYS_MAX; i++) {
		EVP_PKEY *more = maker_key("prime256v1");

		assert_ok(client_add_key(
			&w->c, s.client.id, 0, maker_public_pem(w->arena, more), &s.client, &kid));
		EVP_PKEY_free(more);
	}
	assert_ok(client_add_key(
		&w->c, s.client.id, 0, maker_public_pem(w->arena, s.pair), &s.client, &kid));
	assert_true(str_eq(kid, s.kid)); /* the same again is fine */
	EVP_PKEY_free(s.pair);
	s.pair = maker_key("prime256v1");
	assert_code(client_add_key(&w->c, s.client.id, 0, maker_public_pem(w->arena, s.pair),
			    &s.client, &kid),
		ERR_CONFLICT);
	assert_code(client_remove_key(&w->c, s.client.id, 0, kid, &s.client), ERR_NOT_FOUND);
	assert_ok(client_keys(&w->c, s.client.id, &rows));
	assert_int_equal(rows.n, CLIENT_KEYS_MAX);
	EVP_PKEY_free(s.pair);
	EVP_PKEY_free(p384);
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
		AUTH_TEST(an_assertion_signs_its_client_in_once),
		AUTH_TEST(a_disabled_client_signs_nothing),
		AUTH_TEST(of_many_at_once_one_uses_an_assertion),
		AUTH_TEST(keys_of_a_client_are_few_and_fit),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
