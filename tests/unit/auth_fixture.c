#include "tests/unit/auth_fixture.h"

#include "domain/user.h"

static struct db_config app_config;
static char key_file[96];
_Atomic uint64_t generation;
struct auth_config auth_config = {
	.issuer = "https://stock.example",
	.audience = "bincard",
	.token_endpoint = "https://stock.example/oauth2/token",
	.token_s = 900,
	.session_idle_s = 3600,
	.session_s = 43200,
	.master_key_file = key_file,
	.argon2_memory_kib = 8192,
	.argon2_passes = 2,
	.password_min = 12,
	.generation = &generation,
};

static void migrate(void)
{
	struct arena *a = arena_new(UNIT_ARENA_BYTES);
	const char *root = getenv("BINCARD_SRCDIR");
	struct db_config owner = fixture_config("bincard CHARACTER SET utf8mb4");
	FILE *none = fopen("/dev/null", "w");
	struct db *db;

	fixture_sql(
		"CREATE USER bincard_owner IDENTIFIED BY 'o';"
		"CREATE USER bincard_app IDENTIFIED BY 'a'; CREATE USER bincard_report IDENTIFIED BY 'r';"
		"GRANT ALL PRIVILEGES ON bincard.* TO bincard_owner WITH GRANT OPTION");
	owner.database = "bincard";
	owner.user = "bincard_owner";
	owner.password = "o";
	db = db_new(&owner, DB_SET_NONE);
	assert_ok(migrate_run(
		db, a, arena_printf(a, "%s/sql", root ? root : "."), MIGRATE_APPLY, none));
	db_free(db);
	assert_int_equal(fclose(none), 0);
	arena_free(a);
	app_config = owner;
	app_config.user = "bincard_app";
	app_config.password = "a";
}

int auth_start(void **state)
{
	FILE *f;

	fixture_start(state);
	migrate();
	snprintf(key_file, sizeof(key_file), "%s/master_key", fixture_server.dir);
	f = fopen(key_file, "w");
	assert_non_null(f);
	fprintf(f, "%064d\n", 7);
	fclose(f);
	return 0;
}

struct worker *worker_new(void)
{
	struct arena *a = arena_new(UNIT_ARENA_BYTES);
	struct worker *w = ARENA_NEW(a, struct worker);

	w->arena = a;
	w->system = (struct principal){
		.kind = PRINCIPAL_SYSTEM, .name = STR("system"), .actor = STR("system")};
	w->auth = auth_new(a, &auth_config);
	w->c = (struct ctx){.arena = a,
		.db = db_new(&app_config, DB_SET_APP),
		.who = &w->system,
		.once = &w->once,
		.request_id = STR("test")};
	assert_ok(db_ready(w->c.db, a));
	assert_ok(auth_load_keys(w->auth, &w->c));
	return w;
}

void worker_free(struct worker *w)
{
	auth_free(w->auth);
	db_free(w->c.db);
	arena_free(w->arena);
}

int auth_setup(void **state)
{
	fixture_sql(
		"USE bincard; DELETE FROM recovery_code; DELETE FROM second_factor; DELETE FROM pending_sign_in;"
		"DELETE FROM session; DELETE FROM user_role; DELETE FROM user;"
		"DELETE FROM client_key; DELETE FROM api_client; DELETE FROM signing_key; DELETE FROM revoked_token; DELETE FROM used_assertion; DELETE FROM outbox");
	*state = worker_new();
	return 0;
}

int auth_teardown(void **state)
{
	worker_free(*state);
	return 0;
}

void add_user(struct worker *w, const char *name, const char *role)
{
	const struct str roles[] = {str_of(role)};
	struct user user;

	assert_ok(user_add(&w->c, &auth_config,
		&(struct user_input){.name = str_of(name),
			.password = STR(PASSWORD),
			.roles = roles,
			.role_count = role ? 1 : 0},
		&user));
	assert_true(user.id > 0);
}

struct err *sign_in_with(struct worker *w, struct str name, struct str password, struct str *cookie)
{
	struct sign_in got;

	TRY(auth_sign_in(w->auth, &w->c, name, password, &got));
	assert_false(got.pending);
	*cookie = got.cookie;
	return NULL;
}

struct str sign_in(struct worker *w, const char *name)
{
	struct str cookie;

	assert_ok(sign_in_with(w, str_of(name), STR(PASSWORD), &cookie));
	return cookie;
}

struct err *session(struct worker *w, struct str cookie)
{
	struct principal who;
	struct str csrf;

	return auth_session(w->auth, &w->c, cookie, &who, &csrf);
}

struct err *bearer(struct worker *w, struct str token)
{
	struct principal who;

	return auth_bearer(w->auth, &w->c, token, &who);
}

unsigned statements(struct worker *w)
{
	unsigned n = db_stats(w->c.db).statements;

	db_stats_reset(w->c.db);
	return n;
}

struct str token_of(struct worker *w, const struct client *client, struct str secret)
{
	struct access_token token;

	assert_ok(auth_client_token(w->auth, &w->c, client->client_id, secret, STR_NONE, &token));
	assert_int_equal(token.expires_in_s, 900);
	return token.token;
}

void behind_the_back(const char *sql)
{
	fixture_sql(sql);
	generation++;
}
