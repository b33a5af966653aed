/* API clients, their tokens, and the keys, against a real server. */
#include "tests/unit/auth_fixture.h"

static struct str add_client(struct worker *w, const char *scope, struct client *out)
{
	struct str secret;

	assert_ok(client_create(&w->c,
		&(struct client_input){.name = STR("till 7"), .scope = str_of(scope)}, out,
		&secret));
	return secret;
}

static void a_token_says_who_and_what(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct client client;
	struct str secret = add_client(w, "stock:read items:read", &client);
	struct principal who;
	struct str token = token_of(w, &client, secret);

	assert_ok(auth_bearer(other->auth, &other->c, token, &who)); /* one key for all */
	assert_int_equal(who.kind, PRINCIPAL_CLIENT);
	assert_str_is(who.name, "till 7");
	assert_str_is(who.actor, arena_printf(w->arena, "client:%lld", (long long)client.id));
	assert_true(who.permissions == (perm_bit(PERM_ITEMS_READ) | perm_bit(PERM_STOCK_READ)));
	statements(other);
	assert_ok(auth_bearer(other->auth, &other->c, token, &who));
	assert_int_equal(statements(other), 0);
	assert_str_is(who.name, "till 7");
	worker_free(other);
}

static void a_scope_is_at_most_the_clients(void **state)
{
	struct worker *w = *state;
	struct client client;
	struct str secret = add_client(w, "items:read stock:read", &client);
	struct access_token token;
	struct principal who;

	assert_ok(auth_client_token(
		w->auth, &w->c, client.client_id, secret, STR("stock:read"), &token));
	assert_str_is(token.scope, "stock:read");
	assert_code(auth_client_token(w->auth, &w->c, client.client_id, secret,
			    STR("stock:read stock:write"), &token),
		ERR_INVALID);
	assert_code(auth_client_token(
			    w->auth, &w->c, client.client_id, secret, STR("nonsense"), &token),
		ERR_INVALID);
	assert_ok(auth_client_token(w->auth, &w->c, client.client_id, secret, STR(""), &token));
	assert_str_is(token.scope, "items:read stock:read");
	/* what the client loses, its tokens lose */
	behind_the_back("UPDATE bincard.api_client SET scope = 'items:read users:write'");
	assert_ok(auth_bearer(w->auth, &w->c, token.token, &who));
	assert_true(who.permissions == perm_bit(PERM_ITEMS_READ));
}

static void a_wrong_secret_or_client_is_refused(void **state)
{
	static const char *const ids[] = {
		"", "bc-", "bc-00000000000000000000", "' OR 1=1 --", "\xc3\xa9"};
	struct worker *w = *state;
	struct client client, second;
	struct str secret = add_client(w, "items:read", &client);
	struct str other = add_client(w, "items:read", &second), fresh;
	struct access_token token;

	assert_code(auth_client_token(w->auth, &w->c, client.client_id, other, STR_NONE, &token),
		ERR_INVALID_CLIENT);
	assert_code(auth_client_token(w->auth, &w->c, client.client_id, STR_NONE, STR_NONE, &token),
		ERR_INVALID_CLIENT);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_code(
			auth_client_token(w->auth, &w->c, str_of(ids[i]), secret, STR_NONE, &token),
			ERR_INVALID_CLIENT);
	assert_ok(client_rotate(&w->c, client.id, 0, &client, &fresh));
	assert_code(auth_client_token(w->auth, &w->c, client.client_id, secret, STR_NONE, &token),
		ERR_INVALID_CLIENT);
	assert_ok(auth_client_token(w->auth, &w->c, client.client_id, fresh, STR_NONE, &token));
	assert_code(client_rotate(&w->c, 1000000, 0, &client, &fresh), ERR_NOT_FOUND);
}

static void a_disabled_client_is_refused_at_once(void **state)
{
	struct worker *w = *state, *other = worker_new();
	struct client client;
	struct str secret = add_client(w, "items:read", &client), unused;
	struct str token = token_of(w, &client, secret);
	struct access_token more;

	assert_ok(bearer(other, token));
	assert_ok(client_disable(&w->c, client.id, 0, &client));
	auth_changed(w->auth);
	assert_code(bearer(other, token), ERR_INVALID_TOKEN);
	assert_code(bearer(w, token), ERR_INVALID_TOKEN);
	assert_code(auth_client_token(w->auth, &w->c, client.client_id, secret, STR_NONE, &more),
		ERR_INVALID_CLIENT);
	assert_code(client_rotate(&w->c, client.id, 0, &client, &unused), ERR_CONFLICT);
	assert_ok(client_disable(&w->c, client.id, 0, &client));
	worker_free(other);
}

