/* A cookie's value and an entity tag's verdict, from any header. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str header = {(const char *)data, n};
	struct str value = http_cookie(header, "s");

	for (size_t i = 0; i < value.n; i++)
		check(value.p[i] > 0x20 && value.p[i] < 0x7f && !strchr("\",;\\", value.p[i]));
	if (http_etag_matches(header, STR("\"1\""), false))
		check(http_etag_matches(header, STR("\"1\""), true));
	return 0;
}
