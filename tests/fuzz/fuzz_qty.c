/* A quantity that is read prints to text that reads as the same, and so does any 64-bit number in
 * range. What is refused leaves the result alone. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/qty.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void round_trip(qty_t q)
{
	char text[QTY_TEXT_MAX];
	qty_t back;
	int n = qty_format(text, q);

	check(n > 0 && n < QTY_TEXT_MAX && text[n] == '\0' && strlen(text) == (size_t)n);
	check(qty_parse((struct str){text, (size_t)n}, &back) == QTY_OK && back == q);
	check(!strchr(text, '.') || text[n - 1] != '0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	qty_t q = -42, sum;

	if (qty_parse((struct str){(const char *)data, n}, &q) == QTY_OK) {
		check(q >= -QTY_MAX && q <= QTY_MAX);
		check(qty_add(q, -q, &sum) && sum == 0);
		round_trip(q);
	} else {
		check(q == -42);
	}
	if (n >= sizeof(q)) {
		memcpy(&q, data, sizeof(q));
		round_trip(q % (QTY_MAX + 1));
	}
	return 0;
}