static void a_scope_of_a_client_has_known_permissions(void **state)
{
	struct worker *w = *state;
	struct client client;
	struct str secret;

	assert_code(client_create(&w->c,
			    &(struct client_input){
				    .name = STR("x"), .scope = STR("items:read items:fly")},
			    &client, &secret),
		ERR_INVALID);
	assert_code(client_create(&w->c, &(struct client_input){.name = STR("x"), .scope = STR("")},
			    &client, &secret),
		ERR_INVALID);
	assert_code(client_create(&w->c,
			    &(struct client_input){.name = STR(""), .scope = STR("items:read")},
			    &client, &secret),
		ERR_INVALID);
}

/* A cookie is remembered as a cookie and a token as a token. */
static void a_cookie_is_no_token_and_a_token_no_cookie(void **state)
{
	struct worker *w = *state;
	struct client client;
	struct str secret = add_client(w, "items:read", &client);
	struct str token = token_of(w, &client, secret), cookie;

	add_user(w, "ann", "clerk");
	cookie = sign_in(w, "ann");
	assert_ok(session(w, cookie));
	assert_ok(bearer(w, token));
	assert_code(bearer(w, cookie), ERR_INVALID_TOKEN);
	assert_code(session(w, token), ERR_UNAUTHENTICATED);
}

/* ---- keys ---- */

static int64_t key_count(struct worker *w)
{
	struct db_rows rows;

	assert_ok(db_query(w->c.db, w->arena, KEY_LIST, DB_ARGS(db_int(100)), &rows));
	for (size_t i = 0; i < rows.n; i++) /* sealed: the PEM does not show */
		assert_null(
			memmem(db_row(&rows, i)[2].text.p, db_row(&rows, i)[2].text.n, "BEGIN", 5));
	return (int64_t)rows.n;
}

static void many_workers_make_one_key(void **state)
{
	enum { WORKERS = 8 };
	struct worker *w = *state;
	pid_t pids[WORKERS];

	fixture_sql("DELETE FROM bincard.signing_key");
	for (int i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			worker_new();
			_exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(key_count(w), 1);
}

static void a_key_of_another_host_is_found(void **state)
{
	struct worker *w = *state, *late;
	struct client client;
	struct str secret = add_client(w, "items:read", &client), token;

	fixture_sql("UPDATE bincard.signing_key SET status = 'retired'");
	late = worker_new(); /* makes another */
	assert_int_equal(key_count(w), 2);
	token = token_of(late, &client, secret);
	assert_code(bearer(w, token), ERR_INVALID_TOKEN); /* its keys were read a moment ago */
	statements(w);
	for (int i = 0; i < 20; i++)
		assert_code(bearer(w, token), ERR_INVALID_TOKEN);
	assert_int_equal(statements(w), 0); /* whoever sends unknown keys costs no statement */
	sleep(5);
	assert_ok(bearer(w, token));
	/* what the retired key has signed is still good */
	assert_ok(bearer(late, token_of(w, &client, secret)));
	worker_free(late);
}

static void a_wrong_master_key_is_told(void **state)
{
	struct worker *w = *state;
	struct arena *a = w->arena;
	struct auth_config config = auth_config;
	struct auth *auth;
	struct err *e;

	config.master_key_file = fixture_path(a, "another_key");
	fixture_write(
		"another_key", "00000000000000000000000000000000000000000000000000000000000000aa");
	auth = auth_new(a, &config);
	e = auth_load_keys(auth, &w->c);
	assert_code(e, ERR_SETUP);
	assert_contains(e->cause, "another_key");
	config.master_key_file = "/nonexistent";
	assert_code(auth_load_keys(auth, &w->c), ERR_SETUP);
	auth_free(auth);
}

static void public_keys_are_shown(void **state)
{
	struct worker *w = *state;
	struct str jwks = auth_jwks(w->auth, w->arena);

	assert_contains(jwks, "\"kty\":\"EC\"");
	assert_contains(jwks, "\"alg\":\"ES256\"");
	assert_null(memmem(jwks.p, jwks.n, "\"d\"", 3));
	assert_null(auth_jwks(auth_new(w->arena, &auth_config), w->arena).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(a_token_says_who_and_what),
		AUTH_TEST(a_scope_is_at_most_the_clients),
		AUTH_TEST(a_wrong_secret_or_client_is_refused),
		AUTH_TEST(a_disabled_client_is_refused_at_once),
		AUTH_TEST(a_scope_of_a_client_has_known_permissions),
		AUTH_TEST(a_cookie_is_no_token_and_a_token_no_cookie),
		AUTH_TEST(many_workers_make_one_key),
		AUTH_TEST(a_key_of_another_host_is_found),
		AUTH_TEST(a_wrong_master_key_is_told),
		AUTH_TEST(public_keys_are_shown),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
