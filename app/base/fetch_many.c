#include "base/fetch_many.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/fetch.h"
#include "base/timestamp.h"

#define CONNECT_MS_MAX 5000
#define EVENTS_MAX 64
#define KEPT_ALIVE_MAX 128L

struct fetch_many {
	const struct fetch_many_config *config;
	CURLM *multi;
	int epoll;
	int64_t wake_us; /* libcurl wants to be called then; -1: it does not */
};

struct fetch_transfer {
	struct fetch_many *many;
	struct fetch_sending *sending;
	CURL *curl;
	struct curl_slist *headers;
	struct buf answer, header;
	size_t bytes; /* of the answer */
	char why[CURL_ERROR_SIZE];
	char refused[INET6_ADDRSTRLEN]; /* an address that may not be connected to */
};

/* ---- where to ---- */

static bool may_reach(const struct fetch_many_config *config, const struct address *address)
{
	return address_is_public(address) || networks_have(&config->allow, address);
}

static bool address_of(const struct sockaddr *from, struct address *out)
{
	const struct sockaddr_in *four = (const void *)from;
	const struct sockaddr_in6 *six = (const void *)from;

	*out = (struct address){{[10] = 0xff, [11] = 0xff}};
	if (from->sa_family == AF_INET)
		memcpy(out->bytes + 12, &four->sin_addr, 4);
	else if (from->sa_family == AF_INET6)
		memcpy(out->bytes, &six->sin6_addr, 16);
	else
		return false;
	return true;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetch_transfer *t = arg;
	struct address address;

	(void)purpose;
	if (!t->many->config->proxy) {
		if (!address_of(&to->addr, &address))
			return CURL_SOCKET_BAD;
		if (!may_reach(t->many->config, &address)) {
			snprintf(t->refused, sizeof(t->refused), "%.*s",
				STR_ARG(address_format(t->sending->arena, &address)));
			return CURL_SOCKET_BAD;
		}
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

/* "[::1]" and "127.0.0.1" are known without asking anybody, "localhost" is what it says. */
static const char *host_fault(const struct fetch_many_config *config, const char *host)
{
	struct str name = str_of(host);
	struct address address;

	if (name.n > 2 && name.p[0] == '[')
		name = (struct str){name.p + 1, name.n - 2};
	if (str_is_nocase(name, "localhost"))
		name = STR("127.0.0.1");
	if (address_parse(name, &address) && !may_reach(config, &address))
		return "It leads to an address that is not public; [webhooks] allow_networks can allow it.";
	return NULL;
}

static const char *url_fault(const struct fetch_many_config *config, CURLU *url)
{
	char *scheme = NULL, *host = NULL;
	const char *why = "It is no address with https://, a host, and no user name or # in it.";

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK || !host[0] ||
		has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD) ||
		has_part(url, CURLUPART_FRAGMENT))
		;
	else if (strcmp(scheme, "http") == 0 && !config->allow_http)
		why = "It has to begin with https://; [webhooks] allow_http can allow http.";
	else if (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0)
		why = host_fault(config, host);
	curl_free(scheme);
	curl_free(host);
	return why;
}

bool fetch_many_may_send(
	struct arena *a, const struct fetch_many_config *config, struct str text, const char **why)
{
	CURLU *url = curl_url();

	assert(url);
	*why = "It is no address of a web server.";
	if (text.n && text.n <= FETCH_URL_MAX && str_is_text(text, false) &&
		curl_url_set(url, CURLUPART_URL, str_cstr(a, text), 0) == CURLUE_OK)
		*why = url_fault(config, url);
	curl_url_cleanup(url);
	return !*why;
}

/* ---- what libcurl calls ---- */

/* What is beyond the maximum is not kept. */
static void keep(struct buf *b, const char *data, size_t n)
{
	size_t room = b->max - b->n;

	buf_add(b, data, n < room ? n : room);
}

static size_t take_answer(char *data, size_t one, size_t n, void *arg)
{
	struct fetch_transfer *t = arg;

	keep(&t->answer, data, one * n);
	t->bytes += one * n;
	return t->bytes > FETCH_MANY_ANSWER_MAX ? 0 : one * n; /* anything else ends it */
}

static size_t take_header(char *data, size_t one, size_t n, void *arg)
{
	struct fetch_transfer *t = arg;

	keep(&t->header, data, one * n);
	return one * n;
}

