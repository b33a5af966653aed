/* Kafka: an idempotent producer that waits for all replicas in sync and leaves no gap in a partition. */
#include "jobs/relay_broker.h"

#ifdef BINCARD_WITH_KAFKA

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

#define MS_US INT64_C(1000)
#define POLL_MS 50
#define PURGE_MS 500 /* for what was given up to come back */
#define MESSAGE_BYTES_MAX "67108864" /* the broker's own limit is the one that counts */
#define SETTING_MAX 1200

/* One call of send_all(). */
struct sending {
	size_t n; /* produced */
	bool *has; /* of each: the broker has it */
	size_t open; /* without a report yet */
	char *error;
};

struct link {
	const struct relay_config *config;
	rd_kafka_t *kafka;
	struct sending *sending; /* NULL: nothing is under way */
	char trouble[SINK_ERROR_MAX]; /* what the library last said of its connections */
};

/* ---- what the library says, from rd_kafka_poll() ---- */

static void note_trouble(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
	struct link *l = opaque;

	(void)kafka;
	if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || !l->trouble[0])
		snprintf(l->trouble, sizeof(l->trouble), "%s", reason);
}

/* A report belongs to the message whose place, from 1, it has as its opaque. */
static void note_report(rd_kafka_t *kafka, const rd_kafka_message_t *m, void *opaque)
{
	struct link *l = opaque;
	struct sending *s = l->sending;
	size_t place = (size_t)(uintptr_t)m->_private;

	(void)kafka;
	if (!s || !place || place > s->n)
		return;
	s->open--;
	s->has[place - 1] = m->err == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (m->err && m->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
		m->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT && !s->error[0])
		snprintf(s->error, SINK_ERROR_MAX, "Not taken: %s", rd_kafka_message_errstr(m));
}

/* Without it the library writes to standard error. */
static void log_nothing(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
	(void)kafka;
	(void)level;
	(void)facility;
	(void)text;
}

/* ---- opening ---- */

static const char *protocol(const struct relay_config *c)
{
	if (c->user)
		return c->tls ? "sasl_ssl" : "sasl_plaintext";
	return c->tls ? "ssl" : "plaintext";
}

/* Blanks become commas. */
static void list_addresses(const char *address, char to[static SETTING_MAX])
{
	size_t n = 0;

	for (const char *p = address; *p && n + 1 < SETTING_MAX; p++)
		to[n++] = (char)(*p == ' ' ? ',' : *p);
	to[n] = '\0';
}

static bool set_all(rd_kafka_conf_t *conf, const struct relay_config *c, char *error)
{
	char servers[SETTING_MAX], timeout[16];
	const struct {
		const char *name, *value; /* NULL: as it is by itself */
	} settings[] = {
		{"bootstrap.servers", servers},
		{"client.id", "bincard"},
		{"enable.idempotence", "true"},
		{"enable.gapless.guarantee", "true"},
		{"acks", "all"},
		{"message.timeout.ms", "0"}, /* we look at the time ourselves */
		{"message.max.bytes", MESSAGE_BYTES_MAX},
		{"partitioner", "murmur2_random"}, /* as other clients have it */
		{"socket.timeout.ms", timeout},
		{"socket.keepalive.enable", "true"},
		{"security.protocol", protocol(c)},
		{"ssl.ca.location", c->tls ? c->ca_file : NULL},
		{"ssl.endpoint.identification.algorithm", c->tls ? "https" : NULL},
		{"sasl.mechanisms", c->user ? c->mechanism : NULL},
		{"sasl.username", c->user},
		{"sasl.password", c->password},
	};

	list_addresses(c->address, servers);
	snprintf(timeout, sizeof(timeout), "%d", c->timeout_ms);
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		char why[SINK_ERROR_MAX]; /* is also written to when there is none */

		if (!settings[i].value ||
			rd_kafka_conf_set(conf, settings[i].name, settings[i].value, why,
				sizeof(why)) == RD_KAFKA_CONF_OK)
			continue;
		memcpy(error, why, sizeof(why));
		return false;
	}
	return true;
}

