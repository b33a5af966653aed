#include "jobs/relay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "domain/relay.h"
#include "jobs/courier.h"

#define BATCH_MAX 500
#define LOAD_BYTES_MAX ((size_t)96 << 20)
#define EVENT_BYTES_MAX ((size_t)32 << 20)
#define SETTLE_US 5000000
#define END_S 2 /* for threads to leave their brokers */

struct one {
	const struct relay_config *config;
	struct courier *courier;
};

/* The relays of one kind. */
struct port {
	const struct sink_kind *kind;
	const char *source;
	int event_fd;
	struct one relays[RELAYS_MAX];
	struct relay_spec specs[RELAYS_MAX];
	size_t n;
	int64_t settled_us; /* 0: not yet, or it has to be done anew */
};

struct relays {
	struct port ports[RELAY_KINDS];
};

static const struct relay_broker *broker_of(const char *type)
{
	const struct relay_broker *const brokers[] = {relay_rabbitmq, relay_kafka, relay_redis};

	for (size_t i = 0; i < RELAY_KINDS; i++)
		if (brokers[i] && strcmp(brokers[i]->type, type) == 0)
			return brokers[i];
	return NULL;
}

bool relay_is_built_in(const char *type)
{
	return broker_of(type) != NULL;
}

/* ---- addresses ---- */

static bool read_address(struct str word, char host[static RELAY_HOST_MAX], int *port)
{
	const char *colon = memrchr(word.p, ':', word.n);
	size_t n = colon ? (size_t)(colon - word.p) : word.n;
	int64_t number = 0;

	*port = 0;
	if (word.p[0] == '/') {
		n = word.n;
	} else {
		if (!colon || !str_to_int((struct str){colon + 1, word.n - n - 1}, &number) ||
			number < 1 || number > 65535)
			return false;
		*port = (int)number;
		if (n > 2 && word.p[0] == '[' && word.p[n - 1] == ']') {
			word.p++;
			n -= 2;
		}
	}
	if (!n || n >= RELAY_HOST_MAX)
		return false;
	memcpy(host, word.p, n);
	host[n] = '\0';
	return true;
}

bool relay_address_next(const char **rest, char host[static RELAY_HOST_MAX], int *port, bool *wrong)
{
	struct str word;

	*rest += strspn(*rest, " ");
	word = (struct str){*rest, strcspn(*rest, " ")};
	*rest += word.n;
	*wrong = word.n && !read_address(word, host, port);
	return word.n > 0;
}

/* ---- a batch ---- */

static struct one *find(struct port *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is(name, p->relays[i].config->name))
			return &p->relays[i];
	return NULL;
}

static void write_message(
	struct arena *a, const struct event *e, const char *source, struct relay_message *out)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, EVENT_BYTES_MAX);
	json_init(&j, &b);
	event_to_json(&j, e, source);
	assert(!b.overflow);
	*out = (struct relay_message){
		.id = arena_printf(a, "%lld", (long long)e->seq),
		.type = str_cstr(a, e->type),
		.subject = str_cstr(a, e->subject),
		.body = b.p,
		.body_n = b.n,
	};
}

static struct err *begin(void *self, struct ctx *c, struct sink_batch *b)
{
	struct port *p = self;
	struct one *relay = find(p, b->sink->name);
	struct arena *a;
	struct load *load;

	(void)c;
	if (!relay) {
		snprintf(b->error, sizeof(b->error), "It is not in the configuration.");
		p->settled_us = 0;
		b->done = true;
		return NULL;
	}
	a = arena_new(LOAD_BYTES_MAX);
	load = ARENA_NEW(a, struct load);
	*load = (struct load){.arena = a, .n = b->n, .tag = b};
	load->messages = ARENA_ARRAY(a, b->n, struct relay_message);
	for (size_t i = 0; i < b->n; i++)
		write_message(a, &b->events[i], p->source, &load->messages[i]);
	b->own = relay->courier;
	courier_send(relay->courier, load);
	return NULL;
}

static void finish(struct load *load)
{
	struct sink_batch *b = load->tag;

	if (b) {
		b->taken = load->taken;
		memcpy(b->error, load->error, sizeof(b->error));
		b->done = true;
	}
	arena_free(load->arena);
}

