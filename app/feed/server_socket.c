/*
 * WebSockets: messages that begin and end subscriptions, and events to each. docs/feed.md has the protocol.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/timestamp.h"
#include "feed/server_inside.h"
#include "http/form.h"
#include "http/problem.h"

#define MESSAGE_US INT64_C(1000000)
#define ANSWER_BYTES_MAX ((size_t)2 << 20) /* ERR_FIELDS_MAX mistakes, of messages of 8 KiB */
#define TYPES_TEXT_MAX 2048

/* ---- answers ---- */

static void say(struct conn *c, const char *what, const char *name, const int64_t *after)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->server->arena, ANSWER_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_cstr(&j, what, name);
	if (after)
		json_int(&j, "after", *after);
	json_object_end(&j);
	if (!conn_send(c, buf_str(&b)))
		conn_end(c, CLOSE_NONE, "gone");
}

/* As a problem is told elsewhere (RFC 9457), within the message. */
static void say_error(struct conn *c, struct str name, const struct err *e)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->server->arena, ANSWER_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	if (name.p)
		json_str(&j, "subscription", name);
	problem_to_json(&j, "error", c->server->arena, e, str_of(c->request_id));
	json_object_end(&j);
	assert(!b.overflow);
	if (!conn_send(c, buf_str(&b)))
		conn_end(c, CLOSE_NONE, "gone");
}

/* ---- subscriptions ---- */

static struct subscription **find(struct conn *c, struct str name)
{
	struct subscription **at = &c->subscriptions;

	while (*at && !str_is(name, (*at)->name))
		at = &(*at)->next;
	return at;
}

static void drop(struct conn *c, struct subscription **at)
{
	struct subscription *s = *at;

	*at = s->next;
	views_leave(&c->server->views, s->reader.view);
	free(s);
	c->subscription_count--;
}

void socket_leave(struct conn *c)
{
	while (c->subscriptions)
		drop(c, &c->subscriptions);
}

/* A member as the query of /v1/events/stream has it. */
static struct err *as_text(struct arena *a, const struct json_node *m, struct str *out)
{
	struct str pointer = str_printf(a, "/%.*s", STR_ARG(m->name));
	struct err *e = NULL;
	struct buf b;

	if (m->type == JSON_TEXT) {
		*out = m->text;
	} else if (m->type == JSON_INT) {
		*out = str_printf(a, "%lld", (long long)m->num);
	} else if (m->type == JSON_ARRAY) {
		buf_init(&b, a, TYPES_TEXT_MAX);
		for (const struct json_node *t = m->child; t && !e; t = t->next) {
			if (b.n)
				buf_add_char(&b, ',');
			if (t->type != JSON_TEXT)
				err_add_field(&e, a, pointer, "wrong_type", "A list has texts.");
			else
				buf_add_str(&b, t->text);
		}
		*out = buf_str(&b);
		if (b.overflow)
			err_add_field(&e, a, pointer, "too_long", "The list is too long.");
	} else {
		err_add_field(&e, a, pointer, "wrong_type", "This is a text, a number or a list.");
	}
	return e;
}

static struct err *read_filter(
	struct arena *a, const struct json_node *message, struct event_query *q)
{
	struct http_pair *pairs = NULL, **end = &pairs;
	struct value *values;

	for (const struct json_node *m = message->child; m; m = m->next) {
		struct http_pair *p = ARENA_NEW(a, struct http_pair);

		if (str_is(m->name, "subscribe"))
			continue;
		p->name = m->name;
		TRY(as_text(a, m, &p->value));
		*end = p;
		end = &p->next;
	}
	TRY(form_read_pairs(a, pairs, event_stream_fields, &values));
	event_stream_query(values, q);
	return NULL;
}

static struct err *check_name(struct conn *c, struct str name)
{
	struct arena *a = c->server->arena;

	if (!name.n || name.n > SUBSCRIPTION_NAME_MAX || !str_is_text(name, false))
		return err_new(a, ERR_BAD_REQUEST, "A subscription has a name of 1 to %d bytes.",
			SUBSCRIPTION_NAME_MAX);
	if (*find(c, name))
		return err_new(a, ERR_CONFLICT, "There is a subscription of this name.");
	if (c->subscription_count == SUBSCRIPTIONS_MAX)
		return err_new(a, ERR_RATE, "A WebSocket has %d subscriptions at most.",
			SUBSCRIPTIONS_MAX);
	return NULL;
}

static struct err *subscribe(struct conn *c, struct str name, const struct json_node *message)
{
	struct server *s = c->server;
	struct once once;
	struct ctx ctx = server_ctx(s, &once);
	struct principal who;
	struct event_query q;
	struct event_view view;
	struct subscription *sub;
	int64_t after;

	TRY(check_name(c, name));
	TRY(read_filter(s->arena, message, &q));
	caller_who(c->caller, &who);
	ctx.who = &who;
	TRY(db_ready(s->app->db, s->arena));
	TRY(event_view_open(&ctx, &q, &view, &after));
	sub = calloc(1, sizeof(*sub));
	if (!sub)
		abort();
	memcpy(sub->name, name.p, name.n);
	sub->reader = (struct reader){.view = views_join(&s->views, &view), .after = after};
	sub->next = c->subscriptions;
	c->subscriptions = sub;
	c->subscription_count++;
	server_reach_back(s, after);
	say(c, "subscribed", sub->name, &after);
	conn_want_write(c);
	return NULL;
}

static struct err *unsubscribe(struct conn *c, struct str name)
{
	struct subscription **at = find(c, name);
	int64_t after;

