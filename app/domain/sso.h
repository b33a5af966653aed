/*
 * sso: single sign-on for staff: the code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636)
 * (docs/decisions/0010-single-sign-on.md).
 *
 * Who comes back from the provider is known by issuer and subject, never by name or address. What the browser
 * brings has to be what this browser was sent away with: state, nonce and verifier follow from a cookie
 * whose SHA-256 alone is kept, for SSO_S seconds, and which works once.
 */
#ifndef BINCARD_DOMAIN_SSO_H
#define BINCARD_DOMAIN_SSO_H

#include "domain/auth.h"
#include "domain/issuer.h"
#include "domain/sso_gate.h"

#define SSO_S 600
#define SSO_GRANTS_MAX 64
#define SSO_WORDS_MAX 32
#define SSO_CODE_MAX 4000
#define SSO_SUBJECT_MAX 255

/* What a value of the claim is worth. */
struct sso_grant {
	struct str value, role;
};

struct sso_config {
	struct issuer_source source;
	const char *client_id;
	struct str client_secret; /* STR_NONE: a public client, which PKCE alone protects */
	const char *scopes; /* "openid profile" */
	const char *name_claim; /* whose text is the name of a new user */
	const char *roles_claim; /* NULL: roles are given here */
	struct sso_grant grants[SSO_GRANTS_MAX]; /* none: values are names of roles */
	size_t grant_count;
	const char *default_role; /* of who has none by the claim; NULL: stays out */
	bool create_users;
	struct str second_factor
		[SSO_WORDS_MAX]; /* of amr or acr; none: the provider is trusted to ask */
	size_t second_factor_count;
	const char *label; /* of the button */
	const char *redirect_uri, *signed_out_uri;
	struct sso_gate *gate; /* in shared memory */
	int waiting_max; /* workers that may wait for the provider at once */
};

/* "Stock Admins: administrator, clerks: clerk". False when it cannot be read, with the part at *wrong. */
bool sso_parse_map(struct str text, struct sso_config *out, struct str *wrong);

struct sso;
struct sso *sso_new(struct arena *boot, const struct sso_config *config);
const struct sso_config *sso_settings(const struct sso *sso);

/* Begins: *cookie is for the browser, *url is where to send it. ERR_UNAVAILABLE. */
MUST_CHECK struct err *sso_begin(
	struct sso *sso, struct ctx *c, struct str target, struct str *cookie, struct str *url);

/* What the browser came back with; STR_NONE for what is not there. */
struct sso_answer {
	struct str cookie;
	struct str state, code, iss, error;
};
struct sso_result {
	struct str cookie; /* of the new session */
	struct str target;
};
/* Whether the answer is to what this browser was sent away with; one that is not uses nothing up. */
bool sso_is_ours(struct arena *a, const struct sso_answer *answer);
/* ERR_BAD_REQUEST: not ours, too old, or used. ERR_FORBIDDEN: the provider, or what is written here about the
 * user, says no. ERR_UNAVAILABLE: the provider does not answer as it should; with retry_after_s nothing is used up,
 * and the same answer may come again. */
MUST_CHECK struct err *sso_finish(struct sso *sso, struct auth *auth, struct ctx *c,
	const struct sso_answer *answer, struct sso_result *out);

/* Ends the session; *url is where the provider's session is ended, STR_NONE: nowhere. */
MUST_CHECK struct err *sso_sign_out(
	struct sso *sso, struct auth *auth, struct ctx *c, struct str cookie, struct str *url);

/* By hand. All sessions of the user end. ERR_NOT_FOUND; ERR_INVALID; ERR_DUPLICATE when the identity is
 * another's, or the user has one. Then auth_changed(). */
MUST_CHECK struct err *sso_link(
	struct ctx *c, struct str user_name, struct str issuer, struct str subject);
MUST_CHECK struct err *sso_unlink(struct ctx *c, struct str user_name);

/* Whether whoever asks has a password here. */
MUST_CHECK struct err *sso_has_password(struct ctx *c, bool *has);

#endif
