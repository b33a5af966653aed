/* The way to the provider and back. */
#include "domain/sso.h"

#include <assert.h>
#include <time.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/timestamp.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/seal.h"
#include "domain/sso_inside.h"
#include "store/sso_store.h"

#define FETCHES_MAX 5 /* that one request may wait for */
#define BUSY_MS_MAX 2000 /* for others who wait */
#define BUSY_LOOK_MS 20

struct sso *sso_new(struct arena *boot, const struct sso_config *config)
{
	struct sso *sso = ARENA_NEW(boot, struct sso);

	sso->config = config;
	issuer_cache_init(&sso->keys, &config->source);
	return sso;
}

const struct sso_config *sso_settings(const struct sso *sso)
{
	return sso->config;
}

bool sso_parse_map(struct str text, struct sso_config *out, struct str *wrong)
{
	struct str rest = text;

	out->grant_count = 0;
	while (rest.p) {
		struct str entry = str_trim(str_cut(rest, ',', &rest));
		size_t colon = entry.n;
		struct sso_grant *grant;

		if (!entry.n)
			continue;
		*wrong = entry;
		while (colon &&
			entry.p[colon - 1] != ':') /* a value may have colons, a role has none */
			colon--;
		if (colon < 2 || out->grant_count == SSO_GRANTS_MAX)
			return false;
		grant = &out->grants[out->grant_count++];
		grant->value = str_trim((struct str){entry.p, colon - 1});
		grant->role = str_trim((struct str){entry.p + colon, entry.n - colon});
		if (!grant->value.n || !grant->role.n)
			return false;
	}
	return true;
}

/* ---- there ---- */

static struct str derived(struct arena *a, struct str cookie, const char *what)
{
	unsigned char mac[SECRET_MAC_BYTES];

	secret_mac(mac, cookie, str_printf(a, "bincard sso %s 1", what));
	return str_base64url(a, (struct str){(const char *)mac, sizeof(mac)});
}

static void derive(struct arena *a, struct str cookie, struct sso_secrets *out)
{
	*out = (struct sso_secrets){
		.state = derived(a, cookie, "state"),
		.nonce = derived(a, cookie, "nonce"),
		.verifier = derived(a, cookie, "verifier"),
	};
}

/* An endpoint may have a query of its own (RFC 6749 section 3.1). */
static char first_mark(const char *url)
{
	struct str rest;

	(void)str_cut(str_of(url), '?', &rest);
	return rest.p ? '&' : '?';
}

static struct str authorization_url(
	const struct sso *sso, struct arena *a, const struct sso_secrets *secrets)
{
	const struct sso_config *config = sso->config;
	struct str challenge = str_base64url(a, digest_sha256_str(a, secrets->verifier));

	return str_printf(a,
		"%s%cresponse_type=code&client_id=%.*s&redirect_uri=%.*s&scope=%.*s&state=%.*s"
		"&nonce=%.*s&code_challenge=%.*s&code_challenge_method=S256",
		sso->at.authorization, first_mark(sso->at.authorization),
		STR_ARG(str_escape_url(a, str_of(config->client_id))),
		STR_ARG(str_escape_url(a, str_of(config->redirect_uri))),
		STR_ARG(str_escape_url(a, str_of(config->scopes))), STR_ARG(secrets->state),
		STR_ARG(secrets->nonce), STR_ARG(challenge));
}

/* ERR_UNAVAILABLE, with retry_after_s, when as many workers as may wait for the provider already. */
static struct err *enter(struct sso *sso, struct arena *a, struct sso_wait *wait)
{
	const struct sso_config *config = sso->config;
	const int64_t longest_us = FETCHES_MAX * INT64_C(1000) * config->source.fetch->timeout_ms;
	const int64_t until_us = time_monotonic_us() + BUSY_MS_MAX * INT64_C(1000);
	enum sso_gate_answer answer;
	int64_t now_us;
	struct err *e;
	int retry_s;

	do {
		now_us = time_monotonic_us();
		answer = sso_gate_enter(
			config->gate, config->waiting_max, now_us, longest_us, wait, &retry_s);
		if (answer == SSO_GATE_BUSY)
			nanosleep(&(struct timespec){.tv_nsec = BUSY_LOOK_MS * 1000000}, NULL);
	} while (answer == SSO_GATE_BUSY && now_us < until_us);
	if (answer == SSO_GATE_OPEN)
		return NULL;
	e = sso_unavailable(err_because(err_new(a, ERR_UNAVAILABLE, "%s", ""),
		"others wait for the provider, or it has just failed"));
	e->retry_after_s = retry_s;
	return e;
}

static struct err *keys_ready(struct sso *sso, struct ctx *c)
{
	struct err *e = issuer_cache_ready(&sso->keys, c);

	if (!e || e->code != ERR_UNAVAILABLE)
		return e;
	e = sso_unavailable(e);
	e->retry_after_s = 1;
	return e;
}

/* Nobody is sent to the provider before its keys are there: what comes back works once. While it is down, what was
 * known stays. */
static struct err *prepare(struct sso *sso, struct ctx *c)
{
	struct sso_wait wait;
	struct err *e;

	if (sso_is_ready(sso))
		return NULL;
	e = enter(sso, c->arena, &wait);
	if (e)
		return sso->at.read_us && sso->keys.keys.n ? NULL : e;
	e = sso_endpoints(sso, c);
	if (!e)
		e = keys_ready(sso, c);
	sso_gate_leave(&wait);
	return e;
}

struct err *sso_begin(
	struct sso *sso, struct ctx *c, struct str target, struct str *cookie, struct str *url)
{
	struct sso_secrets secrets;

