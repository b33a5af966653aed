#include "store/like.h"

struct str like_contains(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (!s.p)
		return STR_NONE;
	p = arena_bytes(a, 2 * s.n + 2);
	p[n++] = '%';
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' || s.p[i] == '_' || s.p[i] == '!')
			p[n++] = '!';
		p[n++] = s.p[i];
	}
	p[n++] = '%';
	return (struct str){p, n};
}
