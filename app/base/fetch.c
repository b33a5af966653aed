#include "base/fetch.h"

#include <assert.h>
#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"

/* What one request needs until it is answered. */
struct asking {
	struct arena *arena;
	CURL *curl;
	struct curl_slist *headers;
	struct buf body;
	char why[CURL_ERROR_SIZE];
};

/* ---- addresses ---- */

static bool is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
		strcmp(host, "localhost") == 0;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

static bool may_ask(CURLU *url, bool allow_http)
{
	char *scheme = NULL, *host = NULL;
	bool may = false;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && host[0])
		may = strcmp(scheme, "https") == 0 ||
			(allow_http && strcmp(scheme, "http") == 0 && is_loopback(host));
	curl_free(scheme);
	curl_free(host);
	return may && !has_part(url, CURLUPART_USER) && !has_part(url, CURLUPART_PASSWORD) &&
		!has_part(url, CURLUPART_FRAGMENT);
}

bool fetch_may_ask(struct arena *a, struct str text, bool allow_http)
{
	CURLU *url;
	bool may;

	if (!text.n || text.n > FETCH_URL_MAX || !str_is_text(text, false))
		return false;
	url = curl_url();
	assert(url);
	may = curl_url_set(url, CURLUPART_URL, str_cstr(a, text), 0) == CURLUE_OK &&
		may_ask(url, allow_http);
	curl_url_cleanup(url);
	return may;
}

/* ---- a request ---- */

static size_t take(char *data, size_t one, size_t n, void *arg)
{
	struct asking *k = arg;

	buf_add(&k->body, data, n);
	return k->body.overflow ? 0 : one * n; /* anything else ends the transfer */
}

static void add_header(struct asking *k, const char *line)
{
	struct curl_slist *more = curl_slist_append(k->headers, line);

	assert(more);
	k->headers = more;
}

static void set_text(struct asking *k, CURLoption option, const char *text)
{
	CURLcode code = curl_easy_setopt(k->curl, option, text);

	assert(code == CURLE_OK);
}

static void set_number(struct asking *k, CURLoption option, long number)
{
	CURLcode code = curl_easy_setopt(k->curl, option, number);

	assert(code == CURLE_OK);
}

static void set_limits(struct asking *k, const struct fetch_request *rq)
{
	const long connect_ms =
		rq->timeout_ms < FETCH_CONNECT_MS_MAX ? rq->timeout_ms : FETCH_CONNECT_MS_MAX;

	set_number(k, CURLOPT_NOSIGNAL, 1);
	set_number(k, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	set_number(k, CURLOPT_TIMEOUT_MS, rq->timeout_ms);
	/* a name server that does not answer is not waited for beyond the limit */
	set_number(k, CURLOPT_QUICK_EXIT, 1);
	set_number(k, CURLOPT_FOLLOWLOCATION, 0);
	set_text(k, CURLOPT_PROTOCOLS_STR, rq->allow_http ? "https,http" : "https");
	set_number(k, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	/* an empty name: no proxy, whatever the environment says */
	set_text(k, CURLOPT_PROXY, rq->config->proxy ? rq->config->proxy : "");
	if (rq->ca_file) {
		set_text(k, CURLOPT_CAINFO, rq->ca_file);
		set_text(k, CURLOPT_CAPATH, NULL);
	}
}

static void set_content(struct asking *k, const struct fetch_request *rq)
{
	add_header(k, "Accept: application/json");
	if (rq->form.p) {
		set_number(k, CURLOPT_POST, 1);
		set_text(k, CURLOPT_POSTFIELDS, str_cstr(k->arena, rq->form));
		set_number(k, CURLOPT_POSTFIELDSIZE, (long)rq->form.n);
		add_header(k, "Expect:"); /* no round trip before a small body */
	}
	if (rq->user.p) {
		set_number(k, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		set_text(k, CURLOPT_USERNAME, str_cstr(k->arena, rq->user));
		set_text(k, CURLOPT_PASSWORD, str_cstr(k->arena, rq->password));
	}
	if (rq->bearer.p)
		add_header(k,
			arena_printf(k->arena, "Authorization: Bearer %.*s", STR_ARG(rq->bearer)));
	set_text(k, CURLOPT_USERAGENT, "bincard/" BINCARD_VERSION);
	curl_easy_setopt(k->curl, CURLOPT_HTTPHEADER, k->headers);
	curl_easy_setopt(k->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(k->curl, CURLOPT_WRITEDATA, k);
	curl_easy_setopt(k->curl, CURLOPT_ERRORBUFFER, k->why);
}

static struct err *failed(struct arena *a, struct str url, const char *why)
{
	return err_because(
		err_new(a, ERR_UNAVAILABLE, "Another server does not answer as it should."),
		"%.*s: %s", STR_ARG(url), why);
}

static struct err *ask(struct asking *k, const struct fetch_request *rq, struct fetch_answer *out)
{
	CURLcode code;
	long status = 0;

	set_text(k, CURLOPT_URL, str_cstr(k->arena, rq->url));
	set_limits(k, rq);
	set_content(k, rq);
	code = curl_easy_perform(k->curl);
	if (k->body.overflow)
		return failed(k->arena, rq->url, "the answer is too large");
	if (code != CURLE_OK)
		return failed(k->arena, rq->url, k->why[0] ? k->why : curl_easy_strerror(code));
	curl_easy_getinfo(k->curl, CURLINFO_RESPONSE_CODE, &status);
	*out = (struct fetch_answer){.status = (int)status, .body = buf_str(&k->body)};
	return NULL;
}

static void set_up_curl(void)
{
	static bool done;
	CURLcode code;

	if (done)
		return;
	code = curl_global_init(CURL_GLOBAL_DEFAULT);
	assert(code == CURLE_OK);
	done = true;
}

struct err *fetch(struct arena *a, const struct fetch_request *rq, struct fetch_answer *out)
{
	struct asking k = {.arena = a};
	struct err *e;

	if (!fetch_may_ask(a, rq->url, rq->allow_http))
		return failed(a, rq->url, "not an address that may be asked");
	if (rq->timeout_ms <= 0) /* to libcurl this were no limit */
		return failed(a, rq->url, "no time is left for it");
	set_up_curl();
	k.curl = curl_easy_init();
	assert(k.curl);
	buf_init(&k.body, a, FETCH_BYTES_MAX);
	e = ask(&k, rq, out);
	curl_slist_free_all(k.headers);
	curl_easy_cleanup(k.curl);
	return e;
}

struct err *fetch_document(struct arena *a, const struct fetch_request *rq, struct str *body)
{
	struct fetch_answer answer = {.status = 0};

	TRY(fetch(a, rq, &answer));
	if (answer.status != 200)
		return failed(a, rq->url, arena_printf(a, "it answers with %d", answer.status));
	*body = answer.body;
	return NULL;
}
