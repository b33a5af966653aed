#include "domain/token.h"

#include "base/json_in.h"

/* A token on its way through the checks. */
struct check {
	struct arena *arena;
	struct str head, body, tail; /* the segments as they came */
	struct str signed_text; /* head "." body */
	const struct json_node *header, *claims;
	const struct token_key *key;
};

const char *token_fault_text(enum token_fault fault)
{
	static const char *const texts[] = {
#define X(id, text) [id] = text,
		TOKEN_FAULTS(X)
#undef X
	};

	return texts[fault];
}

static enum token_fault split(struct check *k, struct str text)
{
	struct str rest;

	if (text.n > TOKEN_BYTES_MAX)
		return TOKEN_TOO_LONG;
	k->head = str_cut(text, '.', &rest);
	if (!rest.p)
		return TOKEN_NOT_3_SEGMENTS;
	k->body = str_cut(rest, '.', &k->tail);
	if (!k->tail.p)
		return TOKEN_NOT_3_SEGMENTS;
	for (size_t i = 0; i < k->tail.n; i++) {
		if (k->tail.p[i] == '.')
			return TOKEN_NOT_3_SEGMENTS;
	}
	k->signed_text = (struct str){text.p, k->head.n + 1 + k->body.n};
	return TOKEN_GOOD;
}

/* A segment that is the JSON text of an object. */
static enum token_fault read_object(struct check *k, struct str segment, enum token_fault otherwise,
	const struct json_node **out)
{
	struct json_node *node;
	struct str json;

	if (!str_from_base64url(k->arena, segment, &json))
		return TOKEN_NOT_BASE64URL;
	if (json_parse(k->arena, json, &node) || node->type != JSON_OBJECT)
		return otherwise;
	*out = node;
	return TOKEN_GOOD;
}

/* The member's text; STR_NONE when it is absent or of another type. */
static struct str member_text(const struct json_node *object, const char *name)
{
	const struct json_node *m = json_member(object, name);

	return m && m->type == JSON_TEXT ? m->text : STR_NONE;
}

static enum token_fault check_header(const struct json_node *header)
{
	struct str typ = member_text(header, "typ");
	struct str kid = member_text(header, "kid");

	if (json_member(header, "crit"))
		return TOKEN_CRITICAL;
	if (json_member(header, "typ") && !str_is_nocase(typ, "JWT") &&
		!str_is_nocase(typ, "at+jwt") && !str_is_nocase(typ, "application/at+jwt"))
		return TOKEN_TYPE;
	if (!kid.n || kid.n > TOKEN_KID_MAX)
		return TOKEN_NO_KID;
	return TOKEN_GOOD;
}

/* A key that may be used with two algorithms is there twice. */
static enum token_fault find_key(struct check *k, struct token_key *const *keys, size_t n)
{
	struct str kid = member_text(k->header, "kid"), alg = member_text(k->header, "alg");
	enum token_fault fault = TOKEN_UNKNOWN_KEY;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(token_key_kid(keys[i]), kid))
			continue;
		k->key = keys[i];
		if (str_is(alg, token_key_algorithm(k->key)))
			return TOKEN_GOOD;
		fault = TOKEN_WRONG_ALGORITHM;
	}
	return fault;
}

static enum token_fault check_signature(const struct check *k)
{
	struct str signature;

	if (!str_from_base64url(k->arena, k->tail, &signature))
		return TOKEN_NOT_BASE64URL;
	return token_key_verifies(k->key, k->signed_text, signature) ? TOKEN_GOOD : TOKEN_SIGNATURE;
}

/* late_s: how long after its end it is taken. */
static enum token_fault check_life(
	const struct json_node *claims, int64_t now_s, int early_s, int late_s)
{
	const struct json_node *exp = json_member(claims, "exp");
	const struct json_node *nbf = json_member(claims, "nbf");

	if (!exp || exp->type != JSON_INT)
		return TOKEN_EXP;
	if (exp->num <= now_s - late_s)
		return TOKEN_EXPIRED;
	if (nbf && (nbf->type != JSON_INT || nbf->num > now_s + early_s))
		return TOKEN_NBF;
	return TOKEN_GOOD;
}

