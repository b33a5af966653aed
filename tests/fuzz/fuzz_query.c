/* A target that is accepted has a path that begins with a slash, and holds UTF-8 only; a decoded
 * parameter that is escaped again decodes to itself. */
#include <stdint.h>
#include <stdlib.h>

#include "http/request.h"
#include "http/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void round_trip(struct arena *a, struct str text)
{
	struct http_pair *pairs;
	struct str query = str_printf(a, "k=%.*s", STR_ARG(http_escape(a, text)));

	check(!http_parse_pairs(a, query, &pairs));
	check(pairs && !pairs->next && str_eq(pairs->value, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)256 * 1024 * 1024);
	struct request rq = {.arena = a, .target = {(const char *)data, n}};
	size_t count = 0;

	if (!request_parse_target(&rq)) {
		check(rq.path.n <= HTTP_PATH_MAX && str_is_utf8(rq.path));
		for (struct http_pair *pair = rq.query; pair; pair = pair->next) {
			check(str_is_utf8(pair->name) && str_is_utf8(pair->value));
			check(++count <= HTTP_PAIRS_MAX);
			round_trip(a, pair->value);
		}
	}
	check(rq.path.n && rq.path.p[0] == '/');
	arena_free(a);
	return 0;
}
