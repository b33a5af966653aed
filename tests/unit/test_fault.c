#include "db/fault.h"

#include "tests/unit/unit.h"

static void the_servers_numbers_have_their_meaning(void **state)
{
	static const struct {
		unsigned number;
		enum err_code code;
	} rows[] = {
		{1062, ERR_DB_DUPLICATE_KEY},
		{4025, ERR_DB_CHECK},
		{1451, ERR_DB_REFERENCED},
		{1205, ERR_DB_LOCK_WAIT},
		{1213, ERR_DB_DEADLOCK},
		{2013, ERR_DB_LOST},
		{1927, ERR_DB_LOST},
		{1969, ERR_TIMEOUT},
		{1064, ERR_INTERNAL}, /* our syntax */
		{1142, ERR_INTERNAL}, /* our rights */
		{1146, ERR_INTERNAL}, /* our tables */
		{1194, ERR_INTERNAL}, /* a table that is marked as crashed */
		{1406, ERR_INTERNAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(fault_code(rows[i].number), rows[i].code);
}

static void the_servers_passing_trouble_is_a_503_that_may_be_tried_again(void **state)
{
	static const unsigned numbers[] = {2002, 2003, 2026, 1040, 1203, 1129, 1135, 3168, 1461,
		1615, 1047, 1223, 1290, 1792, 1836, 1874, 1317, 1206, 1637, 1021, 1026, 1030, 1114,
		1180, 1878, 1016, 1037, 1038, 1041, 1, 3, 5, 20, 28};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct err *e = fault_new(*state, "STATEMENT", numbers[i], "HY000", "its words");

		assert_int_equal(e->code, ERR_UNAVAILABLE);
		assert_int_equal(err_status(e->code), 503);
		assert_true(e->retry_after_s > 0);
		assert_non_null(memmem(e->cause.p, e->cause.n, "its words", 9));
		assert_null(memmem(e->detail.p, e->detail.n, "its words", 9));
	}
}

static void a_refused_account_is_a_fault_of_the_set_up(void **state)
{
	static const unsigned numbers[] = {
		1044, 1045, 1698, 1049, 1130, 1251, 2059, 1862, 1820, 3118, 4151};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct err *e = fault_new(*state, "connecting", numbers[i], "28000", "denied");

		assert_int_equal(e->code, ERR_SETUP);
		assert_int_equal(err_status(e->code), 503);
		assert_true(e->retry_after_s > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_servers_numbers_have_their_meaning),
		UNIT_TEST(the_servers_passing_trouble_is_a_503_that_may_be_tried_again),
		UNIT_TEST(a_refused_account_is_a_fault_of_the_set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