	TRY(prepare(sso, c));
	*cookie = secret_random_text(c->arena, AUTH_COOKIE_RANDOM_BYTES);
	derive(c->arena, *cookie, &secrets);
	TRY(sso_store_begin(c->db, c->arena, digest_sha256_str(c->arena, *cookie), target, SSO_S));
	TRY(sso_store_prune(c->db, c->arena));
	*url = authorization_url(sso, c->arena, &secrets);
	return NULL;
}

/* ---- and back ---- */

bool sso_is_ours(struct arena *a, const struct sso_answer *answer)
{
	struct sso_secrets secrets;

	if (!auth_is_cookie(a, answer->cookie) || !answer->state.p)
		return false;
	derive(a, answer->cookie, &secrets);
	return str_eq_secret(secrets.state, answer->state);
}

static struct err *not_ours(struct arena *a)
{
	return err_new(a, ERR_BAD_REQUEST,
		"This sign-in was not begun in this browser, took longer than %d minutes, or was used "
		"already. Begin it again.",
		SSO_S / 60);
}

/* A provider that says who it is has to be ours: an answer of another could not be told from it else. */
static struct err *check_issuer(
	const struct sso *sso, struct arena *a, const struct sso_answer *answer)
{
	if (answer->iss.p ? str_is(answer->iss, sso->config->source.issuer) : !sso->at.says_iss)
		return NULL;
	return err_because(err_new(a, ERR_FORBIDDEN, "The answer is not from the sign-in service."),
		"sso: iss is missing or another");
}

static struct err *said_no(struct arena *a, struct str error)
{
	struct err *e;

	if (str_is(error, "access_denied"))
		return err_new(a, ERR_FORBIDDEN,
			"The sign-in service did not let you in, or you have broken off there.");
	e = err_new(a,
		str_is(error, "server_error") || str_is(error, "temporarily_unavailable")
			? ERR_UNAVAILABLE
			: ERR_FORBIDDEN,
		"The sign-in service could not sign you in.");
	return err_because(e, "sso: error=%.*s",
		STR_ARG(str_is_text(error, false) && error.n <= 100 ? error : STR("?")));
}

static struct err *check_answer(struct sso *sso, struct ctx *c, const struct sso_answer *answer)
{
	TRY(check_issuer(sso, c->arena, answer));
	if (answer->error.p)
		return said_no(c->arena, answer->error);
	if (answer->code.n && answer->code.n <= SSO_CODE_MAX)
		return NULL;
	return err_new(c->arena, ERR_FORBIDDEN, "The answer of the sign-in service has no code.");
}

static struct err *finish(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_answer *answer, struct sso_person *person, struct sso_result *out)
{
	struct sso_secrets secrets;

	TRY(check_answer(sso, c, answer));
	derive(c->arena, answer->cookie, &secrets);
	TRY(sso_ask_person(sso, c, &secrets, answer->code, person));
	return sso_enter(sso, auth, c, person, &out->cookie);
}

/* The answer is used up by this. */
static struct err *take_answer(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_answer *answer, struct sso_result *out)
{
	struct sso_person person = {.subject = STR_NONE};
	struct err *e;
	bool found;

	TRY(sso_store_take(c->db, c->arena, digest_sha256_str(c->arena, answer->cookie),
		&out->target, &found));
	if (!found)
		return not_ours(c->arena);
	e = finish(sso, auth, c, answer, &person, out);
	if (e && e->code == ERR_FORBIDDEN)
		TRY(audit_failure(
			c, "user", 0, "sso_refused", person.name.p ? person.name : person.subject));
	return e;
}

struct err *sso_finish(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_answer *answer, struct sso_result *out)
{
	struct sso_wait wait;
	struct err *e;

	if (!sso_is_ours(c->arena, answer))
		return not_ours(c->arena);
	TRY(enter(sso, c->arena, &wait));
	e = sso_endpoints(sso, c);
	if (!e)
		e = take_answer(sso, auth, c, answer, out);
	sso_gate_leave(&wait);
	return e;
}

/* ---- signing out ---- */

static struct str logout_url(const struct sso *sso, struct arena *a, struct str id_token)
{
	const struct sso_config *config = sso->config;

	return str_printf(a, "%s%cclient_id=%.*s&post_logout_redirect_uri=%.*s%s%.*s",
		sso->at.end_session, first_mark(sso->at.end_session),
		STR_ARG(str_escape_url(a, str_of(config->client_id))),
		STR_ARG(str_escape_url(a, str_of(config->signed_out_uri))),
		id_token.p ? "&id_token_hint=" : "", STR_ARG(id_token));
}

/* What hinders it is no reason not to end the session here. */
static struct err *ask_logout_url(
	struct sso *sso, const struct auth *auth, struct ctx *c, struct str sealed, struct str *url)
{
	struct str id_token = STR_NONE;

	TRY(prepare(sso, c));
	if (sealed.p)
		TRY(seal_open(c->arena, auth_settings(auth)->master_key_file, sealed, &id_token));
	if (sso->at.end_session[0])
		*url = logout_url(sso, c->arena, id_token);
	return NULL;
}

struct err *sso_sign_out(
	struct sso *sso, struct auth *auth, struct ctx *c, struct str cookie, struct str *url)
{
	struct str sealed = STR_NONE;
	struct err *e = NULL;
	bool begun_there = false;

	*url = STR_NONE;
	if (sso && auth_is_cookie(c->arena, cookie))
		TRY(session_store_sso(c->db, c->arena, digest_sha256_str(c->arena, cookie),
			&begun_there, &sealed));
	TRY(auth_sign_out(auth, c, cookie));
	if (begun_there)
		e = ask_logout_url(sso, auth, c, sealed, url);
	if (e)
		log_err(LOG_WARNING, "not signed out at the provider", e);
	return NULL;
}
