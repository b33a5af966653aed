/* Sections [issuer NAME]: other issuers whose tokens are taken. */
#include <string.h>

#include "run/config.h"

#define SECTION "issuer "

const struct config_key config_issuer_keys[ISSUER_KEY_COUNT] = {
#define KEY(id, section, name, type, min, max, fallback, help) \
	[ISSUER_KEY_##id] = {section, name, type, min, max, fallback, help},
	CONFIG_ISSUER_KEYS(KEY)
#undef KEY
};

/* ---- from values to the struct ---- */

struct filling {
	struct arena *arena;
	struct config *c;
	const struct config_issuer *from;
	struct foreign_issuer *to;
	struct err **faults;
};

static void fault(struct filling *f, enum config_issuer_key_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct filling *f, enum config_issuer_key_id id, const char *fmt, ...)
{
	const char *place = arena_printf(f->arena, "%s: [%s] %s", f->from->values[id].where,
		f->from->section, config_issuer_keys[id].name);
	va_list ap;

	va_start(ap, fmt);
	config_fault(f->arena, f->faults, place, fmt, ap);
	va_end(ap);
}

static const char *text(const struct filling *f, enum config_issuer_key_id id)
{
	return f->from->values[id].text;
}

static const char *text_or_null(const struct filling *f, enum config_issuer_key_id id)
{
	return text(f, id)[0] ? text(f, id) : NULL;
}

static void fill_address(struct filling *f, enum config_issuer_key_id id)
{
	const char *url = text(f, id);

	if (url[0] && !fetch_may_ask(f->arena, str_of(url), f->to->source.allow_http))
		fault(f, id, "\"%s\" is no https address, or has a user name or # in it", url);
}

static void algorithm_fault(struct arena *a, struct err **faults, const char *place,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void algorithm_fault(
	struct arena *a, struct err **faults, const char *place, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	config_fault(a, faults, place, fmt, ap);
	va_end(ap);
}

unsigned config_algorithms(
	struct arena *a, const struct config_value *v, const char *key, struct err **faults)
{
	enum token_algorithm algorithm;
	unsigned set = 0;

	for (struct str rest = str_of(v->text); rest.p;) {
		struct str name = str_cut(rest, ' ', &rest);

		if (token_algorithm_from(name, &algorithm))
			set |= 1u << algorithm;
		else if (name.n)
			algorithm_fault(a, faults, arena_printf(a, "%s: %s", v->where, key),
				"\"%.*s\" is none of RS256, PS256, ES256, ES384, EdDSA",
				STR_ARG(name));
	}
	return set;
}

static void fill_map(struct filling *f)
{
	struct str wrong;

	if (!foreign_parse_map(str_of(text(f, ISSUER_KEY_MAP)), f->to, &wrong))
		fault(f, ISSUER_KEY_MAP,
			"\"%.*s\" is not a value, a colon and permissions, or is one of more than %d",
			STR_ARG(wrong), FOREIGN_GRANTS_MAX);
}

/* Two that are the same could not be told apart by what a token says. */
static void check_issuer(struct filling *f, size_t i)
{
	const char *issuer = text(f, ISSUER_KEY_ISSUER);

	if (strcmp(issuer, f->c->values[KEY_AUTH_ISSUER].text) == 0)
		fault(f, ISSUER_KEY_ISSUER, "is this service itself, see [auth] issuer");
	while (i-- > 0) {
		if (strcmp(issuer, f->c->issuers[i].values[ISSUER_KEY_ISSUER].text) == 0)
			fault(f, ISSUER_KEY_ISSUER, "is that of [%s], too",
				f->c->issuers[i].section);
	}
}

static void fill(struct filling *f)
{
	f->to->name = f->from->section + strlen(SECTION);
	f->to->audience = text(f, ISSUER_KEY_AUDIENCE);
	f->to->claim = text(f, ISSUER_KEY_CLAIM);
	f->to->location = text_or_null(f, ISSUER_KEY_LOCATION);
	f->to->leeway_s = (int)f->from->values[ISSUER_KEY_LEEWAY_SECONDS].num;
	f->to->source = (struct issuer_source){
		.fetch = &f->c->fetch,
		.issuer = text(f, ISSUER_KEY_ISSUER),
		.jwks_uri = text_or_null(f, ISSUER_KEY_JWKS_URI),
		.ca_file = text_or_null(f, ISSUER_KEY_CA_FILE),
		.allow_http = f->from->values[ISSUER_KEY_ALLOW_HTTP].num != 0,
	};
	fill_address(f, ISSUER_KEY_ISSUER);
	fill_address(f, ISSUER_KEY_JWKS_URI);
	f->to->source.algorithms =
		config_algorithms(f->arena, &f->from->values[ISSUER_KEY_ALGORITHMS],
			arena_printf(f->arena, "[%s] algorithms", f->from->section), f->faults);
	fill_map(f);
}

void config_issuers(struct arena *a, struct config *c, struct err **faults)
{
	for (size_t i = 0; i < c->issuer_count; i++) {
		struct filling f = {.arena = a,
			.c = c,
			.from = &c->issuers[i],
			.to = &c->foreign[i],
			.faults = faults};

		fill(&f);
		check_issuer(&f, i);
	}
}
