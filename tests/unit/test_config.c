#include "tests/unit/unit.h"

#include <sys/stat.h>

#include "run/config.h"

static char folder[] = "test_config.XXXXXX";
static struct arena *arena;

static const char *in_folder(const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int open_folder(void **state)
{
	unit_arena(state);
	arena = *state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	unsetenv("BINCARD_CONFIG");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	unlink(in_folder("a.conf"));
	unlink(in_folder("secret"));
	rmdir(folder);
	return unit_arena_free(state);
}

#define CONFIG_TEST(f) cmocka_unit_test_setup_teardown(f, open_folder, remove_folder)

static struct config *good(const char *text)
{
	struct config *c = NULL;
	struct err *e;

	write_file("a.conf", text);
	e = config_load(arena, in_folder("a.conf"), &c);
	if (e)
		print_error("%.*s\n", STR_ARG(e->detail));
	assert_null(e);
	return c;
}

static struct err *bad(const char *text)
{
	struct config *c = NULL;
	struct err *e;

	write_file("a.conf", text);
	e = config_load(arena, in_folder("a.conf"), &c);
	assert_non_null(e);
	assert_null(c);
	assert_int_equal(e->code, ERR_USAGE);
	return e;
}

/* "FILE:line" and the words that follow. */
static void says(struct str detail, int line, const char *words)
{
	const char *begin = arena_printf(arena, "/a.conf:%d: %s", line, words);

	if (!strstr(str_cstr(arena, detail), begin))
		fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(detail), begin);
}

static void an_empty_file_gives_the_defaults(void **state)
{
	struct config *c = good("");

	(void)state;
	assert_int_equal(c->server.workers, 4);
	assert_int_equal(c->server.socket_mode, 0660);
	assert_null(c->server.socket_owner);
	assert_null(c->server.pid_file);
	assert_null(c->app.socket);
	assert_string_equal(c->app.user, "bincard_app");
	assert_int_equal(c->auth.session_idle_s, 3600);
	assert_true(c->site.secure_cookies);
	assert_false(c->site.server_timing);
	assert_int_equal(c->log.level, LOG_INFO);
	assert_string_equal(c->public_url, c->auth.issuer);
	assert_string_equal(c->values[KEY_SERVER_WORKERS].where, "default");
}

static void values_are_read(void **state)
{
	struct config *c =
		good("\xef\xbb\xbf# a comment\n; another\n[server]\nworkers=7\n"
		     "socket_mode = 0600\r\n  body_bytes_max = 2048  \n"
		     "[auth]\ntoken_seconds = 60\nsession_hours = 2\nsecure_cookies = false\n"
		     "[log]\nlevel = debug\n[site]\nname = Lager ; Süd # 1\n");

	(void)state;
	assert_int_equal(c->server.workers, 7);
	assert_int_equal(c->server.socket_mode, 0600);
	assert_int_equal(c->server.body_bytes_max, 2048);
	assert_int_equal(c->auth.token_s, 60);
	assert_int_equal(c->auth.session_s, 7200);
	assert_false(c->site.secure_cookies);
	assert_int_equal(c->log.level, LOG_DEBUG);
	assert_string_equal(c->site.site_name, "Lager ; Süd # 1");
	assert_non_null(strstr(c->values[KEY_SERVER_WORKERS].where, "/a.conf:4"));
}

static void a_relative_path_counts_from_the_file(void **state)
{
	struct config *c = good("[paths]\ntemplates = t\nsql = /s\n[log]\npath = -\n");

	(void)state;
	assert_int_equal(c->site.templates_dir[0], '/');
	assert_non_null(strstr(c->site.templates_dir, in_folder("t")));
	assert_string_equal(c->sql_dir, "/s");
	assert_string_equal(c->log.path, "-");
}

static void each_wrong_value_names_file_line_and_key(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *words;
	} rows[] = {
		{"[server]\nworkers = many\n", 2,
			"[server] workers: \"many\" is not a whole number"},
		{"[server]\n\nworkers = 0\n", 3, "[server] workers: 0 is not from 1 to 128"},
		{"[server]\nworkers = 129\n", 2, "[server] workers: 129 is not"},
		{"[server]\nworkers =\n", 2, "[server] workers: \"\" is not a whole number"},
		{"[server]\nworkers = 4 ; four\n", 2, "[server] workers: \"4 ; four\" is not"},
		{"[server]\nworkers = 99999999999999999999\n", 2, "[server] workers: \"9999"},
		{"[server]\nsocket_mode = 660x\n", 2,
			"[server] socket_mode: \"660x\" is not an octal"},
		{"[server]\nsocket_mode = 01777\n", 2,
			"[server] socket_mode: \"01777\" is not an octal"},
		{"[server]\nsocket =\n", 2, "[server] socket: must not be empty"},
		{"[auth]\nsecure_cookies = yes\n", 2, "[auth] secure_cookies: \"yes\" is neither"},
		{"[log]\nlevel = loud\n", 2, "[log] level: \"loud\" is none of"},
		{"[site]\nname = \xff\n", 2, "[site] name: is not UTF-8"},
		{"[server]\nworker = 4\n", 2, "[server] worker: there is no such key"},
		{"[servers]\nworkers = 4\n", 2, "[servers] workers: there is no such section"},
		{"workers = 4\n", 1, "workers stands before the first [section]"},
		{"[server]\nworkers = 4\nworkers = 5\n", 3, "[server] workers: given before, at "},
		{"[server]\nnoise\n", 2, "neither a [section]"},
		{"[server\nworkers = 4\n", 1, "neither a [section]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err *e = bad(rows[i].text);
		bool found = false;

		for (struct err_field *f = e->fields; f; f = f->next)
			found = found || strstr(str_cstr(arena, f->detail), rows[i].words);
		if (!found)
			says(e->detail, rows[i].line, rows[i].words);
	}
}

