/* Webhooks: signatures, with the example of the Standard Webhooks, delays, and where may be sent to. */
#include "tests/unit/unit.h"

#include "base/fetch_many.h"
#include "domain/sink.h"
#include "domain/webhook_message.h"

static void a_signature_is_that_of_the_standard(void **state)
{
	struct str secret;

	assert_true(str_from_base64(*state, STR("plJ3nmyCDGBKInavdOK15jsl"), &secret));
	assert_str_is(webhook_sign(*state, secret, STR("msg_loFOjxBNrRLzqYUf"), 1731705121,
			      STR("{\"event_type\":\"ping\",\"data\":{\"success\":true}}")),
		"v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
	assert_str_is(webhook_secret_text(*state, secret), "whsec_plJ3nmyCDGBKInavdOK15jsl");
}

static void base64_is_padded(void **state)
{
	static const char *const texts[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE="};

	for (size_t n = 0; n < sizeof(texts) / sizeof(*texts); n++)
		assert_str_is(str_base64(*state, (struct str){"foobar", n}), texts[n]);
}

static void an_event_has_the_same_id_on_each_try(void **state)
{
	assert_str_is(webhook_message_id(*state, 7, 1204), "msg_7_1204");
	assert_str_is(webhook_test_id(*state, 7, 12), "msg_7_test_12");
}

static void delays_grow_up_to_a_maximum_and_differ(void **state)
{
	int64_t least = SINK_DELAY_FIRST_MS;
	bool differ = false;

	(void)state;
	for (int64_t tries = 0; tries < 100; tries++) {
		int64_t delay = sink_delay_ms(tries);

		assert_true(delay >= least && delay < least + least / 4);
		differ |= delay != least;
		least = 2 * least < SINK_DELAY_MAX_MS ? 2 * least : SINK_DELAY_MAX_MS;
	}
	assert_true(differ);
}

static void an_error_is_text_that_fits(void **state)
{
	char longer[2 * SINK_ERROR_MAX];

	memset(longer, 'x', sizeof(longer));
	assert_true(sink_error(*state, (struct str){longer, sizeof(longer)}).n <= SINK_ERROR_MAX);
	assert_str_is(sink_error(*state, STR("a\n\xff\xc3\xa4")), "a??\xc3\xa4");
	assert_str_is(sink_error(*state, STR("")), "");
}

static bool is_public(const char *text)
{
	struct address address;

	assert_true(address_parse(str_of(text), &address));
	return address_is_public(&address);
}

static void only_addresses_of_the_internet_are_public(void **state)
{
	static const char *const public[] = {"1.1.1.1", "93.184.216.34", "172.15.255.255",
		"172.32.0.0", "100.63.255.255", "100.128.0.0", "223.255.255.255", "198.17.0.1",
		"2606:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1"};
	static const char *const others[] = {"0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1",
		"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
		"192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1",
		"fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1",
		"2002:a00:1::", "100::1", "3fff::1", "4000::1"};

	(void)state;
	for (size_t i = 0; i < sizeof(public) / sizeof(*public); i++)
		assert_true(is_public(public[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(is_public(others[i]));
}

static bool may_send(struct arena *a, const char *allow, bool http, const char *url)
{
	struct fetch_many_config config = {.allow_http = http};
	const char *why;
	struct str bad;

	assert_true(networks_parse(str_of(allow), &config.allow, &bad));
	return fetch_many_may_send(a, &config, str_of(url), &why);
}

static void an_address_is_checked_as_far_as_its_text_tells(void **state)
{
	assert_true(may_send(*state, "", false, "https://hooks.example.com/x?y=1"));
	assert_true(may_send(*state, "", false, "https://1.1.1.1:8443/"));
	assert_false(may_send(*state, "", false, "http://hooks.example.com/"));
	assert_true(may_send(*state, "", true, "http://hooks.example.com/"));
	assert_false(may_send(*state, "", false, "https://10.1.2.3/"));
	assert_true(may_send(*state, "10.1.0.0/16", false, "https://10.1.2.3/"));
	assert_false(may_send(*state, "10.1.0.0/16", false, "https://10.2.2.3/"));
	assert_false(may_send(*state, "", false, "https://LOCALHOST/"));
	assert_true(may_send(*state, "127.0.0.0/8", false, "https://localhost/"));
	assert_false(may_send(*state, "", false, "https://0x7f.1/"));
	assert_false(may_send(*state, "", false, "https://u:p@hooks.example.com/"));
	assert_false(may_send(*state, "", false, "https://hooks.example.com/#x"));
	assert_false(may_send(*state, "", false, "https://hooks.example.com/\r\nx"));
	assert_false(may_send(*state, "", false, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_signature_is_that_of_the_standard),
		UNIT_TEST(base64_is_padded),
		UNIT_TEST(an_event_has_the_same_id_on_each_try),
		UNIT_TEST(delays_grow_up_to_a_maximum_and_differ),
		UNIT_TEST(an_error_is_text_that_fits),
		UNIT_TEST(only_addresses_of_the_internet_are_public),
		UNIT_TEST(an_address_is_checked_as_far_as_its_text_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
