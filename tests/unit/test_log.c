#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/timestamp.h"

static char path[] = "test_log.XXXXXX";
static struct arena *arena;

static int open_log(void **state)
{
	int fd;

	unit_arena(state);
	arena = *state;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || close(fd) || log_open(arena, path, LOG_INFO, "tester"))
		return -1;
	return 0;
}

static int remove_log(void **state)
{
	unit_arena_free(state);
	return unlink(path);
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, open_log, remove_log)

static struct str file_text(void)
{
	FILE *f = fopen(path, "r");
	char *text = arena_alloc(arena, 100000);
	struct str all;

	assert_non_null(f);
	all = (struct str){text, fread(text, 1, 99999, f)};
	fclose(f);
	return all;
}

/* All that was logged; every line of it must be JSON. */
static struct str logged(void)
{
	struct str all = file_text(), line, rest;
	struct json_node *node;

	for (rest = all; rest.n;) {
		line = str_cut(rest, '\n', &rest);
		assert_true(line.n < LOG_LINE_MAX);
		assert_non_null(rest.p); /* each line ends in a newline */
		if (json_parse(arena, line, &node))
			fail_msg("not JSON: %.*s", STR_ARG(line));
		assert_int_equal(node->type, JSON_OBJECT);
	}
	return all;
}

/* The first line as an object. */
static const struct json_node *first_line(void)
{
	struct str rest;
	struct json_node *node;

	assert_null(json_parse(arena, str_cut(logged(), '\n', &rest), &node));
	return node;
}

static struct str text_of(const struct json_node *line, const char *name)
{
	const struct json_node *m = json_member(line, name);

	if (!m)
		fail_msg("no member %s", name);
	return m->text;
}

static void a_line_says_who_and_when(void **state)
{
	const struct json_node *line;
	struct str time;
	time_us t;

	(void)state;
	log_text(LOG_WARNING, "number %d", 7);
	line = first_line();
	time = text_of(line, "time");
	assert_int_equal(time.n, strlen("2026-11-23T09:00:00.000Z"));
	assert_true(time_parse(time, &t));
	assert_in_range(time_now() - t, 0, 10000000);
	assert_str_is(text_of(line, "level"), "warning");
	assert_str_is(text_of(line, "process"), "tester");
	assert_int_equal(json_member(line, "pid")->num, getpid());
	assert_str_is(text_of(line, "message"), "number 7");
	assert_int_equal(line->count, 5);
}

static void fields_of_every_kind(void **state)
{
	struct log_line l;

	(void)state;
	log_begin(&l, LOG_INFO, "request");
	log_str(&l, "route", STR("/v1/\"items\"\n"));
	log_str(&l, "none", STR_NONE);
	log_int(&l, "status", -200);
	log_ms(&l, "ms", 1234567);
	log_ms(&l, "ms_small", 5);
	log_ms(&l, "ms_negative", -1500);
	log_end(&l);
	assert_str_is(text_of(first_line(), "route"), "/v1/\"items\"\n");
	assert_non_null(strstr(logged().p,
		",\"none\":null,\"status\":-200,\"ms\":1234.567,"
		"\"ms_small\":0.005,\"ms_negative\":-1.500}\n"));
}

static void levels_below_are_silent(void **state)
{
	enum log_level level = LOG_ERROR;
	struct log_line l;

	(void)state;
	log_begin(&l, LOG_DEBUG, "no");
	log_str(&l, "a", STR("b"));
	log_end(&l);
	log_text(LOG_DEBUG, "no");
	assert_int_equal(logged().n, 0);
	assert_true(log_level_from(STR("debug"), &level));
	assert_int_equal(level, LOG_DEBUG);
	assert_false(log_level_from(STR("DEBUG"), &level));
	assert_null(log_open(arena, path, level, "tester"));
	log_text(LOG_DEBUG, "yes");
	assert_str_is(text_of(first_line(), "message"), "yes");
}

