/* The list of common passwords. */
#include <stdlib.h>
#include <string.h>

#include "domain/password.h"

#define BYTES_MAX 32

static const char common[][BYTES_MAX + 1] = {
#include "domain/common_passwords.def"
};

static int compare(const void *key, const void *entry)
{
	return strcmp(key, entry);
}

/* Letters of ASCII in lower case, as the list has them. */
bool password_is_common(struct str password)
{
	char text[BYTES_MAX + 1] = "";

	if (password.n > BYTES_MAX)
		return false;
	for (size_t i = 0; i < password.n; i++) {
		char ch = password.p[i];

		text[i] = (char)(ch >= 'A' && ch <= 'Z' ? ch + ('a' - 'A') : ch);
	}
	return bsearch(text, common, sizeof(common) / sizeof(common[0]), sizeof(common[0]),
		       compare) != NULL;
}
