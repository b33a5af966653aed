/* RabbitMQ, by AMQP 0-9-1: persistent messages, and the broker confirms each. */
#include "jobs/relay_broker.h"

#ifdef BINCARD_WITH_RABBITMQ

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

#define CHANNEL 1
#define HEARTBEAT_S 30 /* also bounds how long a write may wait */
#define PERSISTENT 2
#define MS_US INT64_C(1000)

struct link {
	const struct relay_config *config;
	amqp_connection_state_t state;
	uint64_t published; /* delivery tags count from 1 */
	bool broken; /* nothing is said to it any more */
};

/* One call of send_all(). */
struct sending {
	struct link *link;
	const struct relay_message *messages;
	size_t n;
	uint64_t first; /* delivery tag of the first message */
	bool *has; /* of each: the broker has it */
	size_t open; /* so many are neither confirmed nor refused */
	bool *ended; /* of each: it is */
	bool returning; /* the header to come is of a message that no queue takes */
	char *error;
};

/* ---- errors ---- */

static void say(char *error, const char *what, const char *why)
{
	if (!error[0])
		snprintf(error, SINK_ERROR_MAX, "%.100s: %.190s", what, why);
}

static void say_bytes(char *error, const char *what, amqp_bytes_t why)
{
	if (!error[0])
		snprintf(error, SINK_ERROR_MAX, "%.100s: %.*s", what, (int)why.len,
			(const char *)why.bytes);
}

static void say_status(char *error, const char *what, int status)
{
	say(error, what, amqp_error_string2(status));
}

/* The server has closed the channel or the connection. False: the method is another. */
static bool is_closing(const amqp_method_t *m, const char *what, char *error)
{
	if (m->id == AMQP_CHANNEL_CLOSE_METHOD)
		say_bytes(error, what, ((amqp_channel_close_t *)m->decoded)->reply_text);
	else if (m->id == AMQP_CONNECTION_CLOSE_METHOD)
		say_bytes(error, what, ((amqp_connection_close_t *)m->decoded)->reply_text);
	else
		return false;
	return true;
}

static bool is_good(amqp_rpc_reply_t reply, const char *what, char *error)
{
	if (reply.reply_type == AMQP_RESPONSE_NORMAL)
		return true;
	if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
		say_status(error, what, reply.library_error);
	else if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION ||
		!is_closing(&reply.reply, what, error))
		say(error, what, "the broker answers something else");
	return false;
}

/* ---- connecting ---- */

static struct timeval timeout_of(const struct relay_config *config)
{
	return (struct timeval){.tv_sec = config->timeout_ms / 1000,
		.tv_usec = (suseconds_t)(config->timeout_ms % 1000) * 1000};
}

static amqp_socket_t *make_socket(const struct link *l, char *error)
{
	amqp_socket_t *socket;
	int status;

	if (!l->config->tls)
		return amqp_tcp_socket_new(l->state);
	socket = amqp_ssl_socket_new(l->state);
	if (!socket)
		return NULL;
	status = amqp_ssl_socket_set_cacert(socket, l->config->ca_file);
	if (status != AMQP_STATUS_OK) {
		say_status(error, l->config->ca_file, status);
		return NULL;
	}
	amqp_ssl_socket_set_verify_peer(socket, 1);
	amqp_ssl_socket_set_verify_hostname(socket, 1);
	return socket;
}

static bool connect_one(struct link *l, const char *host, int port, char *error)
{
	const struct relay_config *c = l->config;
	struct timeval timeout = timeout_of(c);
	amqp_socket_t *socket;
	int status;

	l->state = amqp_new_connection();
	socket = l->state ? make_socket(l, error) : NULL;
	if (!socket) {
		say(error, host, "no memory");
		return false;
	}
	amqp_set_handshake_timeout(l->state, &timeout);
	amqp_set_rpc_timeout(l->state, &timeout);
	status = amqp_socket_open_noblock(socket, host, port, &timeout);
	if (status != AMQP_STATUS_OK) {
		say_status(error, host, status);
		return false;
	}
	if (!is_good(amqp_login(l->state, c->vhost, 0, AMQP_DEFAULT_FRAME_SIZE, HEARTBEAT_S,
			     AMQP_SASL_METHOD_PLAIN, c->user, c->password),
		    "Signing in failed", error))
		return false;
	amqp_channel_open(l->state, CHANNEL);
	if (!is_good(amqp_get_rpc_reply(l->state), "No channel", error))
		return false;
	amqp_confirm_select(l->state, CHANNEL);
	return is_good(amqp_get_rpc_reply(l->state), "No confirms", error);
}

static void drop(struct link *l)
{
	if (l->state)
		amqp_destroy_connection(l->state);
	l->state = NULL;
}

static void *open_link(const struct relay_config *config, char error[static SINK_ERROR_MAX])
{
	const char *rest = config->address;
	struct link *l = calloc(1, sizeof(*l));
	char host[RELAY_HOST_MAX];
	bool wrong;
	int port;

	if (!l)
		return NULL;
	l->config = config;
	while (relay_address_next(&rest, host, &port, &wrong)) {
		error[0] = '\0'; /* the last one's is shown */
		if (connect_one(l, host, port, error))
			return l;
		drop(l);
	}
	free(l);
	return NULL;
}

static void close_link(void *link)
{
	struct link *l = link;

	if (!l->broken)
		amqp_connection_close(l->state, AMQP_REPLY_SUCCESS);
	drop(l);
	free(l);
}

/* ---- publishing ---- */

