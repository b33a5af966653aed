/* The event loop: libwebsockets speaks HTTP and WebSocket, and waits. */
#include <errno.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/poke.h"
#include "base/timestamp.h"
#include "feed/server_inside.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)
#define HEADERS_AT_ONCE 64 /* requests that are being read */
#define FILES_BESIDE 256 /* of the process, beside its connections */
#define CONNECTIONS_BESIDE 512 /* that are no streams: answers, and what is being read */
#define SEND_BYTES_MAX (4 << 20)
#define ACCEPTS_AT_ONCE 64
#define MORE_US INT64_C(2000) /* while there is more than could be taken in at once */
#define TICK_US INT64_C(100000)
#define FAR_PAGES 4 /* of the database, for readers far behind, in one turn */
#define PING_S 25
#define SILENT_S 45 /* a WebSocket whose other end says nothing for so long has lost it */
#define CLOSING_S 5
#define LAST_TURNS_US INT64_C(1000000)

struct library {
	struct lws_context *context;
	struct lws_vhost *vhost;
	lws_sorted_usec_list_t step_timer, tick_timer;
	struct lws *listener, *pokes;
	struct server *server;
	unsigned char *room; /* LWS_PRE and what is to be sent */
	size_t room_bytes;
};

static struct library library; /* one in a process: its timers know nothing else */

/* ---- sending ---- */

/* Nothing more comes over HTTP once the request is read. The library does not read then, for it has no headers to
 * read into, but would go on asking whether it could; that the other end has gone it is told in any case. It does
 * not write to whom it does not listen. */
static void listen_to(struct conn *c, bool on)
{
	if (c->kind == CONN_SOCKET || c->deaf == !on)
		return;
	c->deaf = !on;
	lws_rx_flow_control(c->wire, on);
}

void conn_want_write(struct conn *c)
{
	if (c->wants)
		return;
	c->wants = true;
	c->wants_since_us = time_monotonic_us();
	listen_to(c, true);
	lws_callback_on_writable(c->wire);
}

bool conn_has_room(const struct conn *c)
{
	return lws_send_pipe_choked(c->wire) == 0;
}

static unsigned char *room_for(struct library *l, size_t bytes)
{
	if (l->room_bytes < bytes) {
		free(l->room);
		l->room = malloc(LWS_PRE + bytes);
		if (!l->room)
			abort();
		l->room_bytes = bytes;
	}
	return l->room + LWS_PRE;
}

bool conn_send(struct conn *c, struct str text)
{
	unsigned char *p = room_for(c->server->library, text.n);
	enum lws_write_protocol how = c->kind == CONN_SOCKET ? LWS_WRITE_TEXT : LWS_WRITE_HTTP;

	memcpy(p, text.p, text.n);
	c->bytes += (int64_t)text.n;
	figures_add(&c->server->figures->bytes_sent, text.n);
	c->written_us = time_monotonic_us();
	return lws_write(c->wire, p, text.n, how) >= (int)text.n;
}

void conn_end(struct conn *c, enum close_code code, const char *reason)
{
	if (c->over)
		return;
	c->over = true;
	c->code = code;
	snprintf(c->reason, sizeof(c->reason), "%s", reason);
	lws_set_timeout(c->wire, PENDING_TIMEOUT_USER_REASON_BASE, CLOSING_S);
	c->wants = false;
	conn_want_write(c);
}

/* ---- requests ---- */

static bool begin(struct conn *c, struct lws *wsi, bool upgrade)
{
	struct request request = {.arena = c->server->arena}, *rq = &request;
	bool begun;

	server_read_request(rq, wsi, upgrade);
	begun = conn_begin(c, rq);
	arena_reset(c->server->arena);
	return begun;
}

/* ---- connections ---- */

static struct conn *conn_new(struct server *s, struct lws *wsi)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->server = s;
	c->wire = wsi;
	c->opened_us = c->written_us = time_monotonic_us();
	c->next = s->conns;
	c->prev = &s->conns;
	if (c->next)
		c->next->prev = &c->next;
	s->conns = c;
	lws_set_opaque_user_data(wsi, c);
	return c;
}

static void conn_free(struct conn *c)
{
	conn_leave(c);
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	free(c->out);
	free(c->head);
	free(c->message);
	free(c);
}

