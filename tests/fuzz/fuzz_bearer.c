/* The Authorization header: a token is made of its characters, credentials are UTF-8. */
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
	struct arena *a = arena_new((size_t)16 * 1024 * 1024);
	struct str header = {(const char *)data, n}, user, password;
	struct str token = http_bearer(header);

	check(!token.p || token.n);
	for (size_t i = 0; i < token.n; i++)
		check(token.p[i] > 0x20 && token.p[i] < 0x7f);
	if (http_basic(a, header, &user, &password))
		check(user.p && password.p && str_is_utf8(user) && str_is_utf8(password) &&
			!token.p);
	else
		check(!user.p && !password.p);
	arena_free(a);
	return 0;
}
