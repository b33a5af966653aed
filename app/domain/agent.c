#include "domain/agent.h"

#include <string.h>

#define READ_BYTES_MAX 1024 /* a browser's has about 150 */

struct sign {
	const char *sign, *name;
};

/* The first that is found: browsers call themselves by the names of others, too. */
static const struct sign browsers[] = {
	{"Edg", "Edge"},
	{"OPR/", "Opera"},
	{"Vivaldi/", "Vivaldi"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"Firefox/", "Firefox"},
	{"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
	{"curl/", "curl"},
	{NULL, "Another browser"},
};
static const struct sign systems[] = {
	{"Android", " on Android"},
	{"iPhone", " on an iPhone"},
	{"iPad", " on an iPad"},
	{"Windows", " on Windows"},
	{"CrOS", " on ChromeOS"},
	{"Macintosh", " on macOS"},
	{"Linux", " on Linux"},
	{NULL, ""},
};

static const char *find(const struct sign *signs, struct str text)
{
	for (; signs->sign; signs++) {
		if (memmem(text.p, text.n, signs->sign, strlen(signs->sign)))
			break;
	}
	return signs->name;
}

struct str agent_words(struct arena *a, struct str user_agent)
{
	if (!user_agent.n)
		return STR("A program without a name");
	if (user_agent.n > READ_BYTES_MAX)
		user_agent.n = READ_BYTES_MAX;
	return str_printf(a, "%s%s", find(browsers, user_agent), find(systems, user_agent));
}
