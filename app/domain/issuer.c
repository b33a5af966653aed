#include "domain/issuer.h"

#include <string.h>

#include "base/json_in.h"
#include "base/timestamp.h"

#define DISCOVERY "/.well-known/openid-configuration"
#define SERVER_METADATA "/.well-known/oauth-authorization-server"

static struct err *wrong(struct arena *a, const char *why)
{
	return err_because(
		err_new(a, ERR_UNAVAILABLE, "Another server does not answer as it should."), "%s",
		why);
}

static struct str member_text(const struct json_node *object, const char *name)
{
	const struct json_node *m = json_member(object, name);

	return m && m->type == JSON_TEXT ? m->text : STR_NONE;
}

static struct err *read_object(
	struct arena *a, struct str json, const char *what, const struct json_node **out)
{
	struct json_node *node;

	if (json_parse(a, json, &node) || node->type != JSON_OBJECT)
		return wrong(a, arena_printf(a, "%s: no JSON object", what));
	*out = node;
	return NULL;
}

/* ---- metadata ---- */

struct err *issuer_read_metadata(struct arena *a, const struct issuer_source *source,
	struct str json, struct issuer_metadata *out)
{
	TRY(read_object(a, json, "metadata", &out->all));
	if (!str_is(member_text(out->all, "issuer"), source->issuer))
		return wrong(a, "metadata: issuer is another");
	out->jwks_uri = member_text(out->all, "jwks_uri");
	if (!fetch_may_ask(a, out->jwks_uri, source->allow_http))
		return wrong(a, "metadata: jwks_uri is missing, or no address that may be asked");
	return NULL;
}

/* ---- keys ---- */

static bool has_sign_use(const struct json_node *jwk)
{
	const struct json_node *use = json_member(jwk, "use"), *ops = json_member(jwk, "key_ops");

	if (use && !(use->type == JSON_TEXT && str_is(use->text, "sig")))
		return false;
	if (!ops)
		return true;
	if (ops->type != JSON_ARRAY)
		return false;
	for (const struct json_node *op = ops->child; op; op = op->next) {
		if (op->type == JSON_TEXT && str_is(op->text, "verify"))
			return true;
	}
	return false;
}

/* Whose private half everybody knows is nobody's key. */
static bool is_public(const struct json_node *jwk)
{
	return !json_member(jwk, "d") && !json_member(jwk, "k");
}

/* Those for which the key says that it is meant. */
static unsigned meant_for(const struct json_node *jwk, unsigned allowed)
{
	const struct json_node *alg = json_member(jwk, "alg");
	enum token_algorithm named;

	if (!alg)
		return allowed;
	if (alg->type != JSON_TEXT || !token_algorithm_from(alg->text, &named))
		return 0;
	return allowed & 1u << named;
}

static bool is_there(const struct issuer_keys *keys, const struct token_key *key)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (str_eq(token_key_kid(keys->keys[i]), token_key_kid(key)) &&
			strcmp(token_key_algorithm(keys->keys[i]), token_key_algorithm(key)) == 0)
			return true;
	}
	return false;
}

static struct err *take_key(struct arena *a, struct issuer_keys *keys, struct token_key *key)
{
	if (is_there(keys, key) || keys->n == ISSUER_KEYS_MAX) {
		token_key_free(key);
		return wrong(a,
			keys->n == ISSUER_KEYS_MAX ? "keys: too many of them"
						   : "keys: a kid stands twice");
	}
	keys->keys[keys->n++] = key;
	return NULL;
}

static struct err *take_jwk(
	struct arena *a, unsigned allowed, const struct json_node *jwk, struct issuer_keys *keys)
{
	if (jwk->type != JSON_OBJECT || !has_sign_use(jwk) || !is_public(jwk))
		return NULL;
	allowed = meant_for(jwk, allowed);
	for (int i = 0; i < TOKEN_ALGORITHMS; i++) {
		struct token_key *key;

		if (!(allowed & 1u << i))
			continue;
		key = token_key_from_jwk(a, member_text(jwk, "kid"), (enum token_algorithm)i, jwk);
		if (key)
			TRY(take_key(a, keys, key));
	}
	return NULL;
}

