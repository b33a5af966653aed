/* FastCGI parameters to a request. */
#include <string.h>

#include "http/fcgi_wire.h"

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{"GET", HTTP_GET},
	{"HEAD", HTTP_HEAD},
	{"POST", HTTP_POST},
	{"PUT", HTTP_PUT},
	{"PATCH", HTTP_PATCH},
	{"DELETE", HTTP_DELETE},
	{"OPTIONS", HTTP_OPTIONS},
};

struct params {
	struct request *rq;
	struct http_pair **headers_end;
	struct str length;
};

static void broken(struct request *rq, const char *why)
{
	if (!rq->broken)
		rq->broken = err_new(rq->arena, ERR_BAD_REQUEST, "%s", why);
}

static void to_lower(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] |= 0x20;
	}
}

static void set_method(struct request *rq, struct str name)
{
	rq->method_name = name;
	rq->method = HTTP_OTHER;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (str_is(name, methods[i].name))
			rq->method = methods[i].method;
	}
}

static void set_content_type(struct request *rq, char *value)
{
	size_t n = strcspn(value, ";");

	to_lower(value, n);
	rq->content_type = str_trim((struct str){value, n});
	if (!rq->content_type.n)
		rq->content_type = STR_NONE;
}

static bool fits(struct str name, struct str *value)
{
	if (str_is(name, "authorization") && value->n > HTTP_CREDENTIALS_MAX)
		value->n = HTTP_CREDENTIALS_MAX;
	return value->n <= HTTP_HEADER_MAX || str_is(name, "authorization");
}

static void add_header(struct params *p, char *name, size_t name_n, struct str value)
{
	struct http_pair *pair;

	to_lower(name, name_n);
	if (!fits((struct str){name, name_n}, &value)) {
		broken(p->rq, "A header field is too long.");
		return;
	}
	for (size_t i = 0; i < name_n; i++) {
		if (name[i] == '_')
			name[i] = '-';
	}
	pair = ARENA_NEW(p->rq->arena, struct http_pair);
	pair->name = (struct str){name, name_n};
	pair->value = value;
	*p->headers_end = pair;
	p->headers_end = &pair->next;
	if (str_is(pair->name, "host"))
		p->rq->host = value;
}

static void take_param(struct params *p, char *name, size_t n, char *text)
{
	struct request *rq = p->rq;
	struct str key = {name, n}, value = str_of(text);

	if (n > 5 && memcmp(name, "HTTP_", 5) == 0)
		add_header(p, name + 5, n - 5, value);
	else if (str_is(key, "REQUEST_METHOD"))
		set_method(rq, value);
	else if (str_is(key, "REQUEST_URI"))
		rq->target = value;
	else if (str_is(key, "CONTENT_TYPE"))
		set_content_type(rq, text);
	else if (str_is(key, "CONTENT_LENGTH"))
		p->length = value;
	else if (str_is(key, "REMOTE_ADDR"))
		rq->remote_addr = value;
	else if (str_is(key, "HTTPS"))
		rq->https = rq->https || str_is_nocase(value, "on");
	else if (str_is(key, "REQUEST_SCHEME"))
		rq->https = rq->https || str_is_nocase(value, "https");
}

int64_t fcgi_params_read(struct request *rq, char **envp)
{
	struct params p = {.rq = rq, .headers_end = &rq->headers, .length = STR_NONE};
	int64_t length = FCGI_LENGTH_UNKNOWN;
	struct err *e;

	rq->path = STR("/");
	for (; *envp; envp++) {
		char *equals = strchr(*envp, '=');

		if (equals)
			take_param(&p, *envp, (size_t)(equals - *envp), equals + 1);
	}
	rq->id = request_id_choose(rq->arena, request_header(rq, "x-request-id"));
	if (!rq->method)
		broken(rq, "The request has no method.");
	if (p.length.n && (!str_to_int(p.length, &length) || length < 0)) {
		broken(rq, "Content-Length is not a number.");
		length = FCGI_LENGTH_UNKNOWN;
	}
	e = rq->target.p ? request_parse_target(rq)
			 : err_new(rq->arena, ERR_BAD_REQUEST, "The request has no target.");
	if (e && !rq->broken)
		rq->broken = e;
	return length;
}
