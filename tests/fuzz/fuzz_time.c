/* A time that is read prints to text that reads as the same, and its calendar fields join to it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void round_trip(time_us t)
{
	char text[TIME_TEXT_MAX];
	struct time_fields f;
	time_us back;
	int n = time_format(text, t);

	check(n > 0 && n < TIME_TEXT_MAX && strlen(text) == (size_t)n);
	check(time_parse((struct str){text, (size_t)n}, &back) && back == t);
	time_split(t, &f);
	check(time_join(&f, &back) && back == t);
	check(time_format_http(text, t) == 29 && strlen(text) == 29);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct time_fields f;
	time_us t = -42;

	if (time_parse((struct str){(const char *)data, n}, &t))
		round_trip(t);
	else
		check(t == -42);
	if (n >= sizeof(f)) {
		memcpy(&f, data, sizeof(f));
		if (time_join(&f, &t))
			round_trip(t);
	}
	return 0;
}