static bool publish(struct link *l, const struct relay_message *m, char *error)
{
	const struct relay_config *c = l->config;
	const amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
			AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG,
		.content_type = amqp_cstring_bytes(RELAY_CONTENT_TYPE),
		.delivery_mode = PERSISTENT,
		.message_id = amqp_cstring_bytes(m->id),
		.type = amqp_cstring_bytes(m->type),
		.app_id = amqp_cstring_bytes("bincard"),
	};
	const amqp_bytes_t body = {.len = m->body_n, .bytes = (void *)(uintptr_t)m->body};
	int status = amqp_basic_publish(l->state, CHANNEL, amqp_cstring_bytes(c->exchange),
		amqp_cstring_bytes(c->routing_key ? c->routing_key : m->type), c->mandatory, 0,
		&properties, body);

	if (status != AMQP_STATUS_OK)
		say_status(error, "Sending failed", status);
	l->published += status == AMQP_STATUS_OK;
	return status == AMQP_STATUS_OK;
}

/* ---- what the broker says of it ---- */

static void end(struct sending *s, size_t i, bool has)
{
	if (s->ended[i])
		return;
	s->ended[i] = true;
	s->has[i] = has;
	s->open--;
}

/* basic.ack and basic.nack: one, or all up to it. */
static void settle(struct sending *s, uint64_t tag, bool several, bool has)
{
	if (tag < s->first || tag - s->first >= s->n)
		return;
	for (size_t i = several ? 0 : (size_t)(tag - s->first); i <= tag - s->first; i++)
		end(s, i, has);
	if (!has)
		say(s->error, "Not taken", "the broker has refused an event; a queue may be full");
}

/* No queue takes a message: this comes before its ack. */
static void note_returned(struct sending *s, const amqp_basic_properties_t *p)
{
	for (size_t i = 0; i < s->n; i++)
		if (p->message_id.len == strlen(s->messages[i].id) &&
			memcmp(p->message_id.bytes, s->messages[i].id, p->message_id.len) == 0)
			end(s, i, false);
}

static bool take_method(struct sending *s, const amqp_method_t *m)
{
	const amqp_basic_return_t *returned = m->decoded;
	const amqp_basic_nack_t *nack = m->decoded;
	const amqp_basic_ack_t *ack = m->decoded;

	if (m->id == AMQP_BASIC_ACK_METHOD) {
		settle(s, ack->delivery_tag, ack->multiple, true);
	} else if (m->id == AMQP_BASIC_NACK_METHOD) {
		settle(s, nack->delivery_tag, nack->multiple, false);
	} else if (m->id == AMQP_BASIC_RETURN_METHOD) {
		say_bytes(s->error, "Not taken", returned->reply_text);
		s->returning = true;
	} else if (is_closing(m, "The broker has closed", s->error)) {
		s->link->broken = true;
		return false;
	}
	return true;
}

/* Until all are ended, or it takes too long. */
static void wait_confirms(struct sending *s)
{
	const int64_t until = time_monotonic_us() + s->link->config->timeout_ms * MS_US;

	while (s->open) {
		int64_t left = until - time_monotonic_us();
		struct timeval wait = {
			.tv_sec = left / 1000000, .tv_usec = (suseconds_t)(left % 1000000)};
		amqp_frame_t frame;
		int status = left <= 0
			? AMQP_STATUS_TIMEOUT
			: amqp_simple_wait_frame_noblock(s->link->state, &frame, &wait);

		if (status != AMQP_STATUS_OK) {
			say_status(s->error, "Not confirmed", status);
			s->link->broken = true;
			return;
		}
		if (frame.frame_type == AMQP_FRAME_HEADER && s->returning) {
			s->returning = false;
			note_returned(s, frame.payload.properties.decoded);
		} else if (frame.frame_type == AMQP_FRAME_METHOD &&
			!take_method(s, &frame.payload.method)) {
			return;
		}
		amqp_maybe_release_buffers(s->link->state);
	}
}

static size_t send_all(void *link, const struct relay_message *messages, size_t n,
	char error[static SINK_ERROR_MAX])
{
	struct link *l = link;
	struct sending s = {.link = l,
		.messages = messages,
		.first = l->published + 1,
		.has = calloc(n, sizeof(bool)),
		.ended = calloc(n, sizeof(bool)),
		.error = error};
	size_t taken = 0;

	while (s.has && s.ended && s.n < n && publish(l, &messages[s.n], error))
		s.n++;
	l->broken = s.n < n;
	s.open = s.n;
	if (!l->broken)
		wait_confirms(&s);
	while (taken < s.n && s.has[taken])
		taken++;
	free(s.has);
	free(s.ended);
	return taken;
}

/* Heartbeats are sent and taken by the wait; a broker that ends says so. */
static bool idle(void *link)
{
	struct link *l = link;
	struct timeval none = {.tv_sec = 0};
	amqp_frame_t frame;
	char unseen[SINK_ERROR_MAX] = "";
	int status = amqp_simple_wait_frame_noblock(l->state, &frame, &none);

	amqp_maybe_release_buffers(l->state);
	if (status == AMQP_STATUS_TIMEOUT)
		return true;
	l->broken = status != AMQP_STATUS_OK ||
		(frame.frame_type == AMQP_FRAME_METHOD &&
			is_closing(&frame.payload.method, "", unseen));
	return !l->broken;
}

static const struct relay_broker broker = {
	.type = "rabbitmq", .open = open_link, .send = send_all, .idle = idle, .close = close_link};
const struct relay_broker *const relay_rabbitmq = &broker;

#else

const struct relay_broker *const relay_rabbitmq = NULL;

#endif
