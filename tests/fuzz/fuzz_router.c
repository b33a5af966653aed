/* Any path finds a row that is there, or none; what a parameter took is a piece of the path. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static const struct router *build(void)
{
	static const char *const patterns[] = {"/", "/a", "/a/{id}", "/a/{id}/b/{name}", "/a/b",
		"/{name}", "/{name}/{id}", "/a/{name}/b"};
	struct router *r = router_new(arena_new((size_t)1024 * 1024));

	for (int i = 0; i < (int)(sizeof(patterns) / sizeof(*patterns)); i++)
		router_add(r, i % 2 ? HTTP_GET : HTTP_POST, patterns[i], i);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct router *r;
	struct route_match m;

	if (!r)
		r = build();
	m = router_find(r, HTTP_GET, (struct str){(const char *)data, n});
	check(m.row >= -1 && m.row < 8 && m.id >= 0);
	check(m.row < 0 || (m.methods & HTTP_GET && n && data[0] == '/'));
	if (m.segment.p)
		check(m.segment.n && m.segment.p > (const char *)data &&
			!memchr(m.segment.p, '/', m.segment.n));
	return 0;
}
