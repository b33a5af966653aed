/*
 * auth_fixture: a throw-away server with the real schema, and workers on the application's account,
 * for the tests of who may.
 */
#ifndef BINCARD_TESTS_AUTH_FIXTURE_H
#define BINCARD_TESTS_AUTH_FIXTURE_H

#include "domain/auth.h"
#include "domain/client.h"
#include "tests/unit/db_fixture.h"

#define PASSWORD "correct horse battery"

/* A worker: its own memory, connection and cache. */
struct worker {
	struct arena *arena;
	struct auth *auth;
	struct once once;
	struct principal system;
	struct ctx c;
};

extern _Atomic uint64_t generation;
extern struct auth_config auth_config;

/* Of the whole program, and of each test: no user, client or key is there; *state is a worker. */
int auth_start(void **state);
int auth_setup(void **state);
int auth_teardown(void **state);

struct worker *worker_new(void);
void worker_free(struct worker *w);

/* A user of that name with PASSWORD; role may be NULL. */
void add_user(struct worker *w, const char *name, const char *role);
/* With the password alone; a user who has a second factor is signed in no further. */
struct err *sign_in_with(
	struct worker *w, struct str name, struct str password, struct str *cookie);
struct str sign_in(struct worker *w, const char *name);
struct err *session(struct worker *w, struct str cookie);
struct err *bearer(struct worker *w, struct str token);
struct str token_of(struct worker *w, const struct client *client, struct str secret);
/* Round trips since the last call. */
unsigned statements(struct worker *w);
/* What others do to the database is noticed when the generation rises. */
void behind_the_back(const char *sql);

#define AUTH_TEST(f) cmocka_unit_test_setup_teardown(f, auth_setup, auth_teardown)

#endif