static void *open_link(const struct relay_config *config, char error[static SINK_ERROR_MAX])
{
	struct link *l = calloc(1, sizeof(*l));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	if (l && set_all(conf, config, error)) {
		l->config = config;
		rd_kafka_conf_set_opaque(conf, l);
		rd_kafka_conf_set_error_cb(conf, note_trouble);
		rd_kafka_conf_set_dr_msg_cb(conf, note_report);
		rd_kafka_conf_set_log_cb(conf, log_nothing);
		l->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, SINK_ERROR_MAX);
	}
	if (l && l->kafka)
		return l;
	rd_kafka_conf_destroy(conf); /* rd_kafka_new() takes it only when it succeeds */
	free(l);
	return NULL;
}

static void close_link(void *link)
{
	struct link *l = link;

	rd_kafka_destroy(l->kafka);
	free(l);
}

/* ---- sending ---- */

static rd_kafka_vu_t header(const char *name, const char *value)
{
	return (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_HEADER,
		.u.header = {.name = name, .val = value, .size = -1}};
}

static bool produce(struct link *l, const struct relay_message *m, size_t place, char *refused)
{
	const rd_kafka_vu_t parts[] = {
		{.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = l->config->topic},
		{.vtype = RD_KAFKA_VTYPE_KEY,
			.u.mem = {.ptr = (void *)(uintptr_t)m->subject,
				.size = strlen(m->subject)}},
		{.vtype = RD_KAFKA_VTYPE_VALUE,
			.u.mem = {.ptr = (void *)(uintptr_t)m->body, .size = m->body_n}},
		header("content-type", RELAY_CONTENT_TYPE),
		header("id", m->id),
		{.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
		{.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)place},
	};
	rd_kafka_error_t *e = rd_kafka_produceva(l->kafka, parts, sizeof(parts) / sizeof(*parts));

	if (!e)
		return true;
	snprintf(refused, SINK_ERROR_MAX, "Sending failed: %s", rd_kafka_error_string(e));
	rd_kafka_error_destroy(e);
	return false;
}

/* Until all have their report, or it takes too long, or the producer is at its end. */
static void wait_reports(struct link *l, struct sending *s)
{
	const int64_t until = time_monotonic_us() + l->config->timeout_ms * MS_US;
	char reason[SINK_ERROR_MAX];

	while (s->open && !s->error[0]) {
		rd_kafka_poll(l->kafka, POLL_MS);
		if (rd_kafka_fatal_error(l->kafka, reason, sizeof(reason)) && !s->error[0])
			snprintf(s->error, SINK_ERROR_MAX, "%s", reason);
		else if (s->open && time_monotonic_us() >= until)
			snprintf(s->error, SINK_ERROR_MAX, "%s",
				l->trouble[0] ? l->trouble : "Not confirmed in time");
	}
	if (!s->open)
		return;
	rd_kafka_purge(l->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_flush(l->kafka, PURGE_MS);
}

static size_t send_all(void *link, const struct relay_message *messages, size_t n,
	char error[static SINK_ERROR_MAX])
{
	struct link *l = link;
	struct sending s = {.has = calloc(n, sizeof(bool)), .error = error};
	char refused[SINK_ERROR_MAX] =
		""; /* by the library itself; those before it count all the same */
	size_t taken = 0;

	l->trouble[0] = '\0';
	l->sending = &s;
	while (s.has && s.n < n && produce(l, &messages[s.n], s.n + 1, refused))
		s.open = ++s.n;
	wait_reports(l, &s);
	l->sending = NULL;
	if (!error[0])
		memcpy(error, refused, sizeof(refused));
	while (taken < s.n && s.has[taken])
		taken++;
	free(s.has);
	return taken;
}

static bool idle(void *link)
{
	struct link *l = link;

	rd_kafka_poll(l->kafka, 0);
	return rd_kafka_fatal_error(l->kafka, NULL, 0) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static const struct relay_broker broker = {
	.type = "kafka", .open = open_link, .send = send_all, .idle = idle, .close = close_link};
const struct relay_broker *const relay_kafka = &broker;

#else

const struct relay_broker *const relay_kafka = NULL;

#endif
