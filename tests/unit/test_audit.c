/* What an entry of the audit log says was changed. */
#include "tests/unit/unit.h"

#include "domain/audit.h"

static void changes_are(void **state, const char *before, const char *after, const char *wanted)
{
	struct str out;

	assert_null(audit_changes(*state, str_of(before), str_of(after), &out));
	assert_str_is(out, wanted);
}

static void only_what_differs_is_named(void **state)
{
	changes_are(state,
		"{\"sku\":\"A\",\"name\":\"x\",\"barcodes\":[\"1\",\"2\"],\"category_id\":null}",
		"{\"sku\":\"A\",\"name\":\"y\",\"barcodes\":[\"1\"],\"category_id\":7}",
		"{\"name\":{\"before\":\"x\",\"after\":\"y\"},"
		"\"barcodes\":{\"before\":[\"1\",\"2\"],\"after\":[\"1\"]},"
		"\"category_id\":{\"before\":null,\"after\":7}}");
	changes_are(state, "{\"a\":[{\"b\":true}]}", "{\"a\":[{\"b\":true}]}", "{}");
	changes_are(state, "{\"a\":[{\"b\":true}]}", "{\"a\":[{\"b\":false}]}",
		"{\"a\":{\"before\":[{\"b\":true}],\"after\":[{\"b\":false}]}}");
	changes_are(state, "{\"a\":\"7\"}", "{\"a\":7}", "{\"a\":{\"before\":\"7\",\"after\":7}}");
}

static void what_is_new_was_nothing_and_what_is_gone_is_nothing(void **state)
{
	changes_are(state, NULL, "{\"name\":\"x\",\"parent\":null}",
		"{\"name\":{\"before\":null,\"after\":\"x\"}}");
	changes_are(state, "{\"name\":\"x\",\"parent\":null}", NULL,
		"{\"name\":{\"before\":\"x\",\"after\":null}}");
	changes_are(state, NULL, NULL, "{}");
}

static void what_follows_from_others_is_left_out(void **state)
{
	changes_are(state,
		"{\"id\":1,\"version\":1,\"updated_at\":\"a\",\"on_hand\":\"1\",\"path\":[],\"depth\":1}",
		"{\"id\":1,\"version\":2,\"updated_at\":\"b\",\"on_hand\":\"2\",\"path\":[\"x\"],\"depth\":2}",
		"{}");
}

static void what_may_be_a_secret_is_left_out(void **state)
{
	changes_are(state, "{\"password_hash\":\"a\",\"Secret\":\"a\",\"private_pem\":\"a\"}",
		"{\"password_hash\":\"b\",\"Secret\":\"b\",\"access_token\":\"b\",\"name\":\"n\"}",
		"{\"name\":{\"before\":null,\"after\":\"n\"}}");
	changes_are(state, "{\"list\":[{\"client_secret\":\"a\"}]}", "{\"list\":[]}", "{}");
}

static void an_actor_is_told_from_a_name(void **state)
{
	struct audit_filter f = {.limit = 1};

	(void)state;
	audit_filter_actor(&f, STR("user:7"));
	assert_true(str_is(f.actor, "user:7") && !f.actor_name.p);
	audit_filter_actor(&f, STR("Ann"));
	assert_true(str_is(f.actor_name, "Ann") && !f.actor.p);
	audit_filter_actor(&f, STR_NONE);
	assert_true(!f.actor_name.p && !f.actor.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(only_what_differs_is_named),
		UNIT_TEST(what_is_new_was_nothing_and_what_is_gone_is_nothing),
		UNIT_TEST(what_follows_from_others_is_left_out),
		UNIT_TEST(what_may_be_a_secret_is_left_out),
		UNIT_TEST(an_actor_is_told_from_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