static void invalid_utf8_is_replaced(void **state)
{
	struct log_line l;

	(void)state;
	log_begin(&l, LOG_INFO, "\xff");
	log_str(&l, "bytes", STR("a\xc3(\xed\xa0\x80z"));
	log_end(&l);
	assert_str_is(text_of(first_line(), "message"), "\xef\xbf\xbd");
	assert_str_is(text_of(first_line(), "bytes"),
		"a\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

/* Values of each length around the limits, of bytes that take 1 to 6 bytes in the line. */
static void long_values_are_cut_between_characters(void **state)
{
	static const char *const units[] = {"a", "\n", "\x01", "\xff", "\xc3\xa4", "\xe2\x82\xac",
		"\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x80"};
	struct buf b;

	(void)state;
	for (size_t u = 0; u < sizeof(units) / sizeof(*units); u++) {
		for (int lead = 0; lead < 7; lead++) {
			struct log_line l;

			buf_init(&b, arena, 10000);
			buf_printf(&b, "%.*s", lead, "1234567");
			while (b.n < 5000)
				buf_add_cstr(&b, units[u]);
			log_begin(&l, LOG_INFO, "long");
			log_str(&l, "value", buf_str(&b));
			log_int(&l, "behind", 7);
			log_end(&l);
		}
		assert_true(str_ends(text_of(first_line(), "value"), "\xe2\x80\xa6"));
		assert_int_equal(json_member(first_line(), "behind")->num, 7);
		assert_int_equal(truncate(path, 0), 0);
	}
}

static void a_full_line_says_so(void **state)
{
	struct log_line l;
	int fields;

	(void)state;
	for (int width = 0; width < 70; width++) {
		log_begin(&l, LOG_INFO, "many");
		for (fields = 0; fields < 2000; fields++) {
			log_str(&l, "s", str_printf(arena, "%0*d", width, fields));
			log_int(&l, "i", fields);
			log_ms(&l, "m", fields);
		}
		log_end(&l);
		/* member names repeat here, so the reader of JSON is not asked */
		assert_true(l.n <= LOG_LINE_MAX);
		assert_true(str_ends((struct str){l.text, l.n}, ",\"cut\":true}\n"));
	}
}

static void long_messages_are_marked(void **state)
{
	(void)state;
	log_text(LOG_INFO, "%0*d", 10000, 1);
	assert_true(str_ends(text_of(first_line(), "message"), "\xe2\x80\xa6"));
}

static void errors_show_their_cause(void **state)
{
	struct err *e = err_because(err_new(arena, ERR_UNAVAILABLE, "Try later."), "errno 2006");

	(void)state;
	err_add_field(&e, arena, STR("/a"), "bad", "No.");
	log_err(LOG_ERROR, "failed", e);
	assert_str_is(text_of(first_line(), "error"), "unavailable");
	assert_str_is(text_of(first_line(), "detail"), "Try later.");
	assert_str_is(text_of(first_line(), "cause"), "errno 2006");
	assert_int_equal(json_member(first_line(), "fields")->num, 1);
}

static void reopen_follows_a_renamed_file(void **state)
{
	const char *old = arena_printf(arena, "%s.1", path);

	(void)state;
	log_text(LOG_INFO, "first");
	assert_int_equal(rename(path, old), 0);
	log_text(LOG_INFO, "second");
	log_reopen();
	log_set_process("a name that is longer than the room that there is for it");
	log_text(LOG_INFO, "third");
	assert_str_is(text_of(first_line(), "message"), "third");
	assert_str_is(text_of(first_line(), "process"), "a name that is longer than the ");
	assert_int_equal(unlink(old), 0);
}

static void a_path_that_cannot_be_opened(void **state)
{
	struct err *e = log_open(arena, "/nonexistent/x.log", LOG_INFO, "tester");

	(void)state;
	assert_non_null(e);
	assert_int_equal(e->code, ERR_USAGE);
	assert_non_null(log_open(arena, arena_printf(arena, "/%05000d", 1), LOG_INFO, "tester"));
	log_text(LOG_INFO, "still there");
	assert_str_is(text_of(first_line(), "message"), "still there");
}

static void lost_lines_are_counted(void **state)
{
	(void)state;
	assert_null(log_open(arena, "/dev/full", LOG_INFO, "tester"));
	log_text(LOG_INFO, "lost");
	log_text(LOG_INFO, "lost");
	assert_null(log_open(arena, path, LOG_INFO, "tester"));
	log_text(LOG_INFO, "written");
	assert_int_equal(json_member(first_line(), "lost_lines")->num, 2);
	assert_null(log_open(arena, "-", LOG_INFO, "tester"));
	log_reopen();
}

static size_t read_lines(int fd)
{
	static char text[1 << 17]; /* more than a pipe holds */
	ssize_t n = read(fd, text, sizeof(text));
	size_t lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

static void a_pipe_that_nobody_reads_holds_nobody_up(void **state)
{
	const size_t all = 2000;
	size_t written;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_null(
		log_open(arena, arena_printf(arena, "/dev/fd/%d", ends[1]), LOG_INFO, "tester"));
	alarm(60); /* ends the test if it waits */
	for (size_t i = 0; i < all; i++)
		log_text(LOG_INFO, "into a full pipe");
	alarm(0);
	written = read_lines(ends[0]);
	assert_in_range(written, 1, all - 1);
	assert_null(log_open(arena, path, LOG_INFO, "tester"));
	log_text(LOG_INFO, "written");
	assert_int_equal(json_member(first_line(), "lost_lines")->num, all - written);
	close(ends[0]);
	close(ends[1]);
}

/* A file that has room for the first half of a line: the second line stands on its own. */
static void a_line_that_was_cut_off_spoils_no_other(void **state)
{
	struct rlimit before, small;
	struct str half, rest;
	struct json_node *node;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 60;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	log_text(LOG_INFO, "cut off");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	log_text(LOG_INFO, "whole");
	half = str_cut(file_text(), '\n', &rest);
	assert_int_equal(half.n, 60);
	assert_null(json_parse(arena, str_cut(rest, '\n', &rest), &node));
	assert_str_is(text_of(node, "message"), "whole");
	assert_int_equal(json_member(node, "lost_lines")->num, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_line_says_who_and_when),
		LOG_TEST(fields_of_every_kind),
		LOG_TEST(levels_below_are_silent),
		LOG_TEST(invalid_utf8_is_replaced),
		LOG_TEST(long_values_are_cut_between_characters),
		LOG_TEST(a_full_line_says_so),
		LOG_TEST(long_messages_are_marked),
		LOG_TEST(errors_show_their_cause),
		LOG_TEST(reopen_follows_a_renamed_file),
		LOG_TEST(a_path_that_cannot_be_opened),
		LOG_TEST(lost_lines_are_counted),
		LOG_TEST(a_pipe_that_nobody_reads_holds_nobody_up),
		LOG_TEST(a_line_that_was_cut_off_spoils_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
