#include "tests/unit/unit.h"

#include "http/address.h"

static struct networks trusted(const char *text)
{
	struct networks n;
	struct str bad;

	assert_true(networks_parse(str_of(text), &n, &bad));
	return n;
}

static const char *client(
	struct arena *a, const char *peer, const char *forwarded, const struct networks *n)
{
	struct http_pair header = {.name = STR("x-forwarded-for"), .value = str_of(forwarded)};
	struct request rq = {.arena = a, .remote_addr = str_of(peer), .headers = &header};

	return str_cstr(a, address_of_client(&rq, n));
}

static void networks_are_read(void **state)
{
	static const char *const wrong[] = {"x", "10.0.0.0/33", "10.0.0.1/8", "::/129", "::1/64",
		"10.0.0", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8;::1", "localhost", "1.2.3.4:80"};
	struct networks n = trusted(" 10.0.0.0/8, ::1\t2001:db8::/32 0.0.0.0/0 ");
	struct str bad;

	(void)state;
	assert_int_equal(n.n, 4);
	assert_int_equal(n.list[0].bits, 104);
	assert_int_equal(n.list[1].bits, 128);
	assert_int_equal(n.list[2].bits, 32);
	assert_int_equal(trusted("").n, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(networks_parse(str_of(wrong[i]), &n, &bad));
}

static void no_more_networks_than_there_is_room_for(void **state)
{
	char text[8 * (NETWORKS_MAX + 1) + 1] = "";
	struct networks n;
	struct str bad;

	(void)state;
	for (int i = 0; i < NETWORKS_MAX; i++)
		strcat(text, "1.2.3.4 ");
	assert_true(networks_parse(str_of(text), &n, &bad));
	strcat(text, "::1");
	assert_false(networks_parse(str_of(text), &n, &bad));
	assert_true(str_is(bad, "::1"));
}

static void nobody_is_believed_unless_trusted(void **state)
{
	struct networks none = trusted(""), n = trusted("10.0.0.0/8 2001:db8::/33");

	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4", &none), "10.0.0.1");
	assert_string_equal(client(*state, "11.0.0.1", "1.2.3.4", &n), "11.0.0.1");
	assert_string_equal(client(*state, "10.9.9.9", "1.2.3.4", &n), "1.2.3.4");
	assert_string_equal(client(*state, "::ffff:10.9.9.9", "1.2.3.4", &n), "1.2.3.4");
	assert_string_equal(client(*state, "2001:db8:7fff::1", "1.2.3.4", &n), "1.2.3.4");
	assert_string_equal(client(*state, "2001:db8:8000::1", "1.2.3.4", &n), "2001:db8:8000::1");
}

static void the_last_that_is_not_trusted_counts(void **state)
{
	struct networks n = trusted("10.0.0.0/8");

	assert_string_equal(client(*state, "10.0.0.1", "6.6.6.6, 1.2.3.4", &n), "1.2.3.4");
	assert_string_equal(
		client(*state, "10.0.0.1", "6.6.6.6,1.2.3.4 , 10.0.0.2,10.0.0.3", &n), "1.2.3.4");
	assert_string_equal(client(*state, "10.0.0.1", "10.0.0.3, 10.0.0.2", &n), "10.0.0.3");
	assert_string_equal(client(*state, "10.0.0.1", "", &n), "10.0.0.1");
}

static void what_cannot_be_read_ends_the_search(void **state)
{
	struct networks n = trusted("10.0.0.0/8");

	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4, unknown", &n), "10.0.0.1");
	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4,,10.0.0.2", &n), "10.0.0.2");
	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4,", &n), "10.0.0.1");
	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4\n, x\"y", &n), "10.0.0.1");
	assert_string_equal(client(*state, "", "1.2.3.4", &n), "");
}

static void forms_that_proxies_write(void **state)
{
	struct networks n = trusted("10.0.0.0/8");

	assert_string_equal(client(*state, "10.0.0.1", "1.2.3.4:80", &n), "1.2.3.4");
	assert_string_equal(client(*state, "10.0.0.1", "[2001:DB8:0::1]:80", &n), "2001:db8::1");
	assert_string_equal(client(*state, "10.0.0.1", "[::1]", &n), "::1");
	assert_string_equal(client(*state, "10.0.0.1", "2001:db8::1", &n), "2001:db8::1");
	assert_string_equal(client(*state, "10.0.0.1", "[::1", &n), "10.0.0.1");
}

static void two_headers_are_not_believed(void **state)
{
	struct networks n = trusted("10.0.0.0/8");
	struct http_pair second = {.name = STR("x-forwarded-for"), .value = STR("5.6.7.8")};
	struct http_pair first = {.name = STR("x-forwarded-for"), .value = STR("1.2.3.4")};
	struct request rq = {.arena = *state, .remote_addr = STR("10.0.0.1"), .headers = &first};

	first.next = &second;
	assert_null(address_of_client(&rq, &n).p);
	rq.remote_addr = STR("192.0.2.1"); /* no proxy: its headers are not read */
	assert_str_is(address_of_client(&rq, &n), "192.0.2.1");
}

static void limits_count_by_host(void **state)
{
	struct str a = address_rate_name(*state, STR("2001:db8:1:2::1"));
	struct str b = address_rate_name(*state, STR("2001:db8:1:2:ffff::9"));
	struct str c = address_rate_name(*state, STR("2001:db8:1:3::1"));

	assert_true(str_eq(a, b));
	assert_false(str_eq(a, c));
	assert_false(str_eq(address_rate_name(*state, STR("1.2.3.4")),
		address_rate_name(*state, STR("1.2.3.5"))));
	assert_int_equal(address_rate_name(*state, STR("unix:")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(networks_are_read),
		UNIT_TEST(no_more_networks_than_there_is_room_for),
		UNIT_TEST(nobody_is_believed_unless_trusted),
		UNIT_TEST(the_last_that_is_not_trusted_counts),
		UNIT_TEST(what_cannot_be_read_ends_the_search),
		UNIT_TEST(forms_that_proxies_write),
		UNIT_TEST(two_headers_are_not_believed),
		UNIT_TEST(limits_count_by_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
