/* Keys that say who is limited, whom to believe and where to send: [rate], [server] trusted_proxies, and [webhooks]
 * allow_networks. */
#include "run/config.h"

static const enum config_key_id keys[RATE_GROUPS] = {
	[RATE_API_READ] = KEY_RATE_API_READ,
	[RATE_API_WRITE] = KEY_RATE_API_WRITE,
	[RATE_PAGE_READ] = KEY_RATE_PAGE_READ,
	[RATE_PAGE_WRITE] = KEY_RATE_PAGE_WRITE,
	[RATE_SIGN_IN] = KEY_RATE_SIGN_IN,
	[RATE_TOKEN] = KEY_RATE_TOKEN,
};

static void fault(struct arena *a, struct err **faults, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void fault(struct arena *a, struct err **faults, const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	config_fault(a, faults, where, fmt, ap);
	va_end(ap);
}

static void take_networks(struct arena *a, const struct config *c, struct err **faults,
	enum config_key_id id, struct networks *out)
{
	const struct config_value *v = &c->values[id];
	struct str bad;

	if (!networks_parse(str_of(v->text), out, &bad))
		fault(a, faults, v->where,
			"[%s] %s: \"%.*s\" is no address or network, or one of more than %d",
			config_keys[id].section, config_keys[id].name, STR_ARG(bad), NETWORKS_MAX);
}

void config_limits(struct arena *a, struct config *c, struct err **faults)
{
	const struct config_value *v;

	take_networks(a, c, faults, KEY_SERVER_TRUSTED_PROXIES, &c->site.trusted_proxies);
	take_networks(a, c, faults, KEY_WEBHOOKS_ALLOW_NETWORKS, &c->webhooks.send.allow);
	for (int g = 0; g < RATE_GROUPS; g++) {
		v = &c->values[keys[g]];
		if (!rate_policy_parse(str_of(v->text), &c->site.rates[g]))
			fault(a, faults, v->where,
				"[rate] %s: \"%s\" is none of off, REQUESTS/SECONDS and "
				"REQUESTS/SECONDS/BURST, with at most %d requests, %d seconds, "
				"%d a second, and a burst that is no larger than the requests",
				config_keys[keys[g]].name, v->text, RATE_QUOTA_MAX,
				RATE_WINDOW_S_MAX, RATE_PER_SECOND_MAX);
	}
}
