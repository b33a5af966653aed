/* [sso]: single sign-on. */
#include <stdarg.h>

#include "run/config.h"

struct filling {
	struct arena *arena;
	struct config *c;
	struct err **faults;
};

static void fault(struct filling *f, enum config_key_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct filling *f, enum config_key_id id, const char *fmt, ...)
{
	const struct config_key *key = &config_keys[id];
	const char *place = arena_printf(
		f->arena, "%s: [%s] %s", f->c->values[id].where, key->section, key->name);
	va_list ap;

	va_start(ap, fmt);
	config_fault(f->arena, f->faults, place, fmt, ap);
	va_end(ap);
}

static const char *text(const struct filling *f, enum config_key_id id)
{
	return f->c->values[id].text;
}

static const char *text_or_null(const struct filling *f, enum config_key_id id)
{
	return text(f, id)[0] ? text(f, id) : NULL;
}

static void fill_secret(struct filling *f)
{
	const char *file = text_or_null(f, KEY_SSO_CLIENT_SECRET_FILE);
	struct err *e;

	if (!file)
		return;
	e = config_secret_file(f->arena, file, &f->c->sso.client_secret);
	if (e)
		fault(f, KEY_SSO_CLIENT_SECRET_FILE, "%.*s", STR_ARG(e->detail));
}

static void fill_second_factor(struct filling *f)
{
	struct sso_config *to = &f->c->sso;

	for (struct str rest = str_of(text(f, KEY_SSO_SECOND_FACTOR)); rest.p;) {
		struct str word = str_cut(rest, ' ', &rest);

		if (!word.n)
			continue;
		if (to->second_factor_count == SSO_WORDS_MAX) {
			fault(f, KEY_SSO_SECOND_FACTOR, "has more than %d values", SSO_WORDS_MAX);
			return;
		}
		to->second_factor[to->second_factor_count++] = word;
	}
}

static void fill_scopes(struct filling *f)
{
	bool openid = false;

	f->c->sso.scopes = text(f, KEY_SSO_SCOPES);
	for (struct str rest = str_of(f->c->sso.scopes); rest.p;)
		openid |= str_is(str_cut(rest, ' ', &rest), "openid");
	if (!openid)
		fault(f, KEY_SSO_SCOPES, "does not have openid");
}

static void check(struct filling *f)
{
	const struct issuer_source *source = &f->c->sso.source;
	struct str wrong;

	if (!fetch_may_ask(f->arena, str_of(source->issuer), source->allow_http))
		fault(f, KEY_SSO_ISSUER,
			"\"%s\" is no https address, or has a user name or # in it",
			source->issuer);
	if (!text(f, KEY_SSO_CLIENT_ID)[0])
		fault(f, KEY_SSO_CLIENT_ID, "is needed beside issuer");
	if (!sso_parse_map(str_of(text(f, KEY_SSO_ROLES_MAP)), &f->c->sso, &wrong))
		fault(f, KEY_SSO_ROLES_MAP,
			"\"%.*s\" is not a value, a colon and a role, or is one of more than %d",
			STR_ARG(wrong), SSO_GRANTS_MAX);
}

static void fill(struct filling *f)
{
	struct sso_config *to = &f->c->sso;

	to->source = (struct issuer_source){
		.fetch = &f->c->fetch,
		.issuer = text(f, KEY_SSO_ISSUER),
		.ca_file = text_or_null(f, KEY_SSO_CA_FILE),
		.allow_http = f->c->values[KEY_SSO_ALLOW_HTTP].num != 0,
		.algorithms = config_algorithms(
			f->arena, &f->c->values[KEY_SSO_ALGORITHMS], "[sso] algorithms", f->faults),
	};
	to->client_id = text(f, KEY_SSO_CLIENT_ID);
	to->name_claim = text(f, KEY_SSO_NAME_CLAIM);
	to->roles_claim = text_or_null(f, KEY_SSO_ROLES_CLAIM);
	to->default_role = text_or_null(f, KEY_SSO_DEFAULT_ROLE);
	to->create_users = f->c->values[KEY_SSO_CREATE_USERS].num != 0;
	to->label = text(f, KEY_SSO_LABEL);
	to->waiting_max = f->c->server.workers / 4 > 1 ? f->c->server.workers / 4 : 1;
	to->redirect_uri = arena_printf(f->arena, "%s/login/sso/callback", f->c->public_url);
	to->signed_out_uri = arena_printf(f->arena, "%s/login", f->c->public_url);
	fill_secret(f);
	fill_scopes(f);
	fill_second_factor(f);
	check(f);
}

void config_sso(struct arena *a, struct config *c, struct err **faults)
{
	struct filling f = {.arena = a, .c = c, .faults = faults};

	if (text(&f, KEY_SSO_ISSUER)[0])
		fill(&f);
	else if (c->auth.no_passwords)
		fault(&f, KEY_AUTH_PASSWORDS, "nobody could sign in: [sso] issuer is not set");
}
