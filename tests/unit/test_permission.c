/* Scopes and sets of permissions are the same thing, spelled differently. */
#include "tests/unit/unit.h"

#include "domain/permission.h"

static void every_permission_survives_its_name(void **state)
{
	struct arena *a = *state;

	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		const char *name = permission_name((enum permission)p);
		perm_set set = 0;

		assert_true(strlen(permission_help((enum permission)p)) > 0);
		assert_true(permission_parse(str_of(name), &set));
		assert_true(set == perm_bit((enum permission)p));
		assert_true(perm_has(set, (enum permission)p));
		assert_str_is(permission_format(a, set), name);
	}
}

static void a_set_is_printed_in_the_order_of_the_table(void **state)
{
	struct arena *a = *state;
	perm_set set;

	assert_true(permission_parse(STR("stock:read  items:read stock:read "), &set));
	assert_str_is(permission_format(a, set), "items:read stock:read");
	assert_true(permission_parse(STR(""), &set));
	assert_true(set == 0);
	assert_str_is(permission_format(a, set), "");
	assert_true(permission_parse(STR_NONE, &set));
	assert_true(set == 0);
}

static void unknown_names_grant_nothing(void **state)
{
	static const char *const unknown[] = {"items:admin", "Items:Read", "items:read,stock:read",
		"items:rea", "items:readx", "*", "items:read\tstock:read", ":"};
	perm_set set;

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		assert_false(permission_parse(str_of(unknown[i]), &set));
		assert_true(set == 0);
	}
	assert_false(permission_parse(STR("items:read nonsense"), &set));
	assert_true(set == perm_bit(PERM_ITEMS_READ));
}

static void no_permission_is_had_by_all(void **state)
{
	(void)state;
	assert_true(perm_has(0, PERM_NONE));
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++)
		assert_false(perm_has(~perm_bit((enum permission)p), (enum permission)p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_permission_survives_its_name),
		UNIT_TEST(a_set_is_printed_in_the_order_of_the_table),
		UNIT_TEST(unknown_names_grant_nothing),
		UNIT_TEST(no_permission_is_had_by_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
