/* What is asked of the provider, and what is believed of its answers. */
#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "domain/foreign.h"
#include "domain/sso_inside.h"

#define SECOND_US INT64_C(1000000)
#define METADATA_S 600 /* how long it is believed */
#define LEEWAY_S 30

/* ---- metadata ---- */

struct err *sso_unavailable(struct err *cause)
{
	struct err *e = err_new(cause->arena, ERR_UNAVAILABLE,
		"The sign-in service does not answer as it should. Try again in a moment.");

	return err_because(e, "sso: %.*s", STR_ARG(cause->cause));
}

static struct err *wrong(struct arena *a, const char *why)
{
	return sso_unavailable(err_because(err_new(a, ERR_UNAVAILABLE, "%s", ""), "%s", why));
}

static struct str member_text(const struct json_node *object, const char *name)
{
	const struct json_node *m = json_member(object, name);

	return m && m->type == JSON_TEXT ? m->text : STR_NONE;
}

static bool is_true(const struct json_node *object, const char *name)
{
	const struct json_node *m = json_member(object, name);

	return m && m->type == JSON_BOOL && m->num;
}

static bool lists(const struct json_node *list, struct str word)
{
	if (!list || list->type != JSON_ARRAY)
		return false;
	for (const struct json_node *m = list->child; m; m = m->next) {
		if (m->type == JSON_TEXT && str_eq(m->text, word))
			return true;
	}
	return false;
}

/* One that may not be asked counts as missing. */
static void take_address(const struct sso *sso, struct arena *a, const struct json_node *all,
	const char *name, char to[static FETCH_URL_MAX + 1])
{
	struct str url = member_text(all, name);

	to[0] = '\0';
	if (!fetch_may_ask(a, url, sso->config->source.allow_http))
		return;
	assert(url.p);
	memcpy(to, url.p, url.n);
	to[url.n] = '\0';
}

static struct err *read_metadata(struct sso *sso, struct arena *a)
{
	const struct json_node *all, *methods;
	struct sso_endpoints at = {.read_us = time_monotonic_us()};
	struct issuer_metadata metadata;

	TRY(issuer_fetch_metadata(a, &sso->config->source, &metadata));
	all = metadata.all;
	take_address(sso, a, all, "authorization_endpoint", at.authorization);
	take_address(sso, a, all, "token_endpoint", at.token);
	take_address(sso, a, all, "userinfo_endpoint", at.userinfo);
	take_address(sso, a, all, "end_session_endpoint", at.end_session);
	if (!at.authorization[0] || !at.token[0])
		return wrong(a, "metadata without an endpoint for authorization or tokens");
	at.says_iss = is_true(all, "authorization_response_iss_parameter_supported");
	methods = json_member(all, "token_endpoint_auth_methods_supported");
	at.posts_secret = lists(methods, STR("client_secret_post")) &&
		!lists(methods, STR("client_secret_basic"));
	sso->at = at;
	return NULL;
}

static bool is_read(const struct sso *sso)
{
	return sso->at.read_us && time_monotonic_us() - sso->at.read_us < METADATA_S * SECOND_US;
}

bool sso_is_ready(const struct sso *sso)
{
	return is_read(sso) && issuer_cache_is_fresh(&sso->keys);
}

struct err *sso_endpoints(struct sso *sso, struct ctx *c)
{
	struct err *e = is_read(sso) ? NULL : read_metadata(sso, c->arena);

	if (!e)
		return NULL;
	sso_gate_failed(sso->config->gate, time_monotonic_us());
	if (sso->at.read_us) {
		log_err(LOG_WARNING, "metadata of the sign-in service is not renewed", e);
		sso->at.read_us = time_monotonic_us(); /* asked again after the same time */
		return NULL;
	}
	e = sso_unavailable(e);
	e->retry_after_s = SSO_GATE_PAUSE_S;
	return e;
}

/* ---- tokens ---- */

/* Who does not answer in time is not asked for some seconds; any answer, of whatever status, is one. */
static struct err *ask(
	struct sso *sso, struct arena *a, const struct fetch_request *rq, struct fetch_answer *out)
{
	struct err *e = fetch(a, rq, out);

	if (!e)
		return NULL;
	sso_gate_failed(sso->config->gate, time_monotonic_us());
	return sso_unavailable(e);
}

static struct fetch_request request_to(const struct sso *sso, const char *url)
{
	const struct issuer_source *source = &sso->config->source;

	return (struct fetch_request){
		.config = source->fetch,
		.url = str_of(url),
		.ca_file = source->ca_file,
		.allow_http = source->allow_http,
		.timeout_ms = source->fetch->timeout_ms,
	};
}

