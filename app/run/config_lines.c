/* What a configuration says, for people. */
#include "run/config.h"

#include <assert.h>

#define LINES_BYTES_MAX ((size_t)512 << 10)

const char *config_shown(const struct config_key *k, const struct config_value *v)
{
	if (k->type == CONFIG_SECRET && v->text[0])
		return "***";
	return str_is_utf8(str_of(v->text)) ? v->text : "(no UTF-8)";
}

static void add(struct buf *b, const char *section, const struct config_key *k,
	const struct config_value *v)
{
	buf_printf(b, "[%s] %s = %s\n", section, k->name, config_shown(k, v));
}

struct str config_lines(struct arena *a, const struct config *c)
{
	struct config_section s;
	struct buf b;

	buf_init(&b, a, LINES_BYTES_MAX);
	for (size_t i = 0; i < KEY_COUNT; i++)
		add(&b, config_keys[i].section, &config_keys[i], &c->values[i]);
	for (size_t i = 0; config_named_each(c, i, &s); i++)
		for (int k = 0; k < s.key_count; k++)
			add(&b, s.section, &s.keys[k], &s.values[k]);
	assert(!b.overflow); /* the keys' limits together are less */
	return buf_str(&b);
}