static void step(void *self)
{
	struct port *p = self;
	uint64_t count;

	if (read(p->event_fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
		return; /* nothing has come back */
	for (size_t i = 0; i < p->n; i++) {
		struct load *load;

		while ((load = courier_take(p->relays[i].courier)))
			finish(load);
	}
}

static void cancel(void *self, struct sink_batch *b)
{
	(void)self;
	courier_forget(b->own, b);
}

static struct err *look(void *self, struct ctx *c)
{
	struct port *p = self;
	int64_t now = time_monotonic_us();

	if (p->settled_us && now - p->settled_us < SETTLE_US)
		return NULL;
	TRY(relay_settle(c, str_of(p->kind->name), p->specs, p->n));
	p->settled_us = now;
	return NULL;
}

static struct err *stop(
	void *self, struct ctx *c, const struct sink *sink, const char *reason, struct str error)
{
	(void)self;
	return relay_stop(c, sink, reason, error);
}

static int fd(void *self)
{
	return ((const struct port *)self)->event_fd;
}

static int wait_ms(void *self, int most)
{
	(void)self;
	return most;
}

#define KIND(type)                                                                              \
	{                                                                                       \
		.name = type, .batch_max = BATCH_MAX, .at_once = RELAYS_MAX, .gives_up = false, \
		.begin = begin, .step = step, .record = NULL, .cancel = cancel, .look = look,   \
		.pause = stop, .fd = fd, .wait_ms = wait_ms,                                    \
	}
static const struct sink_kind kinds[RELAY_KINDS] = {
	KIND("rabbitmq"),
	KIND("kafka"),
	KIND("redis"),
};

bool relay_is_type(const char *type)
{
	for (size_t i = 0; i < RELAY_KINDS; i++)
		if (strcmp(type, kinds[i].name) == 0)
			return true;
	return false;
}

/* ---- beginning and end ---- */

/* For people: where, and in what. */
static struct str target_of(struct arena *a, const struct relay_config *c)
{
	const char *scheme = c->tls ? " with TLS" : "";

	if (strcmp(c->type, "redis") == 0)
		return str_printf(a, "%s, stream %s", c->address, c->stream);
	if (strcmp(c->type, "kafka") == 0)
		return str_printf(a, "%s%s, topic %s", c->address, scheme, c->topic);
	return str_printf(a, "%s%s, virtual host %s, %s%s", c->address, scheme, c->vhost,
		c->exchange[0] ? "exchange " : "queue ",
		c->exchange[0] ? c->exchange : c->routing_key);
}

static bool add(struct arena *boot, struct port *p, const struct relay_config *c)
{
	struct courier *courier = courier_new(c, broker_of(c->type), p->event_fd);

	if (!courier)
		return false;
	p->specs[p->n] = (struct relay_spec){
		.name = str_of(c->name),
		.target = target_of(boot, c),
		.types = c->types,
		.from_oldest = c->from_oldest,
	};
	p->relays[p->n++] = (struct one){c, courier};
	return true;
}

struct relays *relays_new(struct arena *boot, const struct relay_config *configs, size_t n,
	const char *source, struct sender_port ports[static RELAY_KINDS])
{
	struct relays *r = ARENA_NEW(boot, struct relays);

	for (size_t k = 0; k < RELAY_KINDS; k++) {
		struct port *p = &r->ports[k];

		*p = (struct port){.kind = &kinds[k], .source = source};
		p->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (p->event_fd < 0)
			return NULL;
		ports[k] = (struct sender_port){.kind = &kinds[k], .self = p};
		for (size_t i = 0; i < n; i++)
			if (strcmp(configs[i].type, kinds[k].name) == 0 &&
				!add(boot, p, &configs[i]))
				return NULL;
	}
	return r;
}

bool relays_end(struct relays *r)
{
	struct timespec until;
	bool all = true;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_S;
	for (size_t k = 0; k < RELAY_KINDS; k++)
		for (size_t i = 0; i < r->ports[k].n; i++)
			courier_stop(r->ports[k].relays[i].courier);
	for (size_t k = 0; k < RELAY_KINDS; k++) {
		for (size_t i = 0; i < r->ports[k].n; i++)
			all &= courier_end(r->ports[k].relays[i].courier, &until);
		if (all)
			close(r->ports[k].event_fd);
	}
	return all;
}