static enum token_fault check_issued(const struct json_node *claims, int64_t now_s, int early_s)
{
	const struct json_node *iat = json_member(claims, "iat");

	if (!iat || iat->type != JSON_INT || iat->num > now_s + early_s)
		return TOKEN_IAT;
	return TOKEN_GOOD;
}

/* A text, or an array that holds it (RFC 7519 section 4.1.3). */
static bool names_audience(const struct json_node *aud, const char *audience)
{
	if (!aud)
		return false;
	if (aud->type == JSON_TEXT)
		return str_is(aud->text, audience);
	if (aud->type != JSON_ARRAY)
		return false;
	for (const struct json_node *m = aud->child; m; m = m->next) {
		if (m->type == JSON_TEXT && str_is(m->text, audience))
			return true;
	}
	return false;
}

/* Written by token_sign(), stored when it is revoked. */
static bool is_jti(struct str jti)
{
	for (size_t i = 0; i < jti.n; i++) {
		if (jti.p[i] < 0x21 || jti.p[i] > 0x7e)
			return false;
	}
	return jti.n > 0 && jti.n <= TOKEN_JTI_MAX;
}

/* 0: the token is the client's own. */
static int64_t family_of(const struct json_node *claims)
{
	const struct json_node *family = json_member(claims, "grant");

	return family && family->type == JSON_INT && family->num > 0 ? family->num : 0;
}

/* The client itself, or the user who allowed it to act for him. */
static bool is_subject(const struct json_node *claims, struct str client_id)
{
	struct str subject = member_text(claims, "sub");

	if (json_member(claims, "grant"))
		return family_of(claims) && str_starts(subject, "user:");
	return str_eq(subject, client_id);
}

static enum token_fault check_names(const struct json_node *claims, const struct token_rules *rules)
{
	struct str client_id = member_text(claims, "client_id");

	if (!str_is(member_text(claims, "iss"), rules->issuer))
		return TOKEN_ISSUER;
	if (!names_audience(json_member(claims, "aud"), rules->audience))
		return TOKEN_AUDIENCE;
	if (!client_id.n || !is_subject(claims, client_id))
		return TOKEN_SUBJECT;
	if (!member_text(claims, "scope").p)
		return TOKEN_SCOPE;
	if (!is_jti(member_text(claims, "jti")))
		return TOKEN_JTI;
	return TOKEN_GOOD;
}

/* Everything that the key decides, and nothing that it signed. */
static enum token_fault check_signed(
	struct check *k, struct token_key *const *keys, size_t n, struct str text)
{
	enum token_fault fault = split(k, text);

	if (!fault)
		fault = read_object(k, k->head, TOKEN_HEADER, &k->header);
	if (!fault)
		fault = check_header(k->header);
	if (!fault)
		fault = find_key(k, keys, n);
	if (!fault)
		fault = check_signature(k);
	return fault;
}

enum token_fault token_verify(struct token_key *const *keys, size_t n,
	const struct token_rules *rules, struct arena *a, struct str text, struct token_claims *out)
{
	struct check k = {.arena = a};
	enum token_fault fault = check_signed(&k, keys, n, text);

	if (!fault)
		fault = read_object(&k, k.body, TOKEN_CLAIMS, &k.claims);
	if (!fault)
		fault = check_life(k.claims, rules->now_s, TOKEN_SKEW_S, 0);
	if (!fault)
		fault = check_issued(k.claims, rules->now_s, TOKEN_SKEW_S);
	if (!fault)
		fault = check_names(k.claims, rules);
	if (fault)
		return fault;
	*out = (struct token_claims){
		.client_id = member_text(k.claims, "client_id"),
		.subject = member_text(k.claims, "sub"),
		.family = family_of(k.claims),
		.scope = member_text(k.claims, "scope"),
		.jti = member_text(k.claims, "jti"),
		.issued_s = json_member(k.claims, "iat")->num,
		.expires_s = json_member(k.claims, "exp")->num,
	};
	return TOKEN_GOOD;
}

/* ---- assertions of clients ---- */

static bool is_ours(const struct json_node *name, const struct assertion_rules *rules)
{
	return name->type == JSON_TEXT &&
		(str_is(name->text, rules->issuer) || str_is(name->text, rules->endpoint));
}