static void an_address_of_this_service_is_one_of_the_web(void **state)
{
	static const char *const right[] = {"https://stock.example",
		"https://stock.example:8443/a/b", "http://stock.lan", "http://127.0.0.1:8080",
		"https://[2001:db8::1]"};
	static const char *const wrong[] = {"not a url", "javascript:alert(1)", "stock.example",
		"ftp://stock.example", "https:", "https://", "http://", "https://stock.example/",
		"https://stock.example/a/", "https://stock.example?a", "https://stock.example#a",
		"https://ann@stock.example", "http://:80", "https://stock.example:http"};
	static const char *const keys[2][2] = {{"[auth]", "issuer"}, {"[site]", "public_url"}};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
			good(arena_printf(
				arena, "%s\n%s = %s\n", keys[k][0], keys[k][1], right[i]));
		for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
			says(bad(arena_printf(
					 arena, "%s\n%s = %s\n", keys[k][0], keys[k][1], wrong[i]))
					->detail,
				2,
				arena_printf(arena, "%s %s: \"%s\" is no http or https address",
					keys[k][0], keys[k][1], wrong[i]));
	}
}

static void all_faults_are_found_at_once(void **state)
{
	struct err *e = bad("[server]\nworkers = x\n[log]\nlevel = y\n[nope]\na = 1\n");
	unsigned n = 1;

	(void)state;
	for (struct err_field *f = e->fields; f; f = f->next)
		n++;
	assert_int_equal(n, 3);
}

static void a_line_that_is_too_long_is_a_fault(void **state)
{
	char text[6000] = "[site]\nname = ";

	(void)state;
	memset(text + strlen(text), 'x', 5000);
	says(bad(text)->detail, 2, "the line is longer than");
	strcpy(text + 5000, "\n[log]\nlevel = debug\n");
	assert_null(bad(text)->fields); /* what follows the line is read as usual */
}

static void a_file_that_is_missing_is_one_sentence(void **state)
{
	struct config *c;
	struct err *e = config_load(arena, in_folder("none"), &c);

	(void)state;
	assert_non_null(e);
	assert_non_null(strstr(str_cstr(arena, e->detail), "No such file"));
}

static void the_environment_overrides(void **state)
{
	struct config *c;

	(void)state;
	setenv("BINCARD_SERVER_WORKERS", "9", 1);
	c = good("[server]\nworkers = 3\n");
	assert_int_equal(c->server.workers, 9);
	assert_string_equal(
		c->values[KEY_SERVER_WORKERS].where, "environment BINCARD_SERVER_WORKERS");
	setenv("BINCARD_SERVER_WORKERS", "none", 1);
	assert_non_null(
		strstr(str_cstr(arena, bad("")->detail), "environment BINCARD_SERVER_WORKERS"));
	unsetenv("BINCARD_SERVER_WORKERS");
}

static void the_environment_names_the_file(void **state)
{
	struct config *c;

	(void)state;
	write_file("a.conf", "[server]\nworkers = 5\n");
	setenv("BINCARD_CONFIG", in_folder("a.conf"), 1);
	assert_null(config_load(arena, NULL, &c));
	assert_int_equal(c->server.workers, 5);
	unsetenv("BINCARD_CONFIG");
}

static void a_secret_comes_from_the_first_line(void **state)
{
	struct config *c;

	(void)state;
	write_file("secret", "s3 cret\r\nsecond line\n");
	c = good("[database]\napp_password_file = secret\n");
	assert_string_equal(c->app.password, "s3 cret");
	write_file("secret", "no newline");
	c = good("[database]\napp_password_file = secret\n");
	assert_string_equal(c->app.password, "no newline");
}

static void a_secret_that_is_none_is_a_fault(void **state)
{
	(void)state;
	write_file("secret", "\nsecond line\n");
	says(bad("[database]\napp_password_file = secret\n")->detail, 2,
		"[database] app_password_file: The first line");
	says(bad("[database]\napp_password_file = missing\n")->detail, 2,
		"[database] app_password_file: Cannot read");
	says(bad("[database]\napp_password = a\napp_password_file = secret\n")->detail, 3,
		"[database] app_password_file: app_password is given too");
}

