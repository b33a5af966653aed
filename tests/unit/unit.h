/*
 * unit: what the unit tests share: cmocka with the headers it wants first, an arena as a test's
 * state, and checks of views. Everything is static inline, so that a test stays one source file.
 */
#ifndef BINCARD_TESTS_UNIT_H
#define BINCARD_TESTS_UNIT_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

#define UNIT_ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define UNIT_TEST(f) cmocka_unit_test_setup_teardown(f, unit_arena, unit_arena_free)

/* Setup and teardown of a test whose *state is an arena. */
static inline int unit_arena(void **state)
{
	*state = arena_new(UNIT_ARENA_BYTES);
	return 0;
}

static inline int unit_arena_free(void **state)
{
	arena_free(*state);
	return 0;
}

#define assert_str_is(s, cstr) unit_str_is((s), (cstr), __FILE__, __LINE__)
static inline void unit_str_is(struct str s, const char *cstr, const char *file, int line)
{
	if (str_is(s, cstr))
		return;
	print_error("\"%.*s\" is not \"%s\"\n", STR_ARG(s), cstr);
	_fail(file, line);
}

/* True when `run` ends its process by abort(). */
static inline bool unit_aborts(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = {0, 0};

		if (setrlimit(RLIMIT_CORE, &none) || !freopen("/dev/null", "w", stderr))
			_exit(2);
		signal(SIGABRT, SIG_DFL); /* cmocka catches it */
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