/* What is meant for another server as well, that server could use here. */
static bool is_for_us_alone(const struct json_node *aud, const struct assertion_rules *rules)
{
	if (!aud || aud->type != JSON_ARRAY)
		return aud && is_ours(aud, rules);
	for (const struct json_node *m = aud->child; m; m = m->next) {
		if (!is_ours(m, rules))
			return false;
	}
	return aud->count > 0;
}

static enum token_fault check_assertion(
	const struct json_node *claims, const struct assertion_rules *rules)
{
	enum token_fault fault = check_life(claims, rules->now_s, TOKEN_SKEW_S, 0);

	if (!fault && json_member(claims, "iat"))
		fault = check_issued(claims, rules->now_s, TOKEN_SKEW_S);
	if (fault)
		return fault;
	if (json_member(claims, "exp")->num > rules->now_s + TOKEN_ASSERTION_S)
		return TOKEN_TOO_LONG_LIFE;
	if (!str_eq(member_text(claims, "iss"), rules->client_id))
		return TOKEN_ISSUER;
	if (!str_eq(member_text(claims, "sub"), rules->client_id))
		return TOKEN_SUBJECT;
	if (!is_for_us_alone(json_member(claims, "aud"), rules))
		return TOKEN_AUDIENCE;
	return is_jti(member_text(claims, "jti")) ? TOKEN_GOOD : TOKEN_JTI;
}

enum token_fault token_verify_assertion(struct token_key *const *keys, size_t n,
	const struct assertion_rules *rules, struct arena *a, struct str text,
	struct assertion_claims *out)
{
	struct check k = {.arena = a};
	enum token_fault fault = check_signed(&k, keys, n, text);

	if (!fault)
		fault = read_object(&k, k.body, TOKEN_CLAIMS, &k.claims);
	if (!fault)
		fault = check_assertion(k.claims, rules);
	if (fault)
		return fault;
	*out = (struct assertion_claims){
		.jti = member_text(k.claims, "jti"),
		.expires_s = json_member(k.claims, "exp")->num,
	};
	return TOKEN_GOOD;
}

/* ---- tokens of other issuers ---- */

static enum token_fault check_foreign(
	const struct json_node *claims, const struct foreign_rules *rules)
{
	struct str subject = member_text(claims, "sub");
	enum token_fault fault = check_life(claims, rules->now_s, rules->leeway_s, rules->leeway_s);

	if (!fault && json_member(claims, "iat"))
		fault = check_issued(claims, rules->now_s, rules->leeway_s);
	if (fault)
		return fault;
	if (!str_is(member_text(claims, "iss"), rules->issuer))
		return TOKEN_ISSUER;
	if (!names_audience(json_member(claims, "aud"), rules->audience))
		return TOKEN_AUDIENCE;
	if (!subject.n || subject.n > TOKEN_SUBJECT_MAX || !str_is_text(subject, false))
		return TOKEN_SUBJECT;
	return TOKEN_GOOD;
}

enum token_fault token_verify_foreign(struct token_key *const *keys, size_t n,
	const struct foreign_rules *rules, struct arena *a, struct str text,
	struct foreign_claims *out)
{
	struct check k = {.arena = a};
	enum token_fault fault = check_signed(&k, keys, n, text);

	if (!fault)
		fault = read_object(&k, k.body, TOKEN_CLAIMS, &k.claims);
	if (!fault)
		fault = check_foreign(k.claims, rules);
	if (fault)
		return fault;
	*out = (struct foreign_claims){
		.subject = member_text(k.claims, "sub"),
		.expires_s = json_member(k.claims, "exp")->num,
		.algorithm = token_key_algorithm(k.key),
		.all = k.claims,
	};
	return TOKEN_GOOD;
}

static struct str unverified(struct arena *a, struct str text, const char *claim)
{
	struct check k = {.arena = a};

	if (split(&k, text) || read_object(&k, k.body, TOKEN_CLAIMS, &k.claims))
		return STR_NONE;
	return member_text(k.claims, claim);
}

struct str token_unverified_subject(struct arena *a, struct str text)
{
	return unverified(a, text, "sub");
}

struct str token_unverified_issuer(struct arena *a, struct str text)
{
	return unverified(a, text, "iss");
}
