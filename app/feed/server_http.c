/* Requests: admitted as any other, answered, or turned into a stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/timestamp.h"
#include "feed/server_inside.h"
#include "http/fcgi_wire.h"
#include "http/problem.h"

#define HEAD_BYTES_MAX 16384

void conn_add_out(struct conn *c, struct str text)
{
	if (c->out_bytes + text.n > c->out_room) {
		c->out_room = 2 * c->out_room + text.n;
		c->out = realloc(c->out, c->out_room);
		if (!c->out)
			abort();
	}
	memcpy(c->out + c->out_bytes, text.p, text.n);
	c->out_bytes += text.n;
}

/* ---- answers ---- */

/* All but the body's length, and the empty line. */
static struct str head_of(struct arena *a, const struct response *rs, struct str id)
{
	struct buf b;

	buf_init(&b, a, HEAD_BYTES_MAX + rs->headers.n);
	buf_printf(&b, "HTTP/1.1 %d %s\r\n", rs->status, http_reason(rs->status));
	if (rs->content_type)
		buf_printf(&b, "Content-Type: %s\r\n", rs->content_type);
	buf_printf(&b, "X-Request-Id: %.*s\r\n", STR_ARG(id));
	buf_add_str(&b, buf_str(&rs->headers));
	buf_add_cstr(&b, "Connection: close\r\n");
	return buf_str(&b);
}

static void add_length(struct conn *c, size_t n)
{
	char text[64];

	snprintf(text, sizeof(text), "Content-Length: %zu\r\n\r\n", n);
	conn_add_out(c, str_of(text));
}

static bool answer(struct conn *c, const struct request *rq, const struct response *rs)
{
	conn_add_out(c, head_of(rq->arena, rs, rq->id));
	add_length(c, rs->body.n);
	if (rq->method != HTTP_HEAD)
		conn_add_out(c, buf_str(&rs->body));
	c->kind = CONN_ANSWER;
	return false;
}

static bool refuse(struct conn *c, const struct request *rq, struct response *rs, struct err *e)
{
	problem_render(rs, rq, e);
	response_header(rs, "Cache-Control", "no-store");
	return answer(c, rq, rs);
}

static bool is_of_feed(struct str path)
{
	return str_is(path, "/v1/events") || str_is(path, "/v1/events/stream") ||
		str_is(path, "/v1/events/ws");
}

static struct err *check_room(const struct server *s, const struct request *rq)
{
	if (s->stream.kind == EVENT_STREAM_NONE || s->streams < s->config.streams_max)
		return NULL;
	return err_because(err_new(rq->arena, ERR_UNAVAILABLE, "%s", ""),
		"there are %u streams: [feed] streams_max", s->streams);
}

/* ---- beginning ---- */

static void open_events(struct conn *c, const struct request *rq, const struct response *rs)
{
	uint32_t jitter;

	secret_random(&jitter, sizeof(jitter));
	conn_add_out(c, head_of(rq->arena, rs, rq->id));
	conn_add_out(c, STR("X-Accel-Buffering: no\r\n\r\n"));
	/* where it stands, so that it comes back to there even when nothing happens */
	conn_add_out(c,
		str_printf(rq->arena, "retry: %u\nid: %lld\n\n",
			RETRY_MS_LEAST + jitter % RETRY_MS_LEAST, (long long)c->reader.after));
	c->kind = CONN_EVENTS;
}

static void open_wait(struct conn *c, const struct request *rq, const struct response *rs)
{
	struct str head = head_of(rq->arena, rs, rq->id);

	c->head = malloc(head.n + 1);
	if (!c->head)
		abort();
	memcpy(c->head, head.p, head.n);
	c->head[head.n] = '\0';
	c->until_us = c->opened_us + c->server->stream.wait_s * INT64_C(1000000);
	c->limit = c->server->stream.limit;
	c->kind = CONN_WAIT;
}

static bool open_stream(struct conn *c, const struct request *rq, struct response *rs)
{
	struct server *s = c->server;
	struct err *e;

	c->caller = callers_join(&s->callers, rq, &s->stream.who, s->config.streams_per_caller_max);
	if (!c->caller) {
		e = err_new(rq->arena, ERR_RATE,
			"You have %u streams already: one can serve many pages and programs.",
			s->config.streams_per_caller_max);
		e->retry_after_s = 5;
		return refuse(c, rq, rs, e);
	}
	c->reader.after = s->stream.after;
	snprintf(c->request_id, sizeof(c->request_id), "%.*s", STR_ARG(rq->id));
	if (s->stream.kind == EVENT_STREAM_EVENTS)
		open_events(c, rq, rs);
	else if (s->stream.kind == EVENT_STREAM_WAIT)
		open_wait(c, rq, rs);
	else
		c->kind = CONN_SOCKET;
	conn_open_stream(c);
	return true;
}

bool conn_begin(struct conn *c, struct request *rq)
{
	struct server *s = c->server;
	struct response rs;
	struct err *e;

	rq->id = request_id_choose(rq->arena, request_header(rq, "x-request-id"));
	response_init(&rs, rq->arena);
	s->stream.kind = EVENT_STREAM_NONE;
	if (!is_of_feed(rq->path))
		return refuse(c, rq, &rs, err_new(rq->arena, ERR_NOT_FOUND, "%s", ""));
	app_serve(s->app, rq, &rs);
	e = check_room(s, rq);
	if (e)
		return refuse(c, rq, &rs, e);
	if (s->stream.kind == EVENT_STREAM_NONE ||
		rq->method == HTTP_HEAD) /* which nobody stays for */
		return answer(c, rq, &rs);
	return open_stream(c, rq, &rs);
}