	if (!*at)
		return err_new(
			c->server->arena, ERR_NOT_FOUND, "There is no subscription of this name.");
	after = (*at)->reader.after;
	drop(c, at);
	say(c, "unsubscribed", str_cstr(c->server->arena, name), &after);
	return NULL;
}

/* ---- messages ---- */

/* A bucket, as base/rate.h has them: each message costs a second, and some may come at once. */
static bool may_speak(struct conn *c)
{
	int64_t now = time_monotonic_us();

	if (c->allowance_us < now)
		c->allowance_us = now;
	if (c->allowance_us - now > MESSAGES_AT_ONCE * MESSAGE_US)
		return false;
	c->allowance_us += MESSAGE_US;
	return true;
}

static void on_message(struct conn *c, struct str text)
{
	struct arena *a = c->server->arena;
	const struct json_node *on, *off;
	struct json_node *message;
	struct err *e = json_parse(a, text, &message);
	struct str name = STR_NONE;

	if (!e && message->type != JSON_OBJECT)
		e = err_new(a, ERR_BAD_REQUEST, "A message is an object.");
	if (!e) {
		on = json_member(message, "subscribe");
		off = json_member(message, "unsubscribe");
		if (on && on->type == JSON_TEXT) {
			name = on->text;
			e = subscribe(c, name, message);
		} else if (off && off->type == JSON_TEXT) {
			name = off->text;
			e = unsubscribe(c, name);
		} else {
			e = err_new(a, ERR_BAD_REQUEST,
				"A message has \"subscribe\" or \"unsubscribe\", with a name.");
		}
	}
	if (e)
		say_error(c, name, e);
}

static bool keep_part(struct conn *c, struct str part)
{
	if (!c->message)
		c->message = malloc(MESSAGE_BYTES_MAX);
	if (!c->message)
		abort();
	if (c->message_bytes + part.n > MESSAGE_BYTES_MAX)
		return false;
	memcpy(c->message + c->message_bytes, part.p, part.n);
	c->message_bytes += part.n;
	return true;
}

void socket_receive(struct conn *c, struct str part, bool first, bool last, bool binary)
{
	if (binary) {
		conn_end(c, CLOSE_UNSUPPORTED, "messages are text");
		return;
	}
	if (first && !c->message_bytes && !may_speak(c)) {
		conn_end(c, CLOSE_POLICY, "too many messages");
		return;
	}
	if (!keep_part(c, part)) {
		conn_end(c, CLOSE_TOO_BIG, "the message is too long");
		return;
	}
	if (!last)
		return;
	on_message(c, (struct str){c->message, c->message_bytes});
	c->message_bytes = 0;
}

/* ---- events ---- */

struct sending {
	struct conn *conn;
	const struct subscription *subscription;
	struct str before; /* {"subscription":"NAME","event": */
	size_t bytes;
	bool gone;
};

static bool send_event(void *arg, const struct event_frame *f)
{
	struct sending *s = arg;
	struct buf b;

	buf_init(&b, s->conn->server->arena, s->before.n + f->json.n + 1);
	buf_add_str(&b, s->before);
	buf_add_str(&b, f->json);
	buf_add_char(&b, '}');
	conn_count(s->conn, 1);
	s->bytes += b.n;
	if (!s->gone)
		s->gone = !conn_send(s->conn, buf_str(&b));
	return !s->gone && s->bytes < WRITE_BYTES && conn_has_room(s->conn);
}

static struct str event_begin(struct arena *a, const char *name)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, 6 * SUBSCRIPTION_NAME_MAX + 64);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_cstr(&j, "subscription", name);
	json_null(&j, "event");
	return (struct str){b.p, b.n - 4}; /* without null */
}

static void cut_off(struct conn *c, const struct subscription *sub, enum reader_place place)
{
	char reason[sizeof(c->reason)];

	snprintf(reason, sizeof(reason), "%s %lld",
		place == READER_LOST ? "too slow: go on after" : "not kept any more: what follows",
		(long long)sub->reader.after);
	figures_add(&c->server->figures->cut_off, place == READER_LOST);
	say(c, "ended", sub->name, &sub->reader.after);
	conn_end(c, CLOSE_AGAIN_LATER, reason);
}

/* True: there is more for it. */
static bool write_subscription(struct conn *c, struct subscription *sub)
{
	struct server *s = c->server;
	struct once once;
	struct ctx ctx = server_ctx(s, &once);
	struct sending sending = {.conn = c, .subscription = sub};
	enum reader_place place = reader_place(&sub->reader, s->ring);
	struct err *e;

	if (place == READER_AT_END)
		return false;
	if (place == READER_FAR && !s->far_pages)
		return true;
	s->far_pages -= place == READER_FAR;
	sending.before = event_begin(s->arena, sub->name);
	e = reader_go(&sub->reader, s->ring, &ctx, s->app->config->public_url, send_event, &sending,
		&place);
	if (e || place == READER_FAR)
		server_db_trouble(s, e);
	if (sending.gone)
		conn_end(c, CLOSE_NONE, "gone");
	else if (place == READER_LOST || place == READER_GONE)
		cut_off(c, sub, place);
	return !e && place != READER_AT_END;
}

void socket_write(struct conn *c)
{
	bool more = false;

	for (struct subscription *s = c->subscriptions; s && !c->over; s = s->next) {
		if (conn_has_room(c))
			more |= write_subscription(c, s);
		else
			more = true;
	}
	if (more && !c->over)
		conn_want_write(c);
}
