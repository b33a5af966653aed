/*
 * server_inside: shared by server*.c alone. server.c and server_request.c have the library; the others know
 * connections.
 */
#ifndef BINCARD_FEED_SERVER_INSIDE_H
#define BINCARD_FEED_SERVER_INSIDE_H

#include "base/figures.h"
#include "feed/caller.h"
#include "feed/reader.h"
#include "feed/server.h"
#include "web/event_api.h"

#define WRITE_BYTES ((size_t)64 << 10) /* about so much is written at a time */
#define HEARTBEAT_US INT64_C(15000000)
#define STALLED_US INT64_C(30000000) /* who does not read for so long is cut off */
#define RETRY_MS_LEAST \
	1000 /* a reader comes back after so long, and up to as much again: not all at once */
#define HEADER_BYTES_MAX 24576 /* of a request; a token has at most 8 KiB */
#define MESSAGE_BYTES_MAX 8192 /* from a WebSocket */
#define SUBSCRIPTIONS_MAX 16
#define SUBSCRIPTION_NAME_MAX 64
#define MESSAGES_AT_ONCE 20 /* then one for each second */

enum conn_kind {
	CONN_NEW,
	CONN_ANSWER, /* `out` is all */
	CONN_EVENTS,
	CONN_WAIT,
	CONN_SOCKET,
};

/* Of a WebSocket: RFC 6455 section 7.4.1, and the registry there. */
enum close_code {
	CLOSE_NONE = 0,
	CLOSE_UNSUPPORTED = 1003,
	CLOSE_POLICY = 1008,
	CLOSE_TOO_BIG = 1009,
	CLOSE_RESTART = 1012,
	CLOSE_AGAIN_LATER = 1013,
};

struct subscription {
	struct subscription *next;
	struct reader reader;
	char name[SUBSCRIPTION_NAME_MAX + 1];
};

struct conn {
	struct server *server;
	struct conn *next, **prev;
	void *wire; /* the library's */
	enum conn_kind kind;
	struct caller *caller; /* NULL: of an answer */
	struct reader reader; /* CONN_EVENTS, CONN_WAIT */
	struct subscription *subscriptions; /* CONN_SOCKET */
	unsigned subscription_count;
	char *out; /* to be sent before all else; NULL: nothing */
	size_t out_bytes, out_room;
	char *head; /* CONN_WAIT: of the answer to come */
	int64_t until_us; /* CONN_WAIT */
	int limit;
	char *message; /* what has come of one */
	size_t message_bytes;
	int64_t allowance_us; /* of messages: when it is full again */
	bool wants; /* it will be told when it can write */
	int64_t wants_since_us;
	int64_t written_us, opened_us;
	bool deaf; /* not listened to */
	bool beat; /* a heartbeat is due */
	bool over; /* to be closed once `out` is sent */
	enum close_code code;
	char reason[96]; /* at most 123 bytes */
	int64_t events, bytes; /* sent */
	char request_id[65];
};

struct server {
	struct server_config config;
	server_step *step;
	void *arg;
	struct app *app;
	struct feed_figures *figures; /* shared with the host's other processes */
	struct event_stream stream;
	struct ring *ring;
	bool ring_runs; /* as long as somebody reads */
	bool more; /* in the feed than in the ring */
	int64_t started_us, loaded_us, ring_begun_us;
	struct views views;
	struct callers callers;
	struct conn *conns;
	unsigned streams; /* of all kinds */
	unsigned far_pages; /* left in this turn */
	bool failing; /* the database; said once */
	struct arena *arena; /* of what is done at one time: reset after it */
	struct library *library; /* server.c */
};

/* ---- server.c ---- */

void conn_want_write(struct conn *c);
/* Sends, now. False: it has gone. */
MUST_CHECK bool conn_send(struct conn *c, struct str text);
/* Whether more can be sent now without keeping it in memory. */
bool conn_has_room(const struct conn *c);
/* Ends it: a WebSocket with this code. What is in `out` is sent first. */
void conn_end(struct conn *c, enum close_code code, const char *reason);

/* ---- server_request.c ---- */

/* What `wire` has read, in rq->arena. */
void server_read_request(struct request *rq, void *wire, bool upgrade);

/* ---- server_http.c ---- */

/* Answers what has come, which is in the server's arena: fills `out`, or begins a stream. False: it was refused, and
 * `out` has the answer. */
bool conn_begin(struct conn *c, struct request *rq);
void conn_add_out(struct conn *c, struct str text);

/* ---- server_stream.c ---- */

void conn_open_stream(struct conn *c);
/* Sees to it that the ring runs, and has what comes after that number if it is not long past. */
void server_reach_back(struct server *s, int64_t after);
/* Writes what is to be written; the connection has room. */
void conn_write(struct conn *c);
void conn_count(struct conn *c, int64_t events); /* which were sent */
/* Leaves caller and views. */
void conn_leave(struct conn *c);
/* Takes in what is new, a page of it, and wakes those who wait for it: s->more says whether to look again at once. */
void server_look(struct server *s);
/* Heartbeats, ends of waiting, of callers, and of those who do not read. */
void server_tick(struct server *s, int64_t now_us);
/* A context for domain functions; who is set by whoever calls them. */
struct ctx server_ctx(struct server *s, struct once *once);
void server_db_trouble(struct server *s, struct err *e);

/* ---- server_socket.c ---- */

void socket_receive(struct conn *c, struct str part, bool first, bool last, bool binary);
void socket_write(struct conn *c);
void socket_leave(struct conn *c);

#endif