/* RFC 6749 section 2.3.1: id and secret are form-encoded before they are put together. */
static void add_client(const struct sso *sso, struct arena *a, struct fetch_request *rq)
{
	const struct sso_config *config = sso->config;
	struct str id = str_escape_url(a, str_of(config->client_id));
	struct str secret = str_escape_url(a, config->client_secret);

	if (config->client_secret.p && !sso->at.posts_secret) {
		rq->user = id;
		rq->password = secret;
		return;
	}
	rq->form = str_printf(a, "%.*s&client_id=%.*s%s%.*s", STR_ARG(rq->form), STR_ARG(id),
		config->client_secret.p ? "&client_secret=" : "", STR_ARG(secret));
}

static struct err *refused(struct arena *a, const char *why)
{
	return err_because(err_new(a, ERR_FORBIDDEN,
				   "What the sign-in service says is not good for this sign-in."),
		"sso: %s", why);
}

struct tokens {
	struct str id_token, access_token; /* access_token may be STR_NONE */
};

static struct err *read_tokens(struct arena *a, struct str json, struct tokens *out)
{
	struct json_node *all;

	if (json_parse(a, json, &all) || all->type != JSON_OBJECT)
		return wrong(a, "token endpoint: no JSON object");
	out->id_token = member_text(all, "id_token");
	out->access_token = member_text(all, "access_token");
	return out->id_token.p ? NULL : refused(a, "token endpoint: no id_token");
}

static struct err *ask_tokens(struct sso *sso, struct ctx *c, const struct sso_secrets *secrets,
	struct str code, struct tokens *out)
{
	struct arena *a = c->arena;
	struct fetch_request rq = request_to(sso, sso->at.token);
	struct fetch_answer answer = {.status = 0};

	rq.form = str_printf(a,
		"grant_type=authorization_code&code=%.*s&redirect_uri=%.*s&code_verifier=%.*s",
		STR_ARG(str_escape_url(a, code)),
		STR_ARG(str_escape_url(a, str_of(sso->config->redirect_uri))),
		STR_ARG(secrets->verifier));
	add_client(sso, a, &rq);
	TRY(ask(sso, a, &rq, &answer));
	if (answer.status >= 400 && answer.status < 500)
		return refused(a, arena_printf(a, "token endpoint: status %d", answer.status));
	if (answer.status != 200)
		return wrong(a, arena_printf(a, "token endpoint: status %d", answer.status));
	return read_tokens(a, answer.body, out);
}

/* ---- the ID token (OpenID Connect Core 1.0, section 3.1.3.7) ---- */

/* A token for several may have been given to another of them. */
static bool is_for_us(const struct sso *sso, const struct json_node *claims)
{
	const struct json_node *aud = json_member(claims, "aud"), *azp = json_member(claims, "azp");

	if (azp)
		return azp->type == JSON_TEXT && str_is(azp->text, sso->config->client_id);
	return aud->type == JSON_TEXT || aud->count == 1;
}

static int digest_bits(const char *algorithm)
{
	if (strcmp(algorithm, "EdDSA") == 0)
		return 512;
	return strcmp(algorithm, "ES384") == 0 ? 384 : 256;
}

static bool fits_access_token(
	struct arena *a, const struct foreign_claims *claims, struct str access_token)
{
	const struct json_node *hash = json_member(claims->all, "at_hash");
	struct str half;

	if (!hash)
		return true;
	if (hash->type != JSON_TEXT || !access_token.p)
		return false;
	half = digest_left_half(a, digest_bits(claims->algorithm), access_token);
	return str_eq(hash->text, str_base64url(a, half));
}

static struct err *check_id_token(struct sso *sso, struct ctx *c, const struct sso_secrets *secrets,
	const struct tokens *tokens, struct foreign_claims *claims)
{
	const struct foreign_rules rules = {
		.issuer = sso->config->source.issuer,
		.audience = sso->config->client_id,
		.now_s = time_now() / SECOND_US,
		.leeway_s = LEEWAY_S,
	};
	enum token_fault fault;
	struct str nonce;
	struct err *e =
		issuer_cache_verify(&sso->keys, c, &rules, tokens->id_token, claims, &fault);

	if (e)
		return e->code == ERR_UNAVAILABLE ? sso_unavailable(e) : e;
	if (fault)
		return refused(
			c->arena, arena_printf(c->arena, "ID token: %s", token_fault_text(fault)));
	nonce = member_text(claims->all, "nonce");
	if (!nonce.p || !str_eq_secret(nonce, secrets->nonce))
		return refused(c->arena, "ID token: wrong nonce");
	if (!json_member(claims->all, "iat"))
		return refused(c->arena, "ID token: no iat");
	if (!is_for_us(sso, claims->all))
		return refused(c->arena, "ID token: wrong azp");
	if (!fits_access_token(c->arena, claims, tokens->access_token))
		return refused(c->arena, "ID token: at_hash is not the access token's");
	return NULL;
}