static int on_request(struct lws *wsi)
{
	struct conn *c = conn_new(library.server, wsi);

	if (!begin(c, wsi, false))
		c->over = true;
	lws_http_headers_detach(wsi); /* there are some for a few requests at a time */
	lws_set_timeout(wsi, c->over ? PENDING_TIMEOUT_HTTP_CONTENT : NO_PENDING_TIMEOUT,
		c->over ? (int)(STALLED_US / 1000000) : 0);
	conn_want_write(c);
	return 0;
}

/* Above 0: it was refused, and answered. */
static int on_upgrade(struct lws *wsi)
{
	struct conn *c = conn_new(library.server, wsi);
	struct str out;

	if (begin(c, wsi, true))
		return 0;
	out = (struct str){c->out, c->out_bytes};
	c->kind = CONN_ANSWER;
	return conn_send(c, out) ? 1 : -1;
}

static int on_writable(struct conn *c)
{
	struct str out;

	if (!c)
		return -1;
	c->wants = false;
	if (c->out_bytes) {
		out = (struct str){c->out, c->out_bytes};
		c->out_bytes = 0;
		if (!conn_send(c, out))
			return -1;
		conn_want_write(c); /* called again when all of it has gone */
		return 0;
	}
	if (c->over) {
		if (c->kind == CONN_SOCKET && c->code)
			lws_close_reason(c->wire, (enum lws_close_status)c->code,
				(unsigned char *)c->reason, strlen(c->reason));
		return -1;
	}
	conn_write(c);
	arena_reset(c->server->arena);
	if (c->wants)
		return 0;
	if (lws_partial_buffered(c->wire)) /* it is written by and by, while we listen */
		conn_want_write(c);
	else
		listen_to(c, false);
	return 0;
}

static void on_message(struct conn *c, struct lws *wsi, const void *in, size_t n)
{
	if (!c || c->over)
		return;
	socket_receive(c, (struct str){in, n}, lws_is_first_fragment(wsi),
		lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi),
		lws_frame_is_binary(wsi));
	arena_reset(c->server->arena);
}

static void accept_some(struct library *l)
{
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		int fd = accept4(
			lws_get_socket_fd(l->listener), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				log_text(LOG_WARNING, "accept: %s", strerror(errno));
			return;
		}
		if (!lws_adopt_socket_vhost(l->vhost, fd)) /* which has closed it */
			log_text(LOG_WARNING, "a connection could not be taken");
	}
}

static void run_step(lws_sorted_usec_list_t *timer)
{
	struct library *l = &library;
	bool news = false;
	int64_t pause_us;

	(void)timer;
	if (l->pokes)
		poke_drain(lws_get_socket_fd(l->pokes));
	pause_us = l->server->step(l->server->arg, &news);
	/* after news it rests, and is not even woken: under load there are thousands of pokes a second */
	if (l->pokes)
		lws_rx_flow_control(l->pokes, !news);
	if (news || l->server->views.first)
		server_look(l->server);
	if (l->server->more && pause_us > MORE_US)
		pause_us = MORE_US;
	lws_sul_schedule(l->context, 0, &l->step_timer, run_step, pause_us);
}

static void run_tick(lws_sorted_usec_list_t *timer)
{
	struct library *l = &library;

	(void)timer;
	server_tick(l->server, time_monotonic_us());
	lws_sul_schedule(l->context, 0, &l->tick_timer, run_tick, TICK_US);
}

static void on_file(struct lws *wsi)
{
	if (wsi == library.listener) {
		accept_some(&library);
	} else if (wsi == library.pokes) {
		poke_drain(lws_get_socket_fd(wsi));
		lws_sul_schedule(library.context, 0, &library.step_timer, run_step, 1);
	}
}

static int callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
	struct conn *c = lws_get_opaque_user_data(wsi);

	(void)user;
	switch ((int)reason) {
	case LWS_CALLBACK_RAW_RX_FILE:
		on_file(wsi);
		break;
	case LWS_CALLBACK_HTTP:
		return on_request(wsi);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return on_upgrade(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		conn_want_write(c);
		break;
	case LWS_CALLBACK_RECEIVE:
		on_message(c, wsi, in, n);
		break;
	case LWS_CALLBACK_HTTP_WRITEABLE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return on_writable(c);
	case LWS_CALLBACK_WSI_DESTROY:
		if (c)
			conn_free(c);
		lws_set_opaque_user_data(wsi, NULL);
		break;
	default:
		break;
	}
	return 0;
}