static struct err *take_all(
	struct arena *a, unsigned allowed, const struct json_node *list, struct issuer_keys *keys)
{
	if (!list || list->type != JSON_ARRAY)
		return wrong(a, "keys: \"keys\" is not an array");
	if (list->count > ISSUER_KEYS_MAX)
		return wrong(a, "keys: too many of them");
	for (const struct json_node *jwk = list->child; jwk; jwk = jwk->next)
		TRY(take_jwk(a, allowed, jwk, keys));
	return keys->n ? NULL : wrong(a, "keys: none that can be used");
}

struct err *issuer_read_keys(
	struct arena *a, unsigned algorithms, struct str json, struct issuer_keys *out)
{
	const struct json_node *set;
	struct err *e;

	out->n = 0;
	TRY(read_object(a, json, "keys", &set));
	e = take_all(a, algorithms, json_member(set, "keys"), out);
	if (e)
		issuer_keys_free(out);
	return e;
}

void issuer_keys_free(struct issuer_keys *keys)
{
	while (keys->n)
		token_key_free(keys->keys[--keys->n]);
}

/* ---- asking ---- */

static int left_ms(int64_t until_us)
{
	return (int)((until_us - time_monotonic_us()) / 1000);
}

static struct fetch_request request_to(
	const struct issuer_source *source, struct str url, int64_t until_us)
{
	return (struct fetch_request){
		.config = source->fetch,
		.url = url,
		.ca_file = source->ca_file,
		.allow_http = source->allow_http,
		.timeout_ms = left_ms(until_us),
	};
}

static int64_t deadline(const struct issuer_source *source)
{
	return time_monotonic_us() + source->fetch->timeout_ms * INT64_C(1000);
}

/* RFC 8414 section 3.1: the well-known part stands before the issuer's path. */
static struct str server_metadata_url(struct arena *a, struct str issuer)
{
	struct str rest, host;

	str_cut(issuer, '/', &rest); /* https: */
	if (!rest.n)
		return STR_NONE;
	host = str_cut((struct str){rest.p + 1, rest.n - 1}, '/', &rest);
	return str_printf(a, "%.*s" SERVER_METADATA "%s%.*s", (int)(host.p + host.n - issuer.p),
		issuer.p, rest.n ? "/" : "", STR_ARG(rest));
}

static struct err *ask_metadata(struct arena *a, const struct issuer_source *source,
	int64_t until_us, struct issuer_metadata *out)
{
	struct str issuer = str_of(source->issuer);
	struct fetch_request rq;
	struct fetch_answer answer = {.status = 0};
	struct str json;

	if (str_ends(issuer, "/"))
		issuer.n--;
	rq = request_to(source, str_printf(a, "%.*s" DISCOVERY, STR_ARG(issuer)), until_us);
	TRY(fetch(a, &rq, &answer));
	json = answer.body;
	if (answer.status == 404) { /* no OpenID provider, an authorization server perhaps */
		rq = request_to(source, server_metadata_url(a, issuer), until_us);
		TRY(fetch_document(a, &rq, &json));
	} else if (answer.status != 200) {
		return wrong(a,
			arena_printf(
				a, "%.*s: it answers with %d", STR_ARG(rq.url), answer.status));
	}
	return issuer_read_metadata(a, source, json, out);
}

struct err *issuer_fetch_metadata(
	struct arena *a, const struct issuer_source *source, struct issuer_metadata *out)
{
	return ask_metadata(a, source, deadline(source), out);
}

struct err *issuer_fetch_keys(struct arena *a, const struct issuer_source *source, struct str *jwks)
{
	const int64_t until_us = deadline(source);
	struct issuer_metadata metadata = {.jwks_uri = str_of(source->jwks_uri)};
	struct issuer_keys keys;
	struct fetch_request rq;

	if (!metadata.jwks_uri.p)
		TRY(ask_metadata(a, source, until_us, &metadata));
	rq = request_to(source, metadata.jwks_uri, until_us);
	TRY(fetch_document(a, &rq, jwks));
	TRY(issuer_read_keys(a, source->algorithms, *jwks, &keys));
	issuer_keys_free(&keys);
	return NULL;
}