/* ---- who it is ---- */

struct claims {
	const struct json_node *token, *info; /* info: NULL, or the userinfo endpoint's */
};

static const struct json_node *claim(struct arena *a, const struct claims *k, const char *name)
{
	const struct json_node *m = foreign_claim(a, k->token, str_of(name));

	return m || !k->info ? m : foreign_claim(a, k->info, str_of(name));
}

static struct str claim_text(struct arena *a, const struct claims *k, const char *name)
{
	const struct json_node *m = claim(a, k, name);
	struct str text = m && m->type == JSON_TEXT ? str_trim_text(m->text) : STR_NONE;

	return text.n && str_is_text(text, false) ? text : STR_NONE;
}

static bool lacks_something(const struct sso *sso, struct arena *a, const struct claims *k)
{
	const struct sso_config *config = sso->config;

	return !claim(a, k, config->name_claim) ||
		(config->roles_claim && !claim(a, k, config->roles_claim));
}

/* Core 5.3: many providers put what the scopes ask for there alone. */
static struct err *ask_userinfo(struct sso *sso, struct ctx *c, const struct tokens *tokens,
	struct str subject, struct claims *k)
{
	struct fetch_request rq = request_to(sso, sso->at.userinfo);
	struct fetch_answer answer = {.status = 0};
	struct json_node *all;

	if (!sso->at.userinfo[0] || !tokens->access_token.p)
		return NULL;
	rq.bearer = tokens->access_token;
	TRY(ask(sso, c->arena, &rq, &answer));
	if (answer.status != 200)
		return wrong(
			c->arena, arena_printf(c->arena, "userinfo: status %d", answer.status));
	if (json_parse(c->arena, answer.body, &all) || all->type != JSON_OBJECT)
		return wrong(c->arena, "userinfo: no JSON object");
	if (!str_eq(member_text(all, "sub"), subject))
		return refused(c->arena, "userinfo: another subject");
	k->info = all;
	return NULL;
}

static void add_role(struct sso_person *p, struct str role)
{
	for (size_t i = 0; i < p->role_count; i++) {
		if (str_eq(p->roles[i], role))
			return;
	}
	if (p->role_count < SSO_ROLES_SAID_MAX)
		p->roles[p->role_count++] = role;
}

static void add_worth(const struct sso_config *config, struct sso_person *p, struct str value)
{
	if (!config->grant_count && value.n)
		add_role(p, value);
	for (size_t i = 0; i < config->grant_count; i++) {
		if (str_eq(config->grants[i].value, value))
			add_role(p, config->grants[i].role);
	}
}

static void read_roles(const struct sso_config *config, struct arena *a, const struct claims *k,
	struct sso_person *p)
{
	const struct json_node *m = config->roles_claim ? claim(a, k, config->roles_claim) : NULL;

	if (m && m->type == JSON_TEXT) {
		for (struct str rest = m->text; rest.p;)
			add_worth(config, p, str_cut(rest, ' ', &rest));
	} else if (m && m->type == JSON_ARRAY) {
		for (const struct json_node *v = m->child; v; v = v->next) {
			if (v->type == JSON_TEXT)
				add_worth(config, p, v->text);
		}
	}
}

static bool proves_second_factor(const struct sso_config *config, const struct json_node *claims)
{
	struct str acr = member_text(claims, "acr");

	for (size_t i = 0; i < config->second_factor_count; i++) {
		struct str word = config->second_factor[i];

		if (str_eq(acr, word) || lists(json_member(claims, "amr"), word))
			return true;
	}
	return config->second_factor_count == 0;
}

struct err *sso_ask_person(struct sso *sso, struct ctx *c, const struct sso_secrets *secrets,
	struct str code, struct sso_person *out)
{
	const struct sso_config *config = sso->config;
	struct foreign_claims verified;
	struct tokens tokens;
	struct claims k = {.info = NULL};

	TRY(ask_tokens(sso, c, secrets, code, &tokens));
	TRY(check_id_token(sso, c, secrets, &tokens, &verified));
	k.token = verified.all;
	out->issuer = str_of(config->source.issuer);
	out->subject = verified.subject;
	out->id_token = tokens.id_token;
	if (lacks_something(sso, c->arena, &k))
		TRY(ask_userinfo(sso, c, &tokens, out->subject, &k));
	out->name = claim_text(c->arena, &k, config->name_claim);
	out->display_name = claim_text(c->arena, &k, "name");
	read_roles(config, c->arena, &k, out);
	out->second_factor = proves_second_factor(config, verified.all);
	return NULL;
}