/* ---- the loop ---- */

static void log_line(int level, const char *line)
{
	size_t n = strcspn(line, "\n");

	log_text(level & LLL_ERR ? LOG_WARNING : LOG_DEBUG, "libwebsockets: %.*s", (int)n, line);
}

/* The library's tables are as large as the limit. */
static void set_file_limit(unsigned connections)
{
	struct rlimit limit;
	rlim_t wanted = connections + FILES_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) {
		log_text(LOG_WARNING, "%lu files may be open, %lu are wanted: fewer streams",
			(unsigned long)limit.rlim_max, (unsigned long)wanted);
		wanted = limit.rlim_max;
	}
	limit.rlim_cur = wanted;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static bool open_library(struct library *l)
{
	static const struct lws_protocols protocols[] = {
		/* more at a time would be cut into pieces of that size */
		{.name = "bincard",
			.callback = callback,
			.rx_buffer_size = 4096,
			.tx_packet_size = SEND_BYTES_MAX},
		{.name = NULL},
	};
	static const lws_retry_bo_t idle = {
		.secs_since_valid_ping = PING_S, .secs_since_valid_hangup = SILENT_S};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8,
		.max_http_header_data = HEADER_BYTES_MAX,
		.max_http_header_pool = HEADERS_AT_ONCE,
		.retry_and_idle_policy = &idle,
		.gid = -1,
		.uid = -1,
		.vhost_name = "bincard",
	};

	lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
	l->context = lws_create_context(&info);
	l->vhost = l->context ? lws_create_vhost(l->context, &info) : NULL;
	return l->vhost != NULL;
}

static struct lws *adopt_file(struct library *l, int fd)
{
	lws_sock_file_fd_type file = {.filefd = fd};

	return lws_adopt_descriptor_vhost(l->vhost, LWS_ADOPT_RAW_FILE_DESC, file, "bincard", NULL);
}

struct server *server_new(const struct server_config *config, server_step *step, void *arg)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->config = *config;
	s->started_us = time_monotonic_us();
	s->step = step;
	s->arg = arg;
	s->app = config->app;
	s->app->stream = &s->stream;
	s->figures = &s->app->config->figures->feed;
	atomic_store(&s->figures->lag_max_us, 0);
	s->arena = arena_new(ARENA_BYTES_MAX);
	s->ring = ring_new(s->app->config->public_url);
	s->library = &library;
	library = (struct library){.server = s};
	set_file_limit(config->streams_max + CONNECTIONS_BESIDE);
	if (open_library(&library)) {
		if (config->listen_fd >= 0)
			library.listener = adopt_file(&library, config->listen_fd);
		if (config->listen_fd < 0 || library.listener)
			return s;
	}
	log_text(LOG_ERROR, "the feed's server cannot be made");
	server_free(s);
	return NULL;
}

void server_listen_for_pokes(struct server *s, int fd)
{
	struct library *l = s->library;

	if (l->pokes)
		lws_set_timeout(l->pokes, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
	l->pokes = fd >= 0 ? adopt_file(l, dup(fd)) : NULL;
}

static void turn(struct server *s)
{
	s->far_pages = FAR_PAGES;
	(void)lws_service(s->library->context, 0);
}

void server_run(struct server *s, const volatile sig_atomic_t *stop)
{
	int64_t until_us;

	run_step(NULL);
	run_tick(NULL);
	while (!*stop)
		turn(s);
	lws_sul_schedule(
		s->library->context, 0, &s->library->step_timer, NULL, LWS_SET_TIMER_USEC_CANCEL);
	for (struct conn *c = s->conns; c; c = c->next)
		conn_end(c, CLOSE_RESTART, "come back");
	until_us = time_monotonic_us() + LAST_TURNS_US;
	while (s->conns && time_monotonic_us() < until_us)
		turn(s);
}

void server_free(struct server *s)
{
	struct library *l = s->library;

	if (l->context)
		lws_context_destroy(l->context);
	free(l->room);
	*l = (struct library){.server = NULL};
	s->app->stream = NULL;
	ring_free(s->ring);
	arena_free(s->arena);
	free(s);
}
