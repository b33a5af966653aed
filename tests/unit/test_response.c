#include "tests/unit/unit.h"

#include <sys/socket.h>

#include "http/fcgi_wire.h"
#include "http/response.h"

static void headers_stay_on_their_line(void **state)
{
	struct response rs;

	response_init(&rs, *state);
	response_header(&rs, "A", "1");
	response_header_str(&rs, "B", STR("x\r\nSet-Cookie: y\0z"));
	assert_true(str_eq(buf_str(&rs.headers), STR("A: 1\r\nB: x  Set-Cookie: y z\r\n")));
	response_clear(&rs);
	assert_int_equal(rs.headers.n, 0);
}

static void cookies(void **state)
{
	struct response rs;

	response_init(&rs, *state);
	response_cookie(&rs, &(struct cookie){"s", STR("v"), -1, true});
	response_cookie(&rs, &(struct cookie){"s", STR(""), 0, false});
	assert_str_is(buf_str(&rs.headers),
		"Set-Cookie: s=v; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"
		"Set-Cookie: s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n");
}

static void redirect_away(void)
{
	struct response rs;

	response_init(&rs, arena_new(UNIT_ARENA_BYTES));
	response_redirect(&rs, 303, STR("//evil.example"));
}

static void header_with_newline(void)
{
	struct response rs;

	response_init(&rs, arena_new(UNIT_ARENA_BYTES));
	response_header(&rs, "A", "b\nc");
}

static void redirects(void **state)
{
	struct response rs;

	response_init(&rs, *state);
	response_redirect(&rs, 303, STR("/items/7"));
	assert_int_equal(rs.status, 303);
	assert_str_is(buf_str(&rs.headers), "Location: /items/7\r\n");
	assert_true(unit_aborts(redirect_away));
	assert_true(unit_aborts(header_with_newline));
}

static void escapes(void **state)
{
	assert_str_is(http_escape(*state, STR("aZ0-._~ /%\xc3\xa9")), "aZ0-._~%20%2F%25%C3%A9");
	assert_str_is(http_escape(*state, STR("")), "");
}

static void heads(void **state)
{
	char out[FCGI_HEAD_MAX];
	struct response rs;

	response_init(&rs, *state);
	rs.status = 201;
	rs.content_type = "application/json";
	buf_add_cstr(&rs.body, "{}");
	assert_str_is(fcgi_head(out, &rs, STR("id")),
		"Status: 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
		"X-Request-Id: id\r\n");
	rs.status = 304;
	assert_str_is(
		fcgi_head(out, &rs, STR("id")), "Status: 304 Not Modified\r\nX-Request-Id: id\r\n");
}

/* Reads what was sent, checks the records and returns the length of their content. */
static size_t check_records(const unsigned char *p, size_t n)
{
	size_t content = 0, i = 0;

	while (i + 8 <= n && p[i + 1] == FCGI_TYPE_STDOUT) {
		size_t length = (size_t)p[i + 4] << 8 | p[i + 5];

		assert_int_equal(p[i], 1);
		assert_int_equal(p[i + 2] << 8 | p[i + 3], 513);
		for (size_t j = 0; j < length; j++)
			assert_int_equal(p[i + 8 + j], 'x');
		content += length;
		i += 8 + length + p[i + 6];
		if (!length)
			break;
	}
	assert_int_equal(p[i + 1], FCGI_TYPE_END);
	assert_int_equal(n, i + 16);
	return content;
}

static size_t sent(struct arena *a, const struct str *parts, size_t parts_n)
{
	size_t size = (size_t)4 * 1024 * 1024, n = 0;
	unsigned char *p = arena_alloc(a, size);
	int fd[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	pid = fork();
	if (pid == 0)
		_exit(!fcgi_send(fd[1], 513, parts, parts_n));
	close(fd[1]);
	for (ssize_t got; (got = read(fd[0], p + n, size - n)) > 0;)
		n += (size_t)got;
	close(fd[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return check_records(p, n);
}

static void records(void **state)
{
	static const size_t sizes[] = {0, 1, 65527, 65528, 65529, 131056, 3000000};
	char *xs = arena_alloc(*state, 3000000);

	memset(xs, 'x', 3000000);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct str parts[] = {{xs, 7}, {NULL, 0}, {xs, sizes[i]}, {xs, 3}};

		assert_int_equal(sent(*state, parts, 4), sizes[i] + 10);
	}
	assert_int_equal(sent(*state, NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(headers_stay_on_their_line),
		UNIT_TEST(cookies),
		UNIT_TEST(redirects),
		UNIT_TEST(escapes),
		UNIT_TEST(heads),
		UNIT_TEST(records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
