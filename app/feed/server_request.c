/* A request as libwebsockets has read it, as the rest knows requests. */
#include <libwebsockets.h>
#include <string.h>

#include "feed/server_inside.h"

static struct str header(struct lws *wsi, struct arena *a, enum lws_token_indexes token)
{
	int n = lws_hdr_total_length(wsi, token);
	char *p;

	if (n <= 0)
		return STR_NONE;
	p = arena_alloc(a, (size_t)n + 2);
	n = lws_hdr_copy(wsi, p, n + 2, token);
	return n < 0 ? STR_NONE : (struct str){p, (size_t)n};
}

static struct str other_header(struct lws *wsi, struct arena *a, const char *name)
{
	int length = (int)strlen(name), n = lws_hdr_custom_length(wsi, name, length);
	char *p;

	if (n <= 0)
		return STR_NONE;
	p = arena_alloc(a, (size_t)n + 2);
	n = lws_hdr_custom_copy(wsi, p, n + 2, name, length);
	return n < 0 ? STR_NONE : (struct str){p, (size_t)n};
}

static void add_header(struct request *rq, const char *name, struct str value)
{
	struct http_pair *p;

	if (!value.p)
		return;
	p = ARENA_NEW(rq->arena, struct http_pair);
	*p = (struct http_pair){.name = str_of(name), .value = value, .next = rq->headers};
	rq->headers = p;
}

/* The web server puts its peer behind what was there already. */
static void read_forwarded(struct request *rq, struct str list)
{
	size_t comma = list.n;

	while (comma && list.p[comma - 1] != ',')
		comma--;
	rq->remote_addr = str_trim((struct str){list.p + comma, list.n - comma});
	if (comma)
		add_header(rq, "x-forwarded-for", (struct str){list.p, comma - 1});
}

static void read_headers(struct request *rq, struct lws *wsi)
{
	struct arena *a = rq->arena;
	struct str forwarded = header(wsi, a, WSI_TOKEN_X_FORWARDED_FOR);

	add_header(rq, "authorization", header(wsi, a, WSI_TOKEN_HTTP_AUTHORIZATION));
	add_header(rq, "cookie", header(wsi, a, WSI_TOKEN_HTTP_COOKIE));
	add_header(rq, "origin", header(wsi, a, WSI_TOKEN_ORIGIN));
	add_header(rq, "accept", header(wsi, a, WSI_TOKEN_HTTP_ACCEPT));
	add_header(rq, "user-agent", header(wsi, a, WSI_TOKEN_HTTP_USER_AGENT));
	add_header(rq, "last-event-id", other_header(wsi, a, "last-event-id:"));
	add_header(rq, "traceparent", other_header(wsi, a, "traceparent:"));
	add_header(rq, "x-request-id", other_header(wsi, a, "x-request-id:"));
	rq->host = header(wsi, a, WSI_TOKEN_HOST);
	if (forwarded.p)
		read_forwarded(rq, forwarded);
}

/* The library has taken the query apart and undone its escapes. */
static void read_query(struct request *rq, struct lws *wsi)
{
	struct http_pair **end = &rq->query;
	char *text = arena_alloc(rq->arena, HEADER_BYTES_MAX);
	int n;

	for (int i = 0; (n = lws_hdr_copy_fragment(
				 wsi, text, HEADER_BYTES_MAX, WSI_TOKEN_HTTP_URI_ARGS, i)) >= 0;
		i++) {
		struct str part = {arena_copy(rq->arena, text, (size_t)n), (size_t)n}, value;
		struct http_pair *p = ARENA_NEW(rq->arena, struct http_pair);

		p->name = str_cut(part, '=', &value);
		p->value = value.p ? value : STR("");
		if (!str_is_utf8(part))
			rq->broken = err_new(
				rq->arena, ERR_BAD_REQUEST, "The query is not valid UTF-8.");
		*end = p;
		end = &p->next;
	}
}

static void read_method(struct request *rq, int method)
{
	static const struct {
		enum http_method method;
		const char *name;
	} methods[] = {
		[LWSHUMETH_GET] = {HTTP_GET, "GET"},
		[LWSHUMETH_POST] = {HTTP_POST, "POST"},
		[LWSHUMETH_OPTIONS] = {HTTP_OPTIONS, "OPTIONS"},
		[LWSHUMETH_PUT] = {HTTP_PUT, "PUT"},
		[LWSHUMETH_PATCH] = {HTTP_PATCH, "PATCH"},
		[LWSHUMETH_DELETE] = {HTTP_DELETE, "DELETE"},
		[LWSHUMETH_CONNECT] = {HTTP_OTHER, "CONNECT"},
		[LWSHUMETH_HEAD] = {HTTP_HEAD, "HEAD"},
	};

	rq->method = HTTP_OTHER;
	rq->method_name = STR("OTHER");
	if (method < 0 || method >= (int)(sizeof(methods) / sizeof(*methods)))
		return;
	rq->method = methods[method].method;
	rq->method_name = str_of(methods[method].name);
}

/* The library keeps what comes after the head of a request, and asks without a pause whether anybody wants it. */
static void refuse_body(struct request *rq, struct lws *wsi)
{
	struct str length = header(wsi, rq->arena, WSI_TOKEN_HTTP_CONTENT_LENGTH);

	if (header(wsi, rq->arena, WSI_TOKEN_HTTP_TRANSFER_ENCODING).p ||
		(length.p && !str_is(length, "0") && !(rq->method & HTTP_UNSAFE)))
		rq->broken = err_new(rq->arena, ERR_BAD_REQUEST, "What is read here has no body.");
}

void server_read_request(struct request *rq, void *wire, bool upgrade)
{
	char *path = NULL;
	int n = 0;

	read_method(rq, lws_http_get_uri_and_method(wire, &path, &n));
	rq->path = path && n > 0 ? str_copy(rq->arena, (struct str){path, (size_t)n}) : STR("/");
	if (!str_is_utf8(rq->path))
		rq->path = STR("/");
	rq->target = rq->path;
	rq->body = STR("");
	read_query(rq, wire);
	read_headers(rq, wire);
	refuse_body(rq, wire);
	if (upgrade)
		add_header(rq, "upgrade", STR("websocket"));
}
