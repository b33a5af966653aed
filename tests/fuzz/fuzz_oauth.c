/* The form of the OAuth endpoints. The first line is the Authorization header, the rest the body. What is
 * taken says one thing only: no parameter twice, credentials in one way. */
#include <stdint.h>
#include <stdlib.h>

#include "http/request.h"
#include "web/oauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

/* How often the body has a parameter with a value. */
static size_t count(struct arena *a, struct str body, const char *name)
{
	struct http_pair *pairs;
	size_t found = 0;

	check(!http_parse_pairs(a, body, &pairs));
	for (; pairs; pairs = pairs->next)
		found += str_is(pairs->name, name) && pairs->value.n;
	return found;
}

static void check_text(struct str s)
{
	check(!s.p || str_is_utf8(s));
}

static void check_form(struct arena *a, const struct request *rq, const struct oauth_form *form)
{
	static const char *const names[] = {"grant_type", "scope", "token", "client_id",
		"client_secret", "client_assertion_type", "client_assertion"};
	bool basic = rq->headers != NULL;
	struct str user, password;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check(count(a, rq->body, names[i]) <= 1);
	check(form->grant_type.p ? form->grant_type.n > 0 : !count(a, rq->body, "grant_type"));
	check(basic + (count(a, rq->body, "client_secret") > 0) + (form->assertion.p != NULL) <= 1);
	check(!form->assertion.p == !form->assertion_type.p);
	if (basic && http_basic(a, rq->headers->value, &user, &password))
		check(str_eq(form->client_id, user) && str_eq(form->client_secret, password));
	else if (basic)
		check(!form->client_id.p && !form->client_secret.p);
	check_text(form->client_id);
	check_text(form->client_secret);
	check_text(form->scope);
	check_text(form->token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct http_pair authorization = {.name = STR("authorization")};
	struct request rq = {.arena = a};
	struct response rs;
	struct call c = {.rq = &rq, .rs = &rs, .arena = a};
	struct oauth_form form;

	authorization.value = str_cut((struct str){(const char *)data, n}, '\n', &rq.body);
	if (authorization.value.n)
		rq.headers = &authorization;
	response_init(&rs, a);
	if (!oauth_read(&c, &form))
		check_form(a, &rq, &form);
	arena_free(a);
	return 0;
}
