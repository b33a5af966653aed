/* Sections [relay NAME]: read, or refused with file, line and key. */
#include "tests/unit/unit.h"

#include "run/config.h"

static struct err *load(struct arena *a, const char *text, struct config **out)
{
	char path[] = "test_config_relays.XXXXXX";
	int fd = mkstemp(path);
	struct err *e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	e = config_load(a, path, out);
	unlink(path);
	return e;
}

static void addresses_are_read_one_after_another(void **state)
{
	const char *rest = "  a.example:1  [::1]:65535 /run/x.sock ";
	char host[RELAY_HOST_MAX];
	bool wrong;
	int port;

	(void)state;
	assert_true(relay_address_next(&rest, host, &port, &wrong) && !wrong);
	assert_string_equal(host, "a.example");
	assert_int_equal(port, 1);
	assert_true(relay_address_next(&rest, host, &port, &wrong) && !wrong);
	assert_string_equal(host, "::1");
	assert_int_equal(port, 65535);
	assert_true(relay_address_next(&rest, host, &port, &wrong) && !wrong);
	assert_string_equal(host, "/run/x.sock");
	assert_int_equal(port, 0);
	assert_false(relay_address_next(&rest, host, &port, &wrong));
}

static void what_is_no_address_is_wrong(void **state)
{
	static const char *const texts[] = {
		"a", ":1", "a:", "a:0", "a:65536", "a:x", "a:1:", "a:-1"};
	char host[RELAY_HOST_MAX];
	bool wrong;
	int port;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *rest = texts[i];

		assert_true(relay_address_next(&rest, host, &port, &wrong));
		if (!wrong)
			print_error("%s\n", texts[i]);
		assert_true(wrong);
	}
}

/* Whatever the build has: what is wrong is said with its place. */
static void what_is_wrong_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *said;
	} list[] = {
		{"[relay A]\ntype = redis\n", ":2: [relay A] type: a name is of"},
		{"[relay a]\ntype = smtp\naddress = a:1\n",
			":2: [relay a] type: \"smtp\" is none of"},
		{"[relay a]\ntypo = redis\n", ":2: [relay a] typo: there is no such key"},
		{"[relay a]\ntype = redis\naddress = a\n", "is not host:port"},
		{"[relay a]\ntype = kafka\naddress = /x\ntopic = t\n", "a path is for Redis alone"},
		{"[relay a]\ntype = kafka\naddress = a:1\n", "[relay a] topic: is needed"},
		{"[relay a]\ntype = kafka\naddress = a:1\ntopic = t\nmechanism = NTLM\n",
			"\"NTLM\" is none of"},
		{"[relay a]\ntype = rabbitmq\naddress = a:1\nexchange = x\n",
			"[relay a] user: is needed"},
		{"[relay a]\ntype = rabbitmq\naddress = a:1\nuser = u\n",
			"[relay a] exchange: is needed, or a routing_key"},
		{"[relay a]\ntype = redis\naddress = a:1\nstream_max = -1\n", "is not from 0"},
		{"[relay a]\ntype = redis\naddress = a:1\nexchange = x\n",
			"exchange: is nothing that redis has"},
		{"[relay a]\ntype = redis\naddress = a:1\ntypes = bincard.ghost.v1\n",
			"is no type of events"},
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct config *c = NULL;
		struct err *e = load(*state, list[i].text, &c);
		bool said = e && strstr(str_cstr(*state, e->detail), list[i].said);

		for (const struct err_field *f = e ? e->fields : NULL; f; f = f->next)
			said |= strstr(str_cstr(*state, f->detail), list[i].said) != NULL;
		if (!said)
			print_error("%s%.*s\n", list[i].text, e ? (int)e->detail.n : 0,
				e ? e->detail.p : "");
		assert_true(said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(addresses_are_read_one_after_another),
		UNIT_TEST(what_is_no_address_is_wrong),
		UNIT_TEST(what_is_wrong_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
