/* Roles: there is an end to them. */
#include "domain/role.h"
#include "tests/unit/auth_fixture.h"

/* A form that could not offer one of them would take it away by saving. */
static void one_more_than_there_may_be_is_refused(void **state)
{
	const struct str read[] = {STR("items:read")};
	const struct role_input in = {
		.name = STR("one more"), .has_permissions = true, .permissions = read, .n = 1};
	struct worker *w = *state;
	struct role role;

	fixture_sql("INSERT INTO bincard.role (name, permissions, created_at, updated_at)"
		    " SELECT CONCAT('filler ', seq), '', NOW(), NOW() FROM bincard.seq_1_to_496");
	assert_code(role_create(&w->c, &in, &role), ERR_CONFLICT);
	fixture_sql("DELETE FROM bincard.role WHERE name = 'filler 1'");
	assert_ok(role_create(&w->c, &in, &role));
	assert_ok(role_delete(&w->c, role.id, role.version));
	fixture_sql("DELETE FROM bincard.role WHERE name LIKE 'filler %'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUTH_TEST(one_more_than_there_may_be_is_refused),
	};

	return cmocka_run_group_tests(tests, auth_start, fixture_stop);
}