static void the_owners_secret_is_read_on_demand(void **state)
{
	struct config *c = good("[database]\nowner_password_file = secret\n");
	struct db_config owner;

	(void)state;
	assert_non_null(config_account(arena, c, CONFIG_OWNER, &owner));
	write_file("secret", "hers\n");
	assert_null(config_account(arena, c, CONFIG_OWNER, &owner));
	assert_string_equal(owner.password, "hers");
	assert_string_equal(owner.user, "bincard_owner");
}

/* A configuration of which every file is in the folder; `more` stands before its own lines. */
static struct config *whole(const char *more)
{
	write_file(
		"master_key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
	return good(arena_printf(arena,
		"%s\n[server]\nsocket = s\nrun_dir = run\n[auth]\nmaster_key_file = master_key\n"
		"[paths]\ntemplates = .\nsql = .\nopenapi = .\n",
		more));
}

static void what_is_there_and_usable_has_no_fault(void **state)
{
	struct err *e = config_check_files(arena, whole("[log]\npath = log"));

	(void)state;
	if (e)
		print_error("%.*s\n", STR_ARG(e->detail));
	assert_null(e);
	unlink(in_folder("master_key"));
}

static void each_unusable_file_names_file_line_and_key(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *words;
	} rows[] = {
		{"[database]\nowner_password_file = none\n", 2,
			"[database] owner_password_file: Cannot read the secret"},
		{"[database]\nowner_password_file = .\n", 2, "[database] owner_password_file: "},
		{"[database]\nowner_password_file = fifo\n", 2, "[database] owner_password_file: "},
		{"[database]\nreport_password_file = empty\n", 2,
			"[database] report_password_file: The first line"},
		{"[auth]\nmaster_key_file = empty\n", 2, "[auth] master_key_file: "},
		{"[auth]\nmaster_key_file = .\n", 2, "[auth] master_key_file: "},
		{"[auth]\nmaster_key_file = short\n", 2, "[auth] master_key_file: "},
		{"[auth]\nmaster_key_file = fifo\n", 2, "[auth] master_key_file: "},
		{"[server]\nsocket_group = no-such-group\n", 2,
			"[server] socket_group: there is no group no-such-group"},
		{"[server]\nsocket_owner = no-such-user\n", 2,
			"[server] socket_owner: there is no user no-such-user"},
		{"[server]\nsocket = none/s\n", 2, "[server] socket: cannot make files in"},
		{"[server]\npid_file = none/p\n", 2, "[server] pid_file: cannot make files in"},
		{"[server]\nrun_dir = empty\n", 2, "[server] run_dir: cannot use"},
		{"[server]\nrun_dir = none/none\n", 2, "[server] run_dir: cannot make files in"},
		{"[log]\npath = .\n", 2, "[log] path: cannot write to"},
		{"[log]\npath = none/log\n", 2, "[log] path: cannot make files in"},
		{"[paths]\ntemplates = empty\n", 2, "[paths] templates: cannot use"},
	};

	(void)state;
	write_file("empty", "");
	write_file("short", "0011\n");
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err *e = config_check_files(arena, good(rows[i].text));
		const char *place =
			arena_printf(arena, "a.conf:%d: %s", rows[i].line, rows[i].words);
		bool found = false;

		assert_non_null(e);
		found = strstr(str_cstr(arena, e->detail), place);
		for (struct err_field *f = e->fields; f; f = f->next)
			found = found || strstr(str_cstr(arena, f->detail), place);
		if (!found)
			fail_msg("no fault says \"%s\"", place);
	}
	unlink(in_folder("empty"));
	unlink(in_folder("short"));
	unlink(in_folder("fifo"));
}

static void a_secret_is_a_plain_file(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(in_folder("secret"), 0600), 0);
	says(bad("[database]\napp_password_file = secret\n")->detail, 2,
		"[database] app_password_file: Cannot read the secret");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(an_empty_file_gives_the_defaults),
		CONFIG_TEST(values_are_read),
		CONFIG_TEST(a_relative_path_counts_from_the_file),
		CONFIG_TEST(each_wrong_value_names_file_line_and_key),
		CONFIG_TEST(an_address_of_this_service_is_one_of_the_web),
		CONFIG_TEST(all_faults_are_found_at_once),
		CONFIG_TEST(a_line_that_is_too_long_is_a_fault),
		CONFIG_TEST(a_file_that_is_missing_is_one_sentence),
		CONFIG_TEST(the_environment_overrides),
		CONFIG_TEST(the_environment_names_the_file),
		CONFIG_TEST(a_secret_comes_from_the_first_line),
		CONFIG_TEST(a_secret_that_is_none_is_a_fault),
		CONFIG_TEST(the_owners_secret_is_read_on_demand),
		CONFIG_TEST(a_secret_is_a_plain_file),
		CONFIG_TEST(what_is_there_and_usable_has_no_fault),
		CONFIG_TEST(each_unusable_file_names_file_line_and_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
