/* Bearer tokens of other issuers. */
#include "domain/auth_inside.h"
#include "domain/foreign.h"
#include "domain/reach.h"

#define SECOND_US INT64_C(1000000)

void auth_foreign_new(struct auth *auth, struct arena *boot)
{
	auth->issuers = ARENA_ARRAY(boot, auth->config->issuer_count, struct issuer_cache);
	for (size_t i = 0; i < auth->config->issuer_count; i++)
		issuer_cache_init(&auth->issuers[i], &auth->config->issuers[i].source);
}

void auth_foreign_free(struct auth *auth)
{
	for (size_t i = 0; i < auth->config->issuer_count; i++)
		issuer_cache_free(&auth->issuers[i]);
}

/* By what the token says itself: which keys it has to be signed with follows from it, and then they have
 * to fit. */
bool auth_foreign_find(struct auth *auth, struct arena *a, struct str token, size_t *issuer)
{
	struct str name = STR_NONE;

	if (auth->config->issuer_count)
		name = token_unverified_issuer(a, token);
	for (size_t i = 0; name.p && i < auth->config->issuer_count; i++) {
		if (str_is(name, auth->config->issuers[i].source.issuer)) {
			*issuer = i;
			return true;
		}
	}
	return false;
}

/* A location that does not exist is no reason to let somebody go everywhere. */
static struct err *keep_within(struct ctx *c, const char *code, struct auth_entry *entry)
{
	struct err *wrong = NULL;
	int64_t root;

	if (!code)
		return NULL;
	TRY(reach_root(c, str_of(code), STR(""), &wrong, &root));
	if (wrong)
		return auth_refuse_token(c->arena, "the issuer's location does not exist");
	entry->permissions = reach_limit(&entry->limits, 0, entry->permissions, root);
	return NULL;
}

struct err *auth_foreign_check(struct auth *auth, struct ctx *c, size_t which, struct str token,
	struct auth_entry *entry, int64_t *left_us)
{
	const struct foreign_issuer *issuer = &auth->config->issuers[which];
	const struct foreign_rules rules = {
		.issuer = issuer->source.issuer,
		.audience = issuer->audience,
		.now_s = time_now() / SECOND_US,
		.leeway_s = issuer->leeway_s,
	};
	struct foreign_claims claims;
	enum token_fault fault;
	struct foreign foreign;

	TRY(issuer_cache_verify(&auth->issuers[which], c, &rules, token, &claims, &fault));
	if (fault)
		return auth_refuse_token(c->arena, token_fault_text(fault));
	TRY(foreign_of_claims(c, issuer, &claims, &foreign));
	if (!foreign.active)
		return auth_refuse_token(c->arena, "the foreign principal is disabled");
	entry->kind = PRINCIPAL_FOREIGN;
	entry->id = foreign.id;
	entry->permissions = foreign_permissions(c->arena, issuer, claims.all);
	TRY(keep_within(c, issuer->location, entry));
	auth_set_name(entry, foreign.name);
	/* the leeway lets in a token that is over: it is not remembered for longer than it lives;
	 * one that lives for long is not remembered for as long */
	*left_us = claims.expires_s - rules.now_s > AUTH_CACHE_S
		? AUTH_CACHE_S * SECOND_US
		: claims.expires_s * SECOND_US - time_now();
	return NULL;
}
