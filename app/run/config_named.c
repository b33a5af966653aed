/* Sections of which there may be several: [issuer NAME], [relay NAME]. */
#include <string.h>

#include "run/config.h"

#define ISSUER "issuer "
#define RELAY "relay "

static bool is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.");

	return n > 0 && n <= CONFIG_NAME_MAX && !name[n];
}

static struct config_place issuer_place(struct config_issuer *i)
{
	return (struct config_place){i->values, config_issuer_keys, ISSUER_KEY_COUNT, NULL};
}

static struct config_place relay_place(struct config_relay *r)
{
	return (struct config_place){r->values, config_relay_keys, RELAY_KEY_COUNT, NULL};
}

static struct config_place refuse(struct arena *a, size_t most)
{
	return (struct config_place){.refused = arena_printf(a,
					     "a name is of a to z, 0 to 9, -, _ and ., at most %d, "
					     "and there may be %zu",
					     CONFIG_NAME_MAX, most)};
}

static struct config_place issuer_at(struct arena *a, struct config *c, const char *section)
{
	for (size_t i = 0; i < c->issuer_count; i++)
		if (strcmp(c->issuers[i].section, section) == 0)
			return issuer_place(&c->issuers[i]);
	if (c->issuer_count == FOREIGN_ISSUERS_MAX || !is_name(section + strlen(ISSUER)))
		return refuse(a, FOREIGN_ISSUERS_MAX);
	c->issuers[c->issuer_count].section = arena_printf(a, "%s", section);
	return issuer_place(&c->issuers[c->issuer_count++]);
}

static struct config_place relay_at(struct arena *a, struct config *c, const char *section)
{
	for (size_t i = 0; i < c->relay_count; i++)
		if (strcmp(c->relay_sections[i].section, section) == 0)
			return relay_place(&c->relay_sections[i]);
	if (c->relay_count == RELAYS_MAX || !is_name(section + strlen(RELAY)))
		return refuse(a, RELAYS_MAX);
	c->relay_sections[c->relay_count].section = arena_printf(a, "%s", section);
	return relay_place(&c->relay_sections[c->relay_count++]);
}

struct config_place config_named_at(struct arena *a, struct config *c, const char *section)
{
	if (strncmp(section, ISSUER, strlen(ISSUER)) == 0)
		return issuer_at(a, c, section);
	if (strncmp(section, RELAY, strlen(RELAY)) == 0)
		return relay_at(a, c, section);
	return (struct config_place){.values = NULL};
}

bool config_named_each(const struct config *c, size_t n, struct config_section *out)
{
	if (n < c->issuer_count) {
		*out = (struct config_section){c->issuers[n].section, c->issuers[n].values,
			config_issuer_keys, ISSUER_KEY_COUNT};
		return true;
	}
	n -= c->issuer_count;
	if (n >= c->relay_count)
		return false;
	*out = (struct config_section){c->relay_sections[n].section, c->relay_sections[n].values,
		config_relay_keys, RELAY_KEY_COUNT};
	return true;
}
