/* Sections [relay NAME]: brokers that get the feed. */
#include <string.h>

#include "domain/event.h"
#include "run/config.h"

#define SECTION "relay "
#define RABBITMQ 1u
#define KAFKA 2u
#define REDIS 4u

const struct config_key config_relay_keys[RELAY_KEY_COUNT] = {
#define KEY(id, section, name, type, min, max, fallback, help) \
	[RELAY_KEY_##id] = {section, name, type, min, max, fallback, help},
	CONFIG_RELAY_KEYS(KEY)
#undef KEY
};

/* Keys that some types alone have. */
static const unsigned types_of[RELAY_KEY_COUNT] = {
	[RELAY_KEY_TLS] = RABBITMQ | KAFKA,
	[RELAY_KEY_CA_FILE] = RABBITMQ | KAFKA,
	[RELAY_KEY_VHOST] = RABBITMQ,
	[RELAY_KEY_EXCHANGE] = RABBITMQ,
	[RELAY_KEY_ROUTING_KEY] = RABBITMQ,
	[RELAY_KEY_MANDATORY] = RABBITMQ,
	[RELAY_KEY_TOPIC] = KAFKA,
	[RELAY_KEY_MECHANISM] = KAFKA,
	[RELAY_KEY_STREAM] = REDIS,
	[RELAY_KEY_STREAM_MAX] = REDIS,
};

struct filling {
	struct arena *arena;
	const struct config_relay *from;
	struct relay_config *to;
	unsigned type;
	struct err **faults;
};

static void fault(struct filling *f, enum config_relay_key_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct filling *f, enum config_relay_key_id id, const char *fmt, ...)
{
	const char *place = arena_printf(f->arena, "%s: [%s] %s", f->from->values[id].where,
		f->from->section, config_relay_keys[id].name);
	va_list ap;

	va_start(ap, fmt);
	config_fault(f->arena, f->faults, place, fmt, ap);
	va_end(ap);
}

static const char *text(const struct filling *f, enum config_relay_key_id id)
{
	return f->from->values[id].text;
}

static const char *text_or(
	const struct filling *f, enum config_relay_key_id id, const char *instead)
{
	return text(f, id)[0] ? text(f, id) : instead;
}

static void fill_type(struct filling *f)
{
	const char *type = text(f, RELAY_KEY_TYPE);

	f->to->type = type;
	if (strcmp(type, "rabbitmq") == 0)
		f->type = RABBITMQ;
	else if (strcmp(type, "kafka") == 0)
		f->type = KAFKA;
	else if (strcmp(type, "redis") == 0)
		f->type = REDIS;
	if (!f->type && type[0])
		fault(f, RELAY_KEY_TYPE, "\"%s\" is none of rabbitmq, kafka, redis", type);
	else if (f->type && !relay_is_built_in(type))
		fault(f, RELAY_KEY_TYPE,
			"%s is not in this build of bincard: it was configured without its library",
			type);
}

static void check_keys(struct filling *f)
{
	for (int id = 0; id < RELAY_KEY_COUNT && f->type; id++)
		if (types_of[id] && !(types_of[id] & f->type) &&
			strcmp(f->from->values[id].where, "default") != 0)
			fault(f, (enum config_relay_key_id)id, "is nothing that %s has",
				f->to->type);
}

static void fill_address(struct filling *f)
{
	const char *rest = text(f, RELAY_KEY_ADDRESS);
	char host[RELAY_HOST_MAX];
	bool wrong;
	int port;

	f->to->address = rest;
	while (relay_address_next(&rest, host, &port, &wrong)) {
		if (wrong)
			fault(f, RELAY_KEY_ADDRESS, "is not host:port, or several of it");
		else if (!port && f->type && f->type != REDIS)
			fault(f, RELAY_KEY_ADDRESS, "a path is for Redis alone");
	}
}

static void fill_account(struct filling *f)
{
	const char *file = text(f, RELAY_KEY_PASSWORD_FILE);
	struct str secret;
	struct err *e;

	f->to->user = text_or(f, RELAY_KEY_USER, NULL);
	if (f->to->user && !file[0])
		fault(f, RELAY_KEY_PASSWORD_FILE, "is needed beside user");
	else if (!f->to->user && f->type == RABBITMQ)
		fault(f, RELAY_KEY_USER, "is needed: RabbitMQ lets nobody in without");
	else if (!f->to->user && file[0] && f->type == KAFKA)
		fault(f, RELAY_KEY_USER, "is needed beside password_file");
	if (!file[0])
		return;
	e = config_secret_file(f->arena, file, &secret);
	if (e)
		fault(f, RELAY_KEY_PASSWORD_FILE, "%.*s", STR_ARG(e->detail));
	else
		f->to->password = str_cstr(f->arena, secret);
}

/* Blanks between them become commas. */
static void fill_types(struct filling *f)
{
	struct str rest = str_of(text(f, RELAY_KEY_TYPES));
	struct str list = STR("");
	perm_set needs;

	while (rest.n) {
		struct str one = str_cut(rest, ' ', &rest);

		if (!one.n)
			continue;
		if (!event_type_needs(one, &needs))
			fault(f, RELAY_KEY_TYPES,
				"\"%.*s\" is no type of events, nor a beginning of some with * behind it",
				STR_ARG(one));
		list = str_printf(
			f->arena, "%.*s%s%.*s", STR_ARG(list), list.n ? "," : "", STR_ARG(one));
	}
	f->to->types = list;
}

static void fill_from(struct filling *f)
{
	const char *from = text(f, RELAY_KEY_FROM);

	f->to->from_oldest = strcmp(from, "oldest") == 0;
	if (!f->to->from_oldest && strcmp(from, "now") != 0)
		fault(f, RELAY_KEY_FROM, "\"%s\" is neither now nor oldest", from);
}

static void fill_rabbitmq(struct filling *f)
{
	f->to->vhost = text_or(f, RELAY_KEY_VHOST, "/");
	f->to->exchange = text(f, RELAY_KEY_EXCHANGE);
	f->to->routing_key = text_or(f, RELAY_KEY_ROUTING_KEY, NULL);
	f->to->mandatory = f->from->values[RELAY_KEY_MANDATORY].num != 0;
	if (!f->to->exchange[0] && !f->to->routing_key)
		fault(f, RELAY_KEY_EXCHANGE, "is needed, or a routing_key, which then is a queue");
	if (f->to->tls && !f->to->ca_file)
		fault(f, RELAY_KEY_CA_FILE, "is needed beside tls");
}

static void fill_kafka(struct filling *f)
{
	static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};
	size_t i = 0;

	f->to->topic = text(f, RELAY_KEY_TOPIC);
	f->to->mechanism = text_or(f, RELAY_KEY_MECHANISM, "SCRAM-SHA-512");
	if (!f->to->topic[0])
		fault(f, RELAY_KEY_TOPIC, "is needed");
	while (i < 3 && strcmp(mechanisms[i], f->to->mechanism) != 0)
		i++;
	if (i == 3)
		fault(f, RELAY_KEY_MECHANISM,
			"\"%s\" is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", f->to->mechanism);
}

static void fill(struct filling *f)
{
	f->to->name = f->from->section + strlen(SECTION);
	f->to->timeout_ms = (int)f->from->values[RELAY_KEY_TIMEOUT_MS].num;
	f->to->tls = f->from->values[RELAY_KEY_TLS].num != 0;
	f->to->ca_file = text_or(f, RELAY_KEY_CA_FILE, NULL);
	f->to->stream = text_or(f, RELAY_KEY_STREAM, "bincard");
	f->to->stream_max = f->from->values[RELAY_KEY_STREAM_MAX].num;
	fill_type(f);
	check_keys(f);
	fill_address(f);
	fill_account(f);
	fill_types(f);
	fill_from(f);
	if (f->to->ca_file && !f->to->tls)
		fault(f, RELAY_KEY_CA_FILE, "is of no use without tls = true");
	if (f->type == RABBITMQ)
		fill_rabbitmq(f);
	if (f->type == KAFKA)
		fill_kafka(f);
}

void config_relays(struct arena *a, struct config *c, struct err **faults)
{
	for (size_t i = 0; i < c->relay_count; i++) {
		struct filling f = {.arena = a,
			.from = &c->relay_sections[i],
			.to = &c->relays[i],
			.faults = faults};

		fill(&f);
	}
}