static int note_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *known)
{
	struct fetch_many *m = arg;
	struct epoll_event event = {.data.fd = fd};

	(void)curl;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(m->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	event.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
	if (epoll_ctl(m->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
		epoll_ctl(m->epoll, known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
	curl_multi_assign(m->multi, fd, m);
	return 0;
}

static int note_timer(CURLM *multi, long ms, void *arg)
{
	struct fetch_many *m = arg;

	(void)multi;
	m->wake_us = ms < 0 ? -1 : time_monotonic_us() + ms * 1000;
	return 0;
}

/* ---- requests ---- */

struct fetch_many *fetch_many_new(struct arena *boot, const struct fetch_many_config *config)
{
	struct fetch_many *m = ARENA_NEW(boot, struct fetch_many);
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

	assert(code == CURLE_OK);
	m->config = config;
	m->wake_us = -1;
	m->multi = curl_multi_init();
	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	assert(m->multi && m->epoll >= 0);
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, note_socket);
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, note_timer);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, KEPT_ALIVE_MAX);
	return m;
}

void fetch_many_free(struct fetch_many *m)
{
	curl_multi_cleanup(m->multi);
	close(m->epoll);
}

static void set_number(CURL *curl, CURLoption option, long number)
{
	CURLcode code = curl_easy_setopt(curl, option, number);

	assert(code == CURLE_OK);
}

static void set_text(CURL *curl, CURLoption option, const char *text)
{
	CURLcode code = curl_easy_setopt(curl, option, text);

	assert(code == CURLE_OK);
}

static void set_limits(CURL *curl, const struct fetch_many_config *config)
{
	set_number(curl, CURLOPT_NOSIGNAL, 1);
	set_number(curl, CURLOPT_QUICK_EXIT, 1);
	set_number(curl, CURLOPT_CONNECTTIMEOUT_MS,
		config->timeout_ms < CONNECT_MS_MAX ? config->timeout_ms : CONNECT_MS_MAX);
	set_number(curl, CURLOPT_TIMEOUT_MS, config->timeout_ms);
	set_number(curl, CURLOPT_FOLLOWLOCATION, 0);
	set_text(curl, CURLOPT_PROTOCOLS_STR, config->allow_http ? "https,http" : "https");
	set_number(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set_text(curl, CURLOPT_PROXY, config->proxy ? config->proxy : "");
}

static void set_content(struct fetch_transfer *t)
{
	const struct fetch_sending *s = t->sending;

	for (const char *const *h = s->headers; *h; h++) {
		struct curl_slist *more = curl_slist_append(t->headers, *h);

		assert(more);
		t->headers = more;
	}
	t->headers =
		curl_slist_append(t->headers, "Expect:"); /* no round trip before a small body */
	set_text(t->curl, CURLOPT_URL, str_cstr(s->arena, s->url));
	set_number(t->curl, CURLOPT_POST, 1);
	curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->body.n);
	curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, s->body.p);
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
	set_text(t->curl, CURLOPT_USERAGENT, "bincard/" BINCARD_VERSION);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(t->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(t->curl, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
}

void fetch_many_begin(struct fetch_many *m, struct fetch_sending *s)
{
	struct fetch_transfer *t = ARENA_NEW(s->arena, struct fetch_transfer);
	const char *why;

	s->done = false;
	s->status = 0;
	s->error[0] = '\0';
	s->answer = s->answer_header = STR("");
	s->micros = 0;
	s->transfer = NULL;
	if (!fetch_many_may_send(s->arena, m->config, s->url, &why)) {
		snprintf(s->error, sizeof(s->error), "%s", why);
		s->done = true;
		return;
	}
	*t = (struct fetch_transfer){.many = m, .sending = s, .curl = curl_easy_init()};
	assert(t->curl);
	buf_init(&t->answer, s->arena, FETCH_MANY_KEPT_MAX);
	buf_init(&t->header, s->arena, FETCH_MANY_KEPT_MAX);
	set_limits(t->curl, m->config);
	set_content(t);
	s->transfer = t;
	curl_multi_add_handle(m->multi, t->curl);
}

static void drop(struct fetch_many *m, struct fetch_transfer *t)
{
	t->sending->transfer = NULL;
	curl_multi_remove_handle(m->multi, t->curl);
	curl_easy_cleanup(t->curl);
	curl_slist_free_all(t->headers);
}

void fetch_many_cancel(struct fetch_many *m, struct fetch_sending *s)
{
	if (s->transfer)
		drop(m, s->transfer);
}

/* What libcurl says of an address that was refused is that it could not connect. */
static void say_why(struct fetch_transfer *t, CURLcode code)
{
	struct fetch_sending *s = t->sending;

	if (t->refused[0])
		snprintf(s->error, sizeof(s->error),
			"The name leads to %s, which is not public; [webhooks] allow_networks can allow it.",
			t->refused);
	else if (t->bytes > FETCH_MANY_ANSWER_MAX)
		snprintf(s->error, sizeof(s->error), "The answer is longer than %zu bytes.",
			FETCH_MANY_ANSWER_MAX);
	else
		snprintf(s->error, sizeof(s->error), "%s.", curl_easy_strerror(code));
}

static void finish(struct fetch_many *m, CURL *curl, CURLcode code)
{
	struct fetch_transfer *t = NULL;
	struct fetch_sending *s;
	curl_off_t micros = 0;
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&t);
	s = t->sending;
	curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &micros);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	s->micros = micros;
	s->answer = buf_str(&t->answer);
	s->answer_header = buf_str(&t->header);
	if (code == CURLE_OK)
		s->status = (int)status;
	else
		say_why(t, code);
	s->done = true;
	drop(m, t);
}

void fetch_many_step(struct fetch_many *m)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(m->epoll, events, EVENTS_MAX, 0), running, left;
	const CURLMsg *message;

	for (int i = 0; i < n; i++) {
		int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
			(events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			(events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

		curl_multi_socket_action(m->multi, events[i].data.fd, what, &running);
	}
	if (m->wake_us >= 0 && m->wake_us <= time_monotonic_us()) {
		m->wake_us = -1;
		curl_multi_socket_action(m->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	while ((message = curl_multi_info_read(m->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			finish(m, message->easy_handle, message->data.result);
}

int fetch_many_fd(const struct fetch_many *m)
{
	return m->epoll;
}

int fetch_many_wait_ms(const struct fetch_many *m, int most)
{
	int64_t left_ms;

	if (m->wake_us < 0)
		return most;
	left_ms = (m->wake_us - time_monotonic_us() + 999) / 1000;
	if (left_ms < 0)
		return 0;
	return left_ms < most ? (int)left_ms : most;
}
